// SharedBackend<Launcher>: every primitive but the convolutions, by the bodies of this folder. The CPU backend, the
// emulated CUDA backend and the CUDA module differ in the launcher only, and in their convolutions.
//
// Launcher:  template <class Body> void launch(Grid grid, const Body& body, size_t shared_bytes = 0);
// The classes form a chain so that each family of primitives is compiled in a file of its own: a family's definitions stand
// in <family>_primitives.h, instantiated for each launcher (CMakeLists.txt, impasto_instantiate).
#pragma once
#include <string>

#include "engine/backend.h"
#include "kernels/shared/launch.h"

namespace impasto {

template <class Launcher>
class ElementwisePrimitives : public Backend {
 public:
  explicit ElementwisePrimitives(Launcher launcher) : launcher_(std::move(launcher)) {}
  void fill(Tensor& y, double value) override;
  void convert(const Tensor& x, Out y) override;
  void unary(Unary op, double a, double b, const Tensor& x, Tensor& y) override;
  void unary_backward(Unary op, double a, double b, const Tensor& x, const Tensor& y, const Tensor& dy, Out dx) override;
  void binary(Binary op, double scale, const Tensor& a, const Tensor& b, Out y) override;

 protected:
  void clear_padding(Tensor& y);
  /// upload() of at most most_recorded_numbers, as arguments of a launch.
  void write_numbers(const float* numbers, Tensor& y);
  Launcher launcher_;
};

template <class Launcher>
class ReductionPrimitives : public ElementwisePrimitives<Launcher> {
 public:
  using ElementwisePrimitives<Launcher>::ElementwisePrimitives;
  void reduce_sum(const Tensor& x, double scale, Out y) override;
  void total_variation(Variation kind, const Tensor& x, double scale, Tensor& y) override;
  void total_variation_backward(Variation kind, const Tensor& x, const Tensor& dy, double scale, Out dx) override;
  void loss(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, double scale, Tensor& y) override;
  void loss_backward(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, const Tensor& dy, double scale,
                     Out dx) override;
  void ranking(const Tensor& x, const Tensor& pairs, double scale, Tensor& y) override;
  void ranking_backward(const Tensor& x, const Tensor& pairs, const Tensor& dy, double scale, Out dx) override;
};

template <class Launcher>
class StructurePrimitives : public ReductionPrimitives<Launcher> {
 public:
  using ReductionPrimitives<Launcher>::ReductionPrimitives;
  void pad(const Tensor& x, const Pads& pads, Padding kind, Tensor& y) override;
  void pad_backward(const Tensor& dy, const Pads& pads, Padding kind, Out dx) override;
  void copy_channels(const Tensor& x, int x_begin, Out y, int y_begin, int count) override;
  void upsample_nearest(const Tensor& x, int factor, Tensor& y) override;
  void upsample_nearest_backward(const Tensor& dy, int factor, Out dx) override;
  void resize_bilinear(const Tensor& x, bool align_corners, Tensor& y) override;
  void resize_bilinear_backward(const Tensor& dy, bool align_corners, Out dx) override;
};

template <class Launcher>
class PoolingPrimitives : public StructurePrimitives<Launcher> {
 public:
  using StructurePrimitives<Launcher>::StructurePrimitives;
  void max_pool(const Tensor& x, const PoolParams& params, Tensor& y) override;
  void max_pool_backward(const Tensor& x, const Tensor& y, const Tensor& dy, const PoolParams& params, Out dx) override;
  void average_pool(const Tensor& x, const PoolParams& params, Tensor& y) override;
  void average_pool_backward(const Tensor& dy, const PoolParams& params, Out dx) override;
};

template <class Launcher>
class NormPrimitives : public PoolingPrimitives<Launcher> {
 public:
  using PoolingPrimitives<Launcher>::PoolingPrimitives;
  void norm(NormScope scope, const Tensor& x, const Tensor* gamma, const Tensor* beta, double eps, bool relu, Tensor& mean, Tensor& rstd,
            Tensor& y) override;
  void norm_backward(NormScope scope, const Tensor& x, const Tensor& dy, const Tensor* gamma, const Tensor* beta, const Tensor& mean,
                     const Tensor& rstd, bool relu, Out* dx, Out* dgamma, Out* dbeta) override;
  void norm_factors(const Tensor& mean, const Tensor& variance, const Tensor* gamma, const Tensor* beta, double eps, Tensor& rstd,
                    Tensor& scale, Tensor& shift) override;
  void scale_shift(const Tensor& x, const Tensor* scale, const Tensor* shift, bool relu, const Tensor* shortcut, Tensor& y) override;
  void channel_moments(const Tensor& x, Tensor& mean, Tensor& variance) override;
  void channel_moments_backward(const Tensor& x, const Tensor& mean, const Tensor* dmean, const Tensor* dvariance, Out dx) override;
};

template <class Launcher>
class MatrixPrimitives : public NormPrimitives<Launcher> {
 public:
  using NormPrimitives<Launcher>::NormPrimitives;
  void gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) override;
  void gram_backward(const Tensor& x, const Tensor* mask, const Tensor& dy, double scale, Out dx) override;
  void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, double scale, Out y) override;

 protected:
  /// scale * (a + a^T), image by image; a: [N, 1, C, C].
  Tensor symmetric(const Tensor& a, double scale);
};

template <class Launcher>
class SharedBackend : public MatrixPrimitives<Launcher> {
 public:
  using MatrixPrimitives<Launcher>::MatrixPrimitives;
  void adam_step(const AdamFactors& factors, const Tensor& step_size, const Tensor& root_scale,
                 std::span<const AdamParameter> parameters) override;
  void sgd_step(double rate, double momentum, const Tensor& g, Tensor& p, Tensor& velocity) override;
  void random_uniform(uint64_t key, uint64_t offset, Tensor& y) override;
  void random_normal(uint64_t key, uint64_t offset, Tensor& y) override;
};

}  // namespace impasto
