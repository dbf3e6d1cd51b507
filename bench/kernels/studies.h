// All studies, and what they have in common on the host: shapes, numbers, what is true, and how far from it a result lies.
#pragma once
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/kernels/gram.h"
#include "bench/kernels/instance_norm.h"
#include "bench/kernels/total_variation.h"
#include "bench/kernels/upsample.h"
#include "engine/backend.h"

namespace impasto::study {

/// What a study computes, as the reference backend computes it in f64.
struct Subject {
  const char* name;
  Shape (*output)(const Shape& x);
  bool activation;                       // y has x's layout and dtype; otherwise it is planar f32
  double (*operations)(const Shape& x);  // 0: memory alone counts. A product and its addition are two
  void (*truth)(Backend& reference, const Tensor& x, const Tensor& gamma, const Tensor& beta, Tensor& y);
};

inline const Subject instance_norm{"instance norm + ReLU", [](const Shape& x) { return x; }, true, [](const Shape&) { return 0.0; },
                                   [](Backend& reference, const Tensor& x, const Tensor& gamma, const Tensor& beta, Tensor& y) {
                                     const Shape channels{x.shape().n, x.shape().c};
                                     Tensor mean(reference, channels, 1, Dtype::f64), rstd = mean.like();
                                     reference.norm(NormScope::image, x, &gamma, &beta, norm_eps, true, mean, rstd, y);
                                   }};
inline const Subject gram{"gram",
                          [](const Shape& x) {
                            return Shape{x.n, 1, x.c, x.c};
                          },
                          false, [](const Shape& x) { return 2.0 * double(x.elements()) * x.c; },
                          [](Backend& reference, const Tensor& x, const Tensor&, const Tensor&, Tensor& y) {
                            reference.gram(x, nullptr, 1.0 / double(x.shape().c * x.shape().pixels()), y);
                          }};
inline const Subject variation{"total variation", [](const Shape&) { return Shape{}; }, false, [](const Shape&) { return 0.0; },
                               [](Backend& reference, const Tensor& x, const Tensor&, const Tensor&, Tensor& y) {
                                 reference.total_variation(Variation::squared, x, 1, y);
                               }};
inline const Subject variation_gradient{"total variation gradient", [](const Shape& x) { return x; }, true,
                                        [](const Shape&) { return 0.0; },
                                        [](Backend& reference, const Tensor& x, const Tensor&, const Tensor&, Tensor& y) {
                                          Tensor one(reference, {}, 1, Dtype::f64);
                                          reference.fill(one, 1);
                                          reference.total_variation_backward(Variation::squared, x, one, 1, {y});
                                        }};
inline const Subject upsample{
    "upsample x2",
    [](const Shape& x) {
      return Shape{x.n, x.c, 2 * x.h, 2 * x.w};
    },
    true, [](const Shape&) { return 0.0; },
    [](Backend& reference, const Tensor& x, const Tensor&, const Tensor&, Tensor& y) { reference.upsample_nearest(x, 2, y); }};
inline const Subject upsample_gradient{
    "upsample x2 gradient",
    [](const Shape& x) {
      return Shape{x.n, x.c, x.h / 2, x.w / 2};
    },
    true, [](const Shape&) { return 0.0; },
    [](Backend& reference, const Tensor& x, const Tensor&, const Tensor&, Tensor& y) { reference.upsample_nearest_backward(x, 2, {y}); }};

/// f(subject, versions) for each study.
template <class T, class Launcher, class F>
void for_studies(F f) {
  f(instance_norm, instance_norm_versions<T, Launcher>());
  f(gram, gram_versions<T, Launcher>());
  f(variation, variation_versions<T, Launcher>());
  f(variation_gradient, variation_gradient_versions<T, Launcher>());
  f(upsample, upsample_versions<T, Launcher>());
  f(upsample_gradient, upsample_gradient_versions<T, Launcher>());
}

inline Geometry geometry(const Shape& s) { return {s.n, s.c, s.h, s.w, (s.c + 7) / 8 * 8, 1}; }

/// The numbers of one subject at one shape, on the host: inputs as the versions take them, and the truth.
template <class T>
struct Numbers {
  Shape shape;
  std::vector<T> x;                // [N, H, W, L]
  std::vector<float> gamma, beta;  // [C]
  std::vector<double> truth;       // in N, C, H, W order
};

/// Element (n, c, pixel) of [N, H, W, L].
inline std::size_t place(const Geometry& g, int n, int c, int pixel) { return (std::size_t(n) * g.pixels() + pixel) * g.lanes + c; }

/// f(n, c, pixel, its place in N, C, H, W order)
template <class F>
void for_elements(const Shape& s, F f) {
  std::size_t k = 0;
  for (int n = 0; n < s.n; n++) {
    for (int c = 0; c < s.c; c++) {
      for (int p = 0; p < s.pixels(); p++) f(n, c, p, k++);
    }
  }
}

/// Made up from `seed`: numbers about 1 with a spread of 1/2, as after a ReLU, rounded to T before the truth is computed.
template <class T>
Numbers<T> numbers_of(const Subject& subject, const Shape& shape, Backend& reference, int seed = 1) {
  const Geometry g = geometry(shape);
  Numbers<T> made{shape, std::vector<T>(std::size_t(elements(g)), T(0.0f)), {}, {}, {}};
  std::vector<float> planar(std::size_t(shape.elements()));
  for_elements(shape, [&](int n, int c, int p, std::size_t k) {
    const unsigned mixed = unsigned(k + 1) * 2654435761u ^ unsigned(seed) * 40503u;
    const T value(0.5f + float((mixed >> 9) % 1021) / 1021);
    made.x[place(g, n, c, p)] = value;
    planar[k] = float(value);
  });
  for (int c = 0; c < shape.c; c++) {
    made.gamma.push_back(0.5f + 0.25f * float(c % 5));
    made.beta.push_back(0.25f * float(c % 7) - 0.75f);
  }
  const Tensor x = from_host(reference, shape, planar.data());
  const Tensor gamma = from_host(reference, {1, shape.c}, made.gamma.data()), beta = from_host(reference, {1, shape.c}, made.beta.data());
  Tensor y(reference, subject.output(shape), 1, Dtype::f64);
  subject.truth(reference, x, gamma, beta, y);
  made.truth = to_host_f64(y);
  return made;
}

/// Largest difference relative to the largest true number; infinite where something is no number, or not zero behind C.
inline double error_of(const std::vector<double>& found, const std::vector<double>& truth) {
  double difference = 0, largest = 0;
  for (std::size_t k = 0; k < truth.size(); k++) {
    if (!std::isfinite(found[k])) return INFINITY;
    difference = std::fmax(difference, std::fabs(found[k] - truth[k]));
    largest = std::fmax(largest, std::fabs(truth[k]));
  }
  return largest > 0 ? difference / largest : difference;
}
/// Of an activation of shape s.
template <class T>
double error_of(const std::vector<T>& found, const Shape& s, const std::vector<double>& truth) {
  const Geometry g = geometry(s);
  std::vector<double> planar(truth.size());
  for_elements(s, [&](int n, int c, int p, std::size_t k) { planar[k] = double(float(found[place(g, n, c, p)])); });
  for (std::size_t k = 0; k < found.size(); k++) {
    if (int(k % std::size_t(g.lanes)) >= s.c && float(found[k]) != 0) return INFINITY;
  }
  return error_of(planar, truth);
}

}  // namespace impasto::study
