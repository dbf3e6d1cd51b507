// The CUDA backend's way of convolving, with plain loops in cuDNN's place: whatever a convolution may be asked for, against the reference
// backend. What single layers ask for is in the registry of layers.
#include <string>

#include "kernels/emulator/backend.h"
#include "tests/kernels/reference_fixture.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

struct Shapes {
  const char* name;
  Shape x, w;
  int groups;
};
const Shapes shapes[] = {{"dense", {2, 5, 5, 4}, {9, 5, 3, 3}, 1},
                         {"groups of whole lanes", {1, 16, 4, 5}, {8, 8, 3, 3}, 2},
                         {"groups within lanes", {1, 6, 5, 4}, {4, 3, 3, 3}, 2},
                         {"depthwise", {1, 11, 5, 4}, {11, 1, 3, 3}, 11}};

std::vector<ConvParams> all_params(int groups) {
  std::vector<ConvParams> list;
  for (const Padding padding : {Padding::zero, Padding::reflect, Padding::replicate})
    for (const int upsample : {1, 2})
      for (const int more : {0, 1}) {  // pads that differ from side to side
        ConvParams p{.stride_h = 2, .pad_top = 1, .pad_left = 1, .pad_bottom = 1 + more, .pad_right = 1, .groups = groups};
        p.padding = padding;
        p.upsample = upsample;
        list.push_back(p);
      }
  return list;
}

Shape output_shape(const Shapes& s, const ConvParams& p) {
  const Shape wide = padded_shape(s.x, p);
  return {wide.n, s.w.n, (wide.h - s.w.h) / p.stride_h + 1, (wide.w - s.w.w) / p.stride_w + 1};
}

/// Numbers in an activation of the backend's own layout, or a planar one, the same for every backend.
Tensor activation(Bench& b, const Shape& shape, int seed, bool planar) {
  std::vector<float> host(static_cast<size_t>(shape.elements()));
  for (size_t i = 0; i < host.size(); i++) host[i] = float(std::sin(1.7 * double(i) + seed));
  return from_host(*b.backend, shape, host.data(), planar ? 1 : b->lanes_for(shape.c));
}
Tensor parameter(Bench& b, const Shape& shape, int seed) { return activation(b, shape, seed, true); }

using Results = std::vector<std::vector<double>>;

/// With everything that may be asked for, or nothing.
Results all_passes(Bench& b, const Shapes& s, const ConvParams& p, bool everything, bool planar) {
  const Shape y_shape = output_shape(s, p);
  const Tensor x = activation(b, s.x, 1, planar), w = parameter(b, s.w, 2), bias = parameter(b, {1, s.w.n, 1, 1}, 3);
  const Tensor scale = parameter(b, {s.x.n, s.x.c, 1, 1}, 4), shift = parameter(b, {s.x.n, s.x.c, 1, 1}, 5);
  const Tensor dy = activation(b, y_shape, 6, planar), mask = activation(b, y_shape, 7, planar);
  Tensor y = activation(b, y_shape, 8, planar), dx = activation(b, s.x, 9, planar), dw = parameter(b, s.w, 10);
  Tensor mean = b.planar({y_shape.n, y_shape.c, 1, 1}), variance = mean.like();
  ConvInput in;
  ConvOutput out;
  if (everything) {
    in = {&scale, &shift, true};
    out = {&bias, true, &mean, &variance};
  }
  b->conv2d(x, w, p, in, out, {y, everything});
  b->conv2d_backward_data(dy, w, p, everything ? &mask : nullptr, {dx, everything});
  b->conv2d_backward_weights(x, dy, p, in, everything ? &mask : nullptr, {dw, everything});
  CHECK(filled(y));
  CHECK(filled(dx));
  Results results{to_host_f64(y), to_host_f64(dx), to_host_f64(dw), to_host_f64(x)};
  if (everything) results.insert(results.end(), {to_host_f64(mean), to_host_f64(variance)});
  return results;
}

}  // namespace

TEST_CASE("channels-last convolutions do all that may be asked for") {
  for (const Shapes& s : shapes) {
    CAPTURE(s.name);
    for (const ConvParams& p : all_params(s.groups)) {
      CAPTURE(int(p.padding));
      CAPTURE(p.upsample);
      CAPTURE(p.pad_bottom);
      for (const bool everything : {false, true}) {
        Bench reference(Dtype::f32);
        const Results wanted = all_passes(reference, s, p, everything, false);
        for (const bool planar : {false, true}) {
          Bench emulated(make_emulated_backend(0));
          const Results found = all_passes(emulated, s, p, everything, planar);
          for (size_t i = 0; i < wanted.size(); i++) {
            CAPTURE(i);
            CHECK(largest_difference(found[i], wanted[i]) < 20 * tolerance::f32);  // numbers up to about 20
          }
          CHECK(emulated.backend->pool()->damaged() == 0);
        }
      }
    }
  }
}

TEST_CASE("channels-last convolutions: a ReLU without a bias, and an input that may be normed in its own place") {
  for (const bool overwrite : {false, true}) {
    Bench reference(Dtype::f32), emulated(make_emulated_backend(0));
    Results results;
    for (Bench* b : {&reference, &emulated}) {
      const Tensor w = parameter(*b, {9, 5, 1, 1}, 2), scale = parameter(*b, {1, 5, 1, 1}, 4), shift = parameter(*b, {1, 5, 1, 1}, 5);
      Tensor x = activation(*b, {2, 5, 3, 3}, 1, false), y = b->empty({2, 9, 3, 3});
      (*b)->conv2d(x, w, {}, {&scale, &shift, true, overwrite}, {.relu = true}, {y});
      results.push_back(to_host_f64(y));
      if (!overwrite) results.push_back(to_host_f64(x));
    }
    const size_t half = results.size() / 2;
    for (size_t i = 0; i < half; i++) CHECK(largest_difference(results[i], results[half + i]) < 5 * tolerance::f32);
  }
}

TEST_CASE("packed weights are kept for as long as frozen ones live, and made anew from others") {
  Bench b(make_emulated_backend(0));
  const Tensor x = activation(b, {1, 5, 3, 3}, 1, false);
  Tensor w = parameter(b, {9, 5, 3, 3}, 2), y = b.empty({1, 9, 1, 1});
  const auto sum = [&] {
    b->conv2d(x, w, {}, {}, {}, {y});
    double total = 0;
    for (const double v : to_host_f64(y)) total += std::abs(v);
    return total;
  };
  const double before = sum();
  b->fill(w, 0);
  CHECK(before > 0.1);
  CHECK(sum() == 0);
  w.freeze();
  CHECK(sum() == 0);
  const size_t live = b.backend->pool()->usage().live;
  CHECK(sum() == 0);
  CHECK(b.backend->pool()->usage().live == live);
  CHECK(w.derived("channels last f32 1", [] { return Tensor(); }).defined());
}
