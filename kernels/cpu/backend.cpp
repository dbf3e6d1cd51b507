#include "kernels/cpu/backend.h"

#include <cstring>

#include "kernels/cpu/convolution.h"
#include "kernels/cpu/launcher.h"
#include "kernels/cpu/onednn.h"
#include "kernels/shared/shared_backend.h"

namespace impasto {
namespace {

class CpuBackend final : public SharedBackend<CpuLauncher> {
 public:
  CpuBackend(int lanes, bool winograd)
      : SharedBackend(CpuLauncher{}), lanes_(lanes), winograd_(winograd), pool_(std::make_shared<Pool>()) {}

  const char* name() const override { return "cpu"; }
  std::shared_ptr<Pool> pool() override { return pool_; }
  int lanes_for(int channels) const override { return activation_lanes(channels, lanes_); }

  void upload(const float* host, Tensor& y) override { std::memcpy(y.data<float>(), host, y.bytes()); }
  void download(const Tensor& x, void* host) override { std::memcpy(host, x.raw(), x.bytes()); }

  void conv2d(const Tensor& x, const Tensor& w, const Tensor* bias, const ConvParams& params, bool relu, Out y) override {
    const WinogradShape shape = winograd_shape(x.shape(), y.tensor.shape().c, params);
    if (winograd_ && winograd_serves(params, x, y.tensor, w.shape(), lanes_)) {
      Tensor space = workspace(winograd_workspace(shape, lanes_, omp_get_max_threads()));
      const Tensor packed = winograd_weights(w, false);
      winograd_convolve(shape, lanes_, x.data<float>(), packed.data<float>(), y.tensor.data<float>(),
                        {bias ? bias->data<float>() : nullptr, y.add, relu, nullptr}, space.raw(), omp_get_max_threads());
      return;
    }
    if (direct_serves(params, x, y.tensor, w.shape(), lanes_)) {
      return direct(direct_forward(params, x, y.tensor, w.shape(), lanes_, winograd_), x, w, {bias ? bias->data<float>() : nullptr, y.add, relu},
                    y.tensor);
    }
    if (params.padding != Padding::zero) return conv2d(padded(*this, x, params), w, bias, without_pads(params), relu, y);
    Tensor wide;
    const Tensor& in = native(x, wide);
    if (!is_foreign(y.tensor)) return library_.forward(in, w, bias, params, relu, y);
    Tensor result(*this, y.tensor.shape(), y.tensor.lanes());
    if (y.add) convert(y.tensor, {result});
    library_.forward(in, w, bias, params, relu, {result, y.add});
    convert(result, {y.tensor});
  }

  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) override {
    const WinogradShape shape = winograd_shape(dx.tensor.shape(), w.shape().n, params);
    if (winograd_ && winograd_serves(params, dx.tensor, dy, w.shape(), lanes_)) {
      const WinogradShape turned = winograd_data_gradient(shape);
      Tensor space = workspace(winograd_workspace(turned, lanes_, omp_get_max_threads()));
      const Tensor packed = winograd_weights(w, true);
      winograd_convolve(turned, lanes_, dy.data<float>(), packed.data<float>(), dx.tensor.data<float>(),
                        {nullptr, dx.add, false, mask ? mask->data<float>() : nullptr}, space.raw(), omp_get_max_threads());
      return;
    }
    if (direct_serves_data_gradient(params, dx.tensor, dy, w.shape(), lanes_)) {
      return direct(direct_data_gradient(params, dx.tensor, dy, w.shape(), lanes_, winograd_), dy, w,
                    {nullptr, dx.add, false, mask ? mask->data<float>() : nullptr}, dx.tensor);
    }
    Tensor masked, wide, result;
    const Tensor& in = native(apply_mask(dy, mask, masked), wide);
    if (!dx.add && !is_foreign(dx.tensor)) return library_.backward_data(in, w, params, dx.tensor);
    result = Tensor(*this, dx.tensor.shape(), dx.tensor.lanes(), is_foreign(dx.tensor) ? Dtype::f32 : dx.tensor.dtype());
    library_.backward_data(in, w, params, result);
    convert(result, dx);
  }

  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const Tensor* mask, Out dw) override {
    const WinogradShape shape = winograd_shape(x.shape(), dy.shape().c, params);
    if (winograd_ && winograd_serves(params, x, dy, dw.tensor.shape(), lanes_)) {
      Tensor space = workspace(winograd_weight_gradient_workspace(shape, lanes_));
      winograd_weight_gradient(shape, lanes_, x.data<float>(), dy.data<float>(), mask ? mask->data<float>() : nullptr,
                               dw.tensor.data<float>(), dw.add, space.raw(), omp_get_max_threads());
      return;
    }
    if (direct_serves_weight_gradient(params, x, dy, dw.tensor.shape(), lanes_)) {
      const auto [direct, lanes, turned] = direct_forward(params, x, dy, dw.tensor.shape(), lanes_, winograd_);
      Tensor space = workspace(direct_weight_gradient_workspace(direct, lanes, omp_get_max_threads()));
      direct_weight_gradient(direct, lanes, x.data<float>(), dy.data<float>(), mask ? mask->data<float>() : nullptr,
                             dw.tensor.data<float>(), dw.add, space.raw(), omp_get_max_threads());
      return;
    }
    Tensor masked, wide_x, wide_dy;
    const Tensor& grad = native(apply_mask(dy, mask, masked), wide_dy);
    const Tensor& in = native(x, wide_x);
    if (!dw.add) return library_.backward_weights(in, grad, params, dw.tensor);
    Tensor result = dw.tensor.like();
    library_.backward_weights(in, grad, params, result);
    convert(result, dw);
  }

 private:
  Tensor winograd_weights(const Tensor& w, bool data_gradient) {
    return w.derived(data_gradient ? "winograd data gradient" : "winograd forward", [&] {
      const Shape s = w.shape();
      Tensor packed(*this, {1, 1, 1, int(winograd_packed_size(s.n, s.c, lanes_))});
      winograd_pack_weights(w.data<float>(), s.n, s.c, data_gradient, lanes_, packed.data<float>());
      return packed;
    });
  }

  void direct(const DirectConvolution& c, const Tensor& x, const Tensor& w, const DirectFusion& fusion, Tensor& y) {
    const Tensor packed = w.derived(c.weights_key(), [&] {
      Tensor weights(*this, {1, 1, 1, int(direct_packed_size(c.shape, c.lanes))});
      direct_pack_weights(c.shape, c.lanes, w.data<float>(), c.turned, weights.data<float>());
      return weights;
    });
    Tensor space = workspace(direct_workspace(c.shape, c.lanes, omp_get_max_threads()));
    direct_convolve(c.shape, c.lanes, x.data<float>(), packed.data<float>(), y.data<float>(), fusion, space.raw(), omp_get_max_threads());
  }

  Tensor workspace(size_t bytes) { return Tensor(*this, {1, 1, 1, int((bytes + 3) / 4)}); }

  // bf16 on a processor without bf16 arithmetic: oneDNN would run its reference loops; f32 copies are far faster.
  static bool is_foreign(const Tensor& x) { return x.dtype() == Dtype::bf16 && !cpu_has_bf16(); }
  const Tensor& native(const Tensor& x, Tensor& wide) {
    if (!is_foreign(x)) return x;
    wide = Tensor(*this, x.shape(), x.lanes());
    convert(x, {wide});
    return wide;
  }

  const Tensor& apply_mask(const Tensor& dy, const Tensor* mask, Tensor& masked) {
    if (!mask) return dy;
    masked = dy.like();
    unary_backward(Unary::relu, 0, 0, *mask, *mask, dy, {masked});
    return masked;
  }

  int lanes_;
  bool winograd_;
  std::shared_ptr<Pool> pool_;
  OnednnConvolutions library_;
};

}  // namespace

bool cpu_has_bf16() { return __builtin_cpu_supports("avx512bf16"); }

std::string cpu_features() {
  std::string text;
  const auto add = [&](bool has, const char* name) {
    if (has) text += (text.empty() ? "" : ", ") + std::string(name);
  };
  add(__builtin_cpu_supports("avx2"), "AVX2");
  add(__builtin_cpu_supports("fma"), "FMA");
  add(__builtin_cpu_supports("avx512f"), "AVX-512");
  add(cpu_has_bf16(), "AVX512_BF16");
  return text.empty() ? "no vector extensions known to this program" : text;
}

std::string convolution_library() {
  const dnnl_version_t* v = dnnl_version();
  return "oneDNN " + std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

int cpu_lanes() { return __builtin_cpu_supports("avx512f") ? 16 : 8; }

std::unique_ptr<Backend> make_cpu_backend(const CpuOptions& options) {
  const int lanes = options.lanes ? options.lanes : cpu_lanes();
  if (lanes != 1 && lanes != 8 && lanes != 16) {
    throw ShapeError("the CPU backend runs with 1, 8 or 16 lanes, not " + std::to_string(lanes));
  }
  return std::make_unique<CpuBackend>(lanes, options.winograd);
}

}  // namespace impasto
