// The reference backend as the engine sees it: tensors in, arrays through the primitives, tensors out.
#include "kernels/reference/reference.h"

#include <cstring>

#include "engine/random.h"
#include "kernels/reference/primitives.h"

namespace impasto {
namespace {

using reference::Array;
using reference::Optional;
using reference::require;

// One call of a primitive: knows its name, and refuses tensors that are not of the backend's dtype.
class Call {
 public:
  Call(const char* primitive, Dtype dtype) : name_(std::string(primitive) + ": "), dtype_(dtype) {}
  Array read(const Tensor& x) const {
    check(x);
    return reference::load(x);
  }
  Optional read(const Tensor* x) const { return x ? Optional(read(*x)) : std::nullopt; }
  void write(const Array& values, Out y) const {
    check(y.tensor);
    require(values.shape == y.tensor.shape(), name_ + "the output is " + y.tensor.shape().text() + ", needs " + values.shape.text());
    reference::store(values, y);
  }
  void write(const Array& values, Tensor& y) const { write(values, Out{y}); }

 private:
  void check(const Tensor& x) const {
    require(x.defined(), name_ + "a tensor is missing");
    require(x.dtype() == dtype_,
            name_ + "a tensor of " + name_of(x.dtype()) + " on the reference backend of " + name_of(dtype_) + "; convert it");
  }
  std::string name_;
  Dtype dtype_;
};

class Reference final : public Backend {
 public:
  Reference(Dtype dtype, int lanes) : dtype_(dtype), lanes_(lanes) {
    require(dtype != Dtype::bf16, "the reference backend computes in f32 or f64, not in bf16");
    require(lanes >= 1, "the reference backend needs at least one lane");
  }
  const char* name() const override { return "reference"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int) const override { return lanes_; }
  Dtype master_dtype() const override { return dtype_; }

  // Storage: the dtype is the tensor's, f32 and f64 on either backend; bf16 in convert() only.
  void upload(const float* host, Tensor& y) override {
    check_planar("upload", y);
    Array values(y.shape());
    values.values.assign(host, host + values.values.size());
    reference::store(values, {y});
  }
  void download(const Tensor& x, void* host) override { std::memcpy(host, x.raw(), x.bytes()); }
  void fill(Tensor& y, double value) override { Call("fill", wide(y)).write(Array(y.shape(), value), y); }
  void convert(const Tensor& x, Out y) override {
    require(x.shape() == y.tensor.shape(), "convert: x is " + x.shape().text() + ", y " + y.tensor.shape().text());
    reference::store(reference::load(x), y);
  }

  void conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) override {
    const Call call("conv2d", dtype_);
    const Optional before = y.add ? Optional(call.read(y.tensor)) : std::nullopt;
    call.write(reference::conv2d(input(call, x, in), call.read(w), call.read(out.bias), params, before, out.relu), y.tensor);
    require(!out.mean == !out.variance, "conv2d: mean and variance come together");
    if (out.mean) channel_moments(y.tensor, *out.mean, *out.variance);
  }
  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) override {
    const Call call("conv2d_backward_data", dtype_);
    call.write(reference::conv2d_backward_data(call.read(dy), call.read(w), params, call.read(mask), dx.tensor.shape()), dx);
  }
  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in, const Tensor* mask,
                               Out dw) override {
    const Call call("conv2d_backward_weights", dtype_);
    call.write(reference::conv2d_backward_weights(input(call, x, in), call.read(dy), params, call.read(mask), dw.tensor.shape()), dw);
  }

  void unary(Unary op, double a, double b, const Tensor& x, Tensor& y) override {
    const Call call("unary", dtype_);
    call.write(reference::unary(op, a, b, call.read(x)), y);
  }
  void unary_backward(Unary op, double a, double b, const Tensor& x, const Tensor&, const Tensor& dy, Out dx) override {
    const Call call("unary_backward", dtype_);
    call.write(reference::unary_backward(op, a, b, call.read(x), call.read(dy)), dx);
  }
  void binary(Binary op, double scale, const Tensor& a, const Tensor& b, Out y) override {
    const Call call("binary", dtype_);
    call.write(reference::binary(op, scale, call.read(a), call.read(b), y.tensor.shape()), y);
  }
  void reduce_sum(const Tensor& x, double scale, Out y) override {
    const Call call("reduce_sum", dtype_);
    call.write(reference::reduce_sum(call.read(x), scale, y.tensor.shape()), y);
  }

  void pad(const Tensor& x, const Pads& pads, Padding kind, Tensor& y) override {
    const Call call("pad", dtype_);
    call.write(reference::pad(call.read(x), pads, kind), y);
  }
  void pad_backward(const Tensor& dy, const Pads& pads, Padding kind, Out dx) override {
    const Call call("pad_backward", dtype_);
    call.write(reference::pad_backward(call.read(dy), pads, kind, dx.tensor.shape()), dx);
  }
  void copy_channels(const Tensor& x, int x_begin, Out y, int y_begin, int count) override {
    const Call call("copy_channels", dtype_);
    call.write(reference::copy_channels(call.read(x), x_begin, call.read(y.tensor), y.add, y_begin, count), y.tensor);
  }
  void max_pool(const Tensor& x, const PoolParams& params, Tensor& y) override {
    const Call call("max_pool", dtype_);
    call.write(reference::max_pool(call.read(x), params), y);
  }
  void max_pool_backward(const Tensor& x, const Tensor&, const Tensor& dy, const PoolParams& params, Out dx) override {
    const Call call("max_pool_backward", dtype_);
    call.write(reference::max_pool_backward(call.read(x), call.read(dy), params), dx);
  }
  void average_pool(const Tensor& x, const PoolParams& params, Tensor& y) override {
    const Call call("average_pool", dtype_);
    call.write(reference::average_pool(call.read(x), params), y);
  }
  void average_pool_backward(const Tensor& dy, const PoolParams& params, Out dx) override {
    const Call call("average_pool_backward", dtype_);
    call.write(reference::average_pool_backward(call.read(dy), params, dx.tensor.shape()), dx);
  }
  void upsample_nearest(const Tensor& x, int factor, Tensor& y) override {
    const Call call("upsample_nearest", dtype_);
    call.write(reference::upsample_nearest(call.read(x), factor), y);
  }
  void upsample_nearest_backward(const Tensor& dy, int factor, Out dx) override {
    const Call call("upsample_nearest_backward", dtype_);
    call.write(reference::upsample_nearest_backward(call.read(dy), factor), dx);
  }
  void resize_bilinear(const Tensor& x, bool align_corners, Tensor& y) override {
    const Call call("resize_bilinear", dtype_);
    call.write(reference::resize_bilinear(call.read(x), align_corners, y.shape()), y);
  }
  void resize_bilinear_backward(const Tensor& dy, bool align_corners, Out dx) override {
    const Call call("resize_bilinear_backward", dtype_);
    call.write(reference::resize_bilinear_backward(call.read(dy), align_corners, dx.tensor.shape()), dx);
  }

  void norm(NormScope scope, const Tensor& x, const Tensor* gamma, const Tensor* beta, double eps, bool relu, Tensor& mean, Tensor& rstd,
            Tensor& y) override {
    const Call call("norm", dtype_);
    const Array values = call.read(x);
    if (scope == NormScope::frozen) {
      call.write(reference::norm(scope, {call.read(mean), call.read(rstd)}, values, call.read(gamma), call.read(beta), relu), y);
      return;
    }
    const reference::Statistics of_x = reference::statistics(scope, values, eps);
    const Array result = reference::norm(scope, of_x, values, call.read(gamma), call.read(beta), relu);
    call.write(of_x.mean, mean);
    call.write(of_x.rstd, rstd);
    call.write(result, y);
  }
  void norm_backward(NormScope scope, const Tensor& x, const Tensor& dy, const Tensor* gamma, const Tensor* beta, const Tensor& mean,
                     const Tensor& rstd, bool relu, Out* dx, Out* dgamma, Out* dbeta) override {
    const Call call("norm_backward", dtype_);
    const Array of_x = call.read(x);
    const Optional scale = call.read(gamma);
    const reference::Statistics statistics{call.read(mean), call.read(rstd)};
    Array of_y = call.read(dy);
    if (relu) of_y = reference::norm_backward_relu(scope, statistics, of_x, of_y, scale, call.read(beta));
    if (dgamma) call.write(reference::norm_backward_gamma(statistics, of_x, of_y, dgamma->tensor.shape()), *dgamma);
    if (dbeta) call.write(reference::norm_backward_beta(of_y, dbeta->tensor.shape()), *dbeta);
    if (dx) call.write(reference::norm_backward_x(scope, statistics, of_x, of_y, scale), *dx);
  }
  void norm_factors(const Tensor& mean, const Tensor& variance, const Tensor* gamma, const Tensor* beta, double eps, Tensor& rstd,
                    Tensor& scale, Tensor& shift) override {
    const Call call("norm_factors", dtype_);
    const auto factors = reference::norm_factors(call.read(mean), call.read(variance), call.read(gamma), call.read(beta), eps);
    call.write(factors.rstd, rstd);
    call.write(factors.scale, scale);
    call.write(factors.shift, shift);
  }
  void scale_shift(const Tensor& x, const Tensor* scale, const Tensor* shift, bool relu, const Tensor* shortcut, Tensor& y) override {
    const Call call("scale_shift", dtype_);
    call.write(reference::scale_shift(call.read(x), call.read(scale), call.read(shift), relu, call.read(shortcut)), y);
  }
  void channel_moments(const Tensor& x, Tensor& mean, Tensor& variance) override {
    const Call call("channel_moments", dtype_);
    const Array values = call.read(x), middle = reference::channel_mean(values);
    call.write(middle, mean);
    call.write(reference::channel_variance(values, middle), variance);
  }
  void channel_moments_backward(const Tensor& x, const Tensor& mean, const Tensor* dmean, const Tensor* dvariance, Out dx) override {
    const Call call("channel_moments_backward", dtype_);
    call.write(reference::channel_moments_backward(call.read(x), call.read(mean), call.read(dmean), call.read(dvariance)), dx);
  }

  void gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) override {
    const Call call("gram", dtype_);
    call.write(reference::gram(call.read(x), call.read(mask), scale), y);
  }
  void gram_backward(const Tensor& x, const Tensor* mask, const Tensor& dy, double scale, Out dx) override {
    const Call call("gram_backward", dtype_);
    call.write(reference::gram_backward(call.read(x), call.read(mask), call.read(dy), scale), dx);
  }
  void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, double scale, Out y) override {
    const Call call("matmul", dtype_);
    call.write(reference::matmul(call.read(a), transpose_a, call.read(b), transpose_b, scale), y);
  }

  void total_variation(Variation kind, const Tensor& x, double scale, Tensor& y) override {
    const Call call("total_variation", dtype_);
    call.write(reference::total_variation(kind, call.read(x), scale), y);
  }
  void total_variation_backward(Variation kind, const Tensor& x, const Tensor& dy, double scale, Out dx) override {
    const Call call("total_variation_backward", dtype_);
    call.write(reference::total_variation_backward(kind, call.read(x), call.read(dy), scale), dx);
  }
  void loss(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, double scale, Tensor& y) override {
    const Call call("loss", dtype_);
    call.write(reference::loss(kind, call.read(x), call.read(target), call.read(weight), scale), y);
  }
  void loss_backward(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, const Tensor& dy, double scale,
                     Out dx) override {
    const Call call("loss_backward", dtype_);
    call.write(reference::loss_backward(kind, call.read(x), call.read(target), call.read(weight), call.read(dy), scale), dx);
  }

  void ranking(const Tensor& x, const Tensor& pairs, double scale, Tensor& y) override {
    const Call call("ranking", dtype_);
    call.write(reference::ranking(call.read(x), call.read(pairs), scale), y);
  }
  void ranking_backward(const Tensor& x, const Tensor& pairs, const Tensor& dy, double scale, Out dx) override {
    const Call call("ranking_backward", dtype_);
    call.write(reference::ranking_backward(call.read(x), call.read(pairs), call.read(dy), scale), dx);
  }

  void adam_step(const AdamFactors& factors, const Tensor& step_size, const Tensor& root_scale,
                 std::span<const AdamParameter> parameters) override {
    const Call call("adam_step", dtype_);
    const double size = call.read(step_size).values.at(0), scale = call.read(root_scale).values.at(0);
    for (const AdamParameter& each : parameters) {
      Array p = call.read(*each.p), m = call.read(*each.m), v = call.read(*each.v);
      reference::adam_step(factors, size, scale, call.read(*each.g), p, m, v);
      call.write(p, *each.p);
      call.write(m, *each.m);
      call.write(v, *each.v);
    }
  }
  void sgd_step(double rate, double momentum, const Tensor& g, Tensor& p, Tensor& velocity) override {
    const Call call("sgd_step", dtype_);
    Array parameter = call.read(p), speed = call.read(velocity);
    reference::sgd_step(rate, momentum, call.read(g), parameter, speed);
    call.write(parameter, p);
    call.write(speed, velocity);
  }

  void random_uniform(uint64_t key, uint64_t offset, Tensor& y) override {
    Array values(y.shape());
    for (size_t i = 0; i < values.values.size(); ++i) values.values[i] = random::uniform(key, offset + i);
    Call("random_uniform", dtype_).write(values, y);
  }
  void random_normal(uint64_t key, uint64_t offset, Tensor& y) override {
    Array values(y.shape());
    for (size_t i = 0; i < values.values.size(); ++i) values.values[i] = random::normal(key, offset + i);
    Call("random_normal", dtype_).write(values, y);
  }

 private:
  // What a convolution sees of x, before upsampling and pads.
  static Array input(const Call& call, const Tensor& x, const ConvInput& in) {
    return reference::scale_shift(call.read(x), call.read(in.scale), call.read(in.shift), in.relu, std::nullopt);
  }
  // What a call that takes f32 and f64 alike expects of y.
  static Dtype wide(const Tensor& y) { return y.dtype() == Dtype::f64 ? Dtype::f64 : Dtype::f32; }
  static void check_planar(const std::string& name, const Tensor& x) {
    require(x.lanes() == 1 && x.dtype() != Dtype::bf16,
            name + ": takes planar f32 or f64, not " + name_of(x.dtype()) + " with " + std::to_string(x.lanes()) + " lanes; convert it");
  }

  const Dtype dtype_;
  const int lanes_;
  const std::shared_ptr<Pool> pool_ = std::make_shared<Pool>();
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend(Dtype dtype, int lanes) { return std::make_unique<Reference>(dtype, lanes); }

}  // namespace impasto
