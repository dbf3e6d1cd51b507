// The CPU backend gives the same bytes for any number of threads, for everything that sums: planes here have several segments,
// so that threads really share them.
#include <omp.h>

#include <cstring>

#include "kernels/cpu/backend.h"
#include "tests/kernels/reference_fixture.h"

using namespace impasto;

namespace {

const Shape wide{2, 17, 97, 131};  // 12707 pixels: four segments a plane, the last one not full

/// Every byte that run() leaves in its results, padding lanes included.
template <class Run>
std::vector<std::vector<unsigned char>> bytes_with(int threads, int lanes, Run run) {
  const int before = omp_get_max_threads();
  omp_set_num_threads(threads);
  Bench b(make_cpu_backend({.lanes = lanes}));
  std::vector<std::vector<unsigned char>> all;
  for (const Tensor& x : run(b)) {
    CHECK(filled(x));
    const auto* bytes = static_cast<const unsigned char*>(x.raw());
    all.emplace_back(bytes, bytes + x.bytes());
  }
  omp_set_num_threads(before);
  return all;
}

template <class Run>
void check_same_bytes(Run run) {
  for (const int lanes : {1, 8, 16}) {
    CAPTURE(lanes);
    const auto one = bytes_with(1, lanes, run);
    CHECK(one == bytes_with(2, lanes, run));
    CHECK(one == bytes_with(3, lanes, run));
    CHECK(one == bytes_with(7, lanes, run));
  }
}

}  // namespace

TEST_CASE("sums over any dimensions are the same bytes for any number of threads") {
  check_same_bytes([](Bench& b) {
    const Tensor x = b.normal(wide, 1);
    std::vector<Tensor> sums;
    for (const Shape& s : {Shape{1, 1, 1, 1}, {2, 1, 1, 1}, {1, 17, 1, 1}, {2, 17, 1, 1}, {2, 1, 97, 131}, {1, 17, 97, 131}}) {
      sums.push_back(b.planar(s));
      b->reduce_sum(x, 0.5, {sums.back()});
    }
    return sums;
  });
}

TEST_CASE("Gram matrices and their gradients are the same bytes for any number of threads") {
  check_same_bytes([](Bench& b) {
    const Tensor x = b.normal(wide, 1);
    Tensor mask = b.planar({1, 1, 97, 131});
    b->random_uniform(2, 0, mask);
    std::vector<Tensor> results;
    for (const Tensor* m : {static_cast<const Tensor*>(nullptr), static_cast<const Tensor*>(&mask)}) {
      Tensor g = b.planar({2, 1, 17, 17}), dx = x.like();
      b->gram(x, m, 0.01, g);
      b->gram_backward(x, m, g, 0.01, {dx});
      results.insert(results.end(), {g, dx});
    }
    return results;
  });
}

TEST_CASE("matrix products are the same bytes for any number of threads") {
  check_same_bytes([](Bench& b) {
    Tensor a = b.planar({1, 1, 70, 90}), c = b.planar({1, 1, 90, 110}), y = b.planar({1, 1, 70, 110});
    b->random_normal(1, 0, a);
    b->random_normal(2, 0, c);
    b->matmul(a, false, c, false, 1, {y});
    return std::vector<Tensor>{y};
  });
}

TEST_CASE("norms and moments and their gradients are the same bytes for any number of threads") {
  for (const NormScope scope : {NormScope::image, NormScope::batch}) {
    check_same_bytes([scope](Bench& b) {
      const Tensor x = b.normal(wide, 1), dy = b.normal(wide, 2);
      const int rows = scope == NormScope::image ? 2 : 1;
      Tensor mean = b.planar({rows, 17}), rstd = mean.like(), gamma = b.planar({1, 17}), y = x.like();
      Tensor dx = x.like(), dgamma = gamma.like(), dbeta = gamma.like();
      b->random_normal(3, 0, gamma);
      b->norm(scope, x, &gamma, &gamma, 1e-5, true, mean, rstd, y);
      Out out_x{dx}, out_gamma{dgamma}, out_beta{dbeta};
      b->norm_backward(scope, x, dy, &gamma, &gamma, mean, rstd, true, &out_x, &out_gamma, &out_beta);
      return std::vector<Tensor>{mean, rstd, y, dx, dgamma, dbeta};
    });
  }
  check_same_bytes([](Bench& b) {
    const Tensor x = b.normal(wide, 1);
    Tensor mean = b.planar({2, 17}), variance = mean.like(), dx = x.like();
    b->channel_moments(x, mean, variance);
    b->channel_moments_backward(x, mean, &mean, &variance, {dx});
    return std::vector<Tensor>{mean, variance, dx};
  });
}

TEST_CASE("losses and total variation are the same bytes for any number of threads") {
  check_same_bytes([](Bench& b) {
    const Tensor x = b.normal(wide, 1), target = b.normal(wide, 2);
    Tensor mask = b.planar({1, 1, 97, 131});
    b->random_uniform(3, 0, mask);
    std::vector<Tensor> all;
    for (const Loss kind : {Loss::squared, Loss::smooth_l1, Loss::absolute}) {
      for (const Tensor* weight : {static_cast<const Tensor*>(nullptr), static_cast<const Tensor*>(&mask)}) {
        Tensor y = b.planar({}), dx = x.like();
        b->loss(kind, x, target, weight, 1e-3, y);
        b->loss_backward(kind, x, target, weight, y, 1e-3, {dx});
        all.push_back(y);
        all.push_back(dx);
      }
    }
    for (const Variation kind : {Variation::squared, Variation::absolute, Variation::torch}) {
      all.push_back(b.planar({}));
      b->total_variation(kind, x, 1e-3, all.back());
    }
    return all;
  });
}

TEST_CASE("Winograd convolutions are the same bytes for any number of threads") {
  for (const Shape& s : {Shape{2, 17, 37, 41}, {1, 40, 23, 9}, {3, 5, 6, 7}}) {
    check_same_bytes([s](Bench& b) {
      if (b.backend->lanes_for(2) == 1) return std::vector<Tensor>{};  // planar tensors go another way
      const Shape out{s.n, 24, s.h, s.w};
      const Tensor x = b.normal(s, 1), dy = b.normal(out, 2);
      Tensor w = b.planar({24, s.c, 3, 3}), bias = b.planar({1, 24}), y = b.empty(out), dx = x.like(), dw = w.like();
      b->random_normal(3, 0, w);
      b->random_normal(4, 0, bias);
      b->conv2d(x, w, same_padding(1), {}, {.bias = &bias, .relu = true}, {y});
      b->conv2d_backward_data(dy, w, same_padding(1), &y, {dx});
      b->conv2d_backward_weights(x, dy, same_padding(1), {}, &y, {dw});
      return std::vector<Tensor>{y, dx, dw};
    });
  }
}
