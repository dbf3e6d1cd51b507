// A backend around another: every primitive passes through around(), which may time it, count it or spoil it.
// Tensors made on the decorator belong to it, so layers call it without knowing. Recorded work is run again at each replay, so that
// around() sees it.
#pragma once
#include <functional>
#include <vector>

#include "engine/backend.h"

namespace impasto {

class DecoratorBackend : public Backend {
 public:
  explicit DecoratorBackend(Backend& inner) : inner_(inner) {}

  const char* name() const override { return inner_.name(); }
  std::shared_ptr<Pool> pool() override { return inner_.pool(); }
  int lanes_for(int channels) const override { return inner_.lanes_for(channels); }
  Dtype master_dtype() const override { return inner_.master_dtype(); }
  Dtype activation_dtype() const override { return inner_.activation_dtype(); }
  void synchronize() override { inner_.synchronize(); }
  std::unique_ptr<Stopwatch> stopwatch() override { return inner_.stopwatch(); }

  void upload(const float* host, Tensor& y) override;
  void download(const Tensor& x, void* host) override;
  void fill(Tensor& y, double value) override;
  void convert(const Tensor& x, Out y) override;
  void conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) override;
  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) override;
  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in, const Tensor* mask,
                               Out dw) override;
  void unary(Unary op, double a, double b, const Tensor& x, Tensor& y) override;
  void unary_backward(Unary op, double a, double b, const Tensor& x, const Tensor& y, const Tensor& dy, Out dx) override;
  void binary(Binary op, double scale, const Tensor& a, const Tensor& b, Out y) override;
  void reduce_sum(const Tensor& x, double scale, Out y) override;
  void pad(const Tensor& x, const Pads& pads, Padding kind, Tensor& y) override;
  void pad_backward(const Tensor& dy, const Pads& pads, Padding kind, Out dx) override;
  void copy_channels(const Tensor& x, int x_begin, Out y, int y_begin, int count) override;
  void max_pool(const Tensor& x, const PoolParams& params, Tensor& y) override;
  void max_pool_backward(const Tensor& x, const Tensor& y, const Tensor& dy, const PoolParams& params, Out dx) override;
  void average_pool(const Tensor& x, const PoolParams& params, Tensor& y) override;
  void average_pool_backward(const Tensor& dy, const PoolParams& params, Out dx) override;
  void upsample_nearest(const Tensor& x, int factor, Tensor& y) override;
  void upsample_nearest_backward(const Tensor& dy, int factor, Out dx) override;
  void resize_bilinear(const Tensor& x, bool align_corners, Tensor& y) override;
  void resize_bilinear_backward(const Tensor& dy, bool align_corners, Out dx) override;
  void norm(NormScope scope, const Tensor& x, const Tensor* gamma, const Tensor* beta, double eps, bool relu, Tensor& mean, Tensor& rstd,
            Tensor& y) override;
  void norm_backward(NormScope scope, const Tensor& x, const Tensor& dy, const Tensor* gamma, const Tensor* beta, const Tensor& mean,
                     const Tensor& rstd, bool relu, Out* dx, Out* dgamma, Out* dbeta) override;
  void norm_factors(const Tensor& mean, const Tensor& variance, const Tensor* gamma, const Tensor* beta, double eps, Tensor& rstd,
                    Tensor& scale, Tensor& shift) override;
  void scale_shift(const Tensor& x, const Tensor* scale, const Tensor* shift, bool relu, const Tensor* shortcut, Tensor& y) override;
  void channel_moments(const Tensor& x, Tensor& mean, Tensor& variance) override;
  void channel_moments_backward(const Tensor& x, const Tensor& mean, const Tensor* dmean, const Tensor* dvariance, Out dx) override;
  void gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) override;
  void gram_backward(const Tensor& x, const Tensor* mask, const Tensor& dy, double scale, Out dx) override;
  void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, double scale, Out y) override;
  void total_variation(Variation kind, const Tensor& x, double scale, Tensor& y) override;
  void total_variation_backward(Variation kind, const Tensor& x, const Tensor& dy, double scale, Out dx) override;
  void ranking(const Tensor& x, const Tensor& pairs, double scale, Tensor& y) override;
  void ranking_backward(const Tensor& x, const Tensor& pairs, const Tensor& dy, double scale, Out dx) override;
  void loss(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, double scale, Tensor& y) override;
  void loss_backward(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, const Tensor& dy, double scale,
                     Out dx) override;
  void adam_step(const AdamFactors& factors, const Tensor& step_size, const Tensor& root_scale,
                 std::span<const AdamParameter> parameters) override;
  void sgd_step(double rate, double momentum, const Tensor& g, Tensor& p, Tensor& velocity) override;
  void random_uniform(uint64_t key, uint64_t offset, Tensor& y) override;
  void random_normal(uint64_t key, uint64_t offset, Tensor& y) override;

 protected:
  using Tensors = std::vector<const Tensor*>;  // null entries: not there
  struct Call {
    const char* primitive;
    Tensors reads, writes;
  };
  /// Must call run() once.
  virtual void around(const Call& call, const std::function<void()>& run) = 0;
  Backend& inner_;
};

}  // namespace impasto
