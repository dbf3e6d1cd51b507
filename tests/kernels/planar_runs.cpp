// Bodies that take planar tensors in runs of eight pixels, against the reference backend: rows shorter and longer than runs, and more
// pixels than a segment.
#include <functional>

#include "kernels/cpu/backend.h"
#include "tests/kernels/reference_fixture.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

using Results = std::vector<std::vector<double>>;

/// Everything that f puts out on a backend.
Results results_of(Bench& b, const Shape& s, const std::function<void(Bench&, const Tensor&, const Tensor&, Results&)>& f) {
  const auto wave = [&](const Shape& shape, double from) {
    std::vector<float> host(size_t(shape.elements()));
    for (size_t i = 0; i < host.size(); i++) host[i] = float(std::sin(from + 1.7 * double(i)) + 0.3 * std::cos(0.01 * double(i)));
    return from_host(*b.backend, shape, host.data());
  };
  Results results;
  f(b, wave(s, 0.5), wave(s, 2.0), results);
  return results;
}

void check_sizes(const std::function<void(Bench&, const Tensor&, const Tensor&, Results&)>& f) {
  for (const Shape& s : {Shape{2, 3, 3, 1}, Shape{1, 1, 2, 2}, Shape{1, 3, 5, 7}, Shape{2, 2, 4, 8}, Shape{1, 3, 4, 9}, Shape{2, 3, 5, 10},
                         Shape{1, 4, 6, 17}, Shape{1, 3, 67, 130}}) {
    CAPTURE(s.text());
    Bench reference, cpu(make_cpu_backend());
    const Results expected = results_of(reference, s, f), found = results_of(cpu, s, f);
    REQUIRE(found.size() == expected.size());
    for (size_t i = 0; i < found.size(); i++) {
      CAPTURE(i);
      double largest = 1e-3;
      for (double v : expected[i]) largest = std::max(largest, std::abs(v));
      CHECK(largest_difference(found[i], expected[i]) <= tolerance::f32 * largest);
    }
    CHECK(cpu->pool()->damaged() == 0);
  }
}

}  // namespace

TEST_CASE("planar pictures: total variation and its gradient") {
  check_sizes([](Bench& b, const Tensor& x, const Tensor& dy, Results& results) {
    for (const Variation kind : {Variation::squared, Variation::absolute, Variation::torch}) {
      Tensor y = b.planar({}), dx = x.like();
      b->total_variation(kind, x, 0.5, y);
      results.push_back(to_host_f64(y));
      for (const bool add : {false, true}) {
        if (add) b->convert(dy, {dx});
        b->total_variation_backward(kind, x, y, 0.5, {dx, add});
        results.push_back(to_host_f64(dx));
      }
    }
  });
}

TEST_CASE("planar pictures: norms, moments and sums") {
  check_sizes([](Bench& b, const Tensor& x, const Tensor& dy, Results& results) {
    const Shape s = x.shape();
    const auto put = [&](std::initializer_list<Tensor> tensors) {
      for (const Tensor& t : tensors) results.push_back(to_host_f64(t));
    };
    for (const NormScope scope : {NormScope::image, NormScope::batch}) {
      const int rows = scope == NormScope::image ? s.n : 1;
      const Tensor gamma = b.indexed({1, s.c, 1, 1}, [](double i) { return 1 + 0.25 * i; });
      const Tensor beta = b.indexed({1, s.c, 1, 1}, [](double i) { return i - 0.5; });
      Tensor mean = b.planar({rows, s.c, 1, 1}), rstd = mean.like(), y = x.like(), dx = x.like(), dgamma = gamma.like(), dbeta = beta.like();
      b->norm(scope, x, &gamma, &beta, 1e-2, true, mean, rstd, y);
      Out out_x{dx}, out_gamma{dgamma}, out_beta{dbeta};
      b->norm_backward(scope, x, dy, &gamma, &beta, mean, rstd, true, &out_x, &out_gamma, &out_beta);
      put({mean, rstd, y, dx, dgamma, dbeta});
    }
    Tensor mean = b.planar({s.n, s.c, 1, 1}), variance = mean.like(), dx = x.like(), sum = mean.like();
    b->channel_moments(x, mean, variance);
    b->channel_moments_backward(x, mean, &mean, &variance, {dx});
    b->reduce_sum(x, 2.0, {sum});
    put({mean, variance, dx, sum});
  });
}

TEST_CASE("planar pictures: borders, cut or put around") {
  check_sizes([](Bench& b, const Tensor& x, const Tensor&, Results& results) {
    const Shape s = x.shape();
    const auto pad = [&](const Pads& pads, Padding kind) {
      Tensor y = b.planar({s.n, s.c, s.h + pads.top + pads.bottom, s.w + pads.left + pads.right});
      b->pad(x, pads, kind, y);
      results.push_back(to_host_f64(y));
    };
    pad({1, 3, 2, 10}, Padding::zero);
    pad({2, 9, 0, 1}, Padding::replicate);
    if (s.w > 4 && s.h > 2) {
      pad({2, 4, 1, 3}, Padding::reflect);
      pad({-1, -2, 1, -1}, Padding::zero);
    }
  });
}
