// Layouts and padding lanes, on every backend: each primitive fills its outputs and leaves zeros in the padding lanes, and the layout
// changes nothing. The registry of layers looks at what layers reach; here are the primitives themselves, and those that no case meets.
#include <cstring>
#include <string>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "tests/kernels/primitive_table.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

/// The backends under test in each of their layouts; fresh tensors hold NaN, overruns are counted. 0: NHWC in groups of 8.
template <class F>
void for_backends(F f) {
  const auto run = [&](std::string name, std::unique_ptr<Backend> backend) {
    Bench b(std::move(backend));
    CAPTURE(name);
    f(b);
    CHECK(b.backend->pool()->damaged() == 0);
  };
  for (const int lanes : {1, 8, 16}) run("cpu " + std::to_string(lanes), make_cpu_backend({.lanes = lanes}));
  for (const int lanes : {1, 8, 16, 0}) run("emulated " + std::to_string(lanes), make_emulated_backend(lanes));
}

template <class F>
void for_pairs_of_lanes(F f) {
  for (const int from : {1, 4, 8, 16, 24}) {
    for (const int to : {1, 4, 8, 16, 24}) {
      CAPTURE(from);
      CAPTURE(to);
      f(from, to);
    }
  }
}

/// Small whole numbers, exact in bf16 and in sums: element i of a shape, in N, C, H, W order.
double whole(int64_t i, int seed) { return double((i * 37 + seed * 11) % 61) - 30; }

std::vector<double> whole_numbers(const Shape& shape, int seed) {
  std::vector<double> values;
  for (int64_t i = 0; i < shape.elements(); ++i) values.push_back(whole(i, seed));
  return values;
}

/// Written by hand, not by the backend's convert().
Tensor placed(Bench& b, const Shape& s, int lanes, Dtype dtype, int seed) {
  Tensor x(*b.backend, s, lanes, dtype);
  std::memset(x.raw(), 0, x.bytes());
  for (int64_t i = 0; i < s.elements(); ++i) {
    const int64_t at = x.index(int(i / (s.c * s.pixels())), int(i / s.pixels() % s.c), int(i / s.w % s.h), int(i % s.w));
    if (dtype == Dtype::bf16) x.data<bf16>()[at] = bf16(float(whole(i, seed)));
    if (dtype == Dtype::f32) x.data<float>()[at] = float(whole(i, seed));
  }
  return x;
}

double relative(const Tensor& found, const Tensor& wanted) {
  const std::vector<double> want = to_host_f64(wanted);
  double largest = 1e-3;
  for (const double v : want) largest = std::max(largest, std::abs(v));
  return largest_difference(to_host_f64(found), want) / largest;
}

}  // namespace

TEST_CASE("fill writes every element and no padding lane") {
  for_backends([](Bench& b) {
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      for (const int lanes : {1, 4, 8, 16, 24}) {
        CAPTURE(lanes);
        Tensor x(*b.backend, {2, 17, 3, 5}, lanes, dtype);
        for (const double value : {-2.5, 0.0}) {
          b->fill(x, value);
          check_values(x, std::vector<double>(size_t(x.shape().elements()), value), 0);
        }
      }
    }
  });
}

TEST_CASE("convert moves numbers between all lane counts and dtypes, written or added") {
  for_backends([](Bench& b) {
    for (const Shape& s : {Shape{2, 17, 3, 5}, {1, 3, 1, 1}}) {
      const std::vector<double> first = whole_numbers(s, 1), second = whole_numbers(s, 2);
      std::vector<double> sum = first;
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += second[i];
      for_pairs_of_lanes([&](int from, int to) {
        for (const Dtype x_dtype : {Dtype::f32, Dtype::bf16}) {
          for (const Dtype y_dtype : {Dtype::f32, Dtype::bf16}) {
            const Tensor x = placed(b, s, from, x_dtype, 1), more = placed(b, s, from, x_dtype, 2);
            Tensor y(*b.backend, s, to, y_dtype);
            b->convert(x, {y});
            check_values(y, first, 0);
            b->convert(more, {y, true});
            check_values(y, sum, 0);
          }
        }
      });
    }
  });
}

TEST_CASE("copied channels arrive in any lanes from any lanes, and the last one brings the padding lanes") {
  const Shape s{2, 17, 3, 2}, joined{2, 22, 3, 2};
  const int64_t plane = s.pixels();
  for_backends([&](Bench& b) {
    for_pairs_of_lanes([&](int from, int to) {
      for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
        const Tensor x = placed(b, s, from, dtype, 1);
        Tensor y(*b.backend, joined, to, dtype);
        // Channels 5..16, then 0..4, then 3..7: 12 + 5 + 5 of them, off every lane boundary.
        b->copy_channels(x, 5, {y}, 0, 12);
        b->copy_channels(x, 0, {y}, 12, 5);
        b->copy_channels(x, 3, {y}, 17, 5);
        std::vector<double> wanted;
        for (int64_t i = 0; i < joined.elements(); ++i) {
          const int64_t n = i / (joined.c * plane), c = i / plane % joined.c;
          const int64_t source = c < 12 ? c + 5 : c < 17 ? c - 12 : c - 14;
          wanted.push_back(whole((n * s.c + source) * plane + i % plane, 1));
        }
        check_values(y, wanted, 0);
        b->copy_channels(x, 16, {y, true}, 9, 1);  // added to one channel, the others stay
        for (int64_t n = 0; n < s.n; ++n) {
          for (int64_t p = 0; p < plane; ++p) wanted[size_t((n * joined.c + 9) * plane + p)] += whole((n * s.c + 16) * plane + p, 1);
        }
        check_values(y, wanted, 0);
      }
    });
  });
}

TEST_CASE("noise is the same picture in every layout and on every backend, bit for bit") {
  const Shape s{2, 3, 67, 65};  // two row segments a plane
  const uint64_t far = (uint64_t(1) << 33) + 5;
  Bench reference(Dtype::f32);
  Tensor uniform = reference.empty(s), normal = reference.empty(s);
  reference->random_uniform(7, far, uniform);
  reference->random_normal(8, 3, normal);
  const std::vector<float> wanted_uniform = to_host(uniform), wanted_normal = to_host(normal);
  for_backends([&](Bench& b) {
    for (const int lanes : {1, 4, 8, 16}) {
      CAPTURE(lanes);
      Tensor x(*b.backend, s, lanes);
      b->random_uniform(7, far, x);
      CHECK(filled(x));
      CHECK(to_host(x) == wanted_uniform);
      b->random_normal(8, 3, x);
      CHECK(filled(x));
      CHECK(to_host(x) == wanted_normal);
    }
  });
}

TEST_CASE("a norm's factors are the reference's, by any rows") {
  const auto factors = [](Bench& b, const Shape& of_mean, const Shape& of_gamma) {
    const Shape wider{std::max(of_mean.n, of_gamma.n), of_mean.c, 1, 1};
    Tensor mean = b.planar(of_mean), variance = b.planar(of_mean), gamma = b.planar(of_gamma), beta = b.planar(of_gamma);
    b->random_normal(1, 0, mean);
    b->random_uniform(2, 0, variance);
    b->random_normal(3, 0, gamma);
    b->random_normal(4, 0, beta);
    std::vector<Tensor> results{b.planar(of_mean), b.planar(wider), b.planar(wider)};
    b->norm_factors(mean, variance, &gamma, &beta, 1e-5, results[0], results[1], results[2]);
    return results;
  };
  for (const auto& [mean, gamma] : {std::pair{Shape{1, 17}, Shape{1, 17}}, {{3, 17}, {1, 17}}, {{1, 17}, {3, 17}}, {{3, 2}, {3, 2}}}) {
    Bench reference(Dtype::f32);
    const std::vector<Tensor> wanted = factors(reference, mean, gamma);
    for_backends([&, means = mean, gammas = gamma](Bench& b) {
      const std::vector<Tensor> found = factors(b, means, gammas);
      for (size_t i = 0; i < found.size(); ++i) CHECK(relative(found[i], wanted[i]) <= tolerance::f32);
    });
  }
}

TEST_CASE("optimiser steps agree with the reference, and padding lanes take no part") {
  const Shape s{2, 17, 3, 5};
  Bench reference(Dtype::f32);
  const auto steps = [&](Bench& b, bool is_adam) {
    Tensor p = b.normal(s, 1), first = b.empty(s), second = b.empty(s);
    b->fill(first, 0);
    b->fill(second, 0);
    for (uint64_t t = 0; t < 3; ++t) {
      const Tensor g = b.normal(s, 20 + t);
      if (is_adam) {
        const AdamParameter moved[] = {{&g, &p, &first, &second}};
        b->adam_step({0.9, 0.999, 1e-8}, b.number(0.05), b.number(3.2), moved);
      } else {
        b->sgd_step(0.1, 0.9, g, p, first);
      }
    }
    return std::vector<Tensor>{p, first, second};
  };
  for (const bool is_adam : {true, false}) {
    const std::vector<Tensor> wanted = steps(reference, is_adam);
    for_backends([&](Bench& b) {
      const std::vector<Tensor> found = steps(b, is_adam);
      for (size_t i = 0; i < found.size(); ++i) {
        CHECK(filled(found[i]));
        CHECK(relative(found[i], wanted[i]) <= tolerance::f32);
      }
    });
  }
}

TEST_CASE("every primitive agrees with the reference, written or added, and leaves zeros in the padding lanes") {
  const auto make = [](Bench& b, Shape shape, bool planar) { return planar ? b.planar(shape) : b.empty(shape); };
  for (const Primitive& primitive : primitives()) {
    CAPTURE(primitive.name);
    // y, dx, and dx added to what was there.
    const auto results = [&](Bench& b) {
      Tensor x = make(b, primitive.x, primitive.planar_x), y = make(b, primitive.y, primitive.planar_y), dy = y.like();
      Tensor dx = x.like(), added = x.like();
      b->convert(spread(b, primitive.x), {x});
      b->random_normal(2, 0, dy);
      b->random_normal(3, 0, added);
      primitive.forward(b, x, y);
      primitive.gradient(b, x, dy, {dx});
      primitive.gradient(b, x, dy, {added, true});
      return std::vector<Tensor>{y, dx, added};
    };
    Bench reference(Dtype::f32);
    const std::vector<Tensor> wanted = results(reference);
    for_backends([&](Bench& b) {
      const std::vector<Tensor> found = results(b);
      for (size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i);
        CHECK(filled(found[i]));
        CHECK(relative(found[i], wanted[i]) <= tolerance::winograd_f32);
      }
    });
  }
}
