// What a backend can do: the primitives that layers are made of. Shapes only: no autograd, no networks.
//
// Conventions: inputs are const Tensor&, outputs exist already and are filled completely, padding lanes with zeros.
// `Tensor& y` is overwritten, `Out y` is overwritten or added to, as it says. Gradients of x are dx, of the output dy.
// Activations may have any lane count, mixed where it makes sense; vectors, matrices and weights are planar f32
// (f64 on the reference backend). Losses are [1, 1, 1, 1] and stay on the device until somebody asks.
// Where layouts agree, y may be one of the inputs of unary, unary_backward, binary, norm, scale_shift and convert, norm_backward's dx
// may be dy (in place). Shapes are checked by the layers; a primitive that a backend lacks throws its own name.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/tensor.h"

namespace impasto {

enum class Unary { relu, leaky_relu, relu6, elu, silu, sigmoid, tanh, affine, sqrt, clamp, absolute };
enum class Binary { add, subtract, multiply, divide };
enum class Padding { zero, reflect, replicate };
/// Whose statistics a normalisation uses: each image's own (instance norm), the whole batch's (batch norm in training),
/// or given ones that are constants (batch norm at test time).
enum class NormScope { image, batch, frozen };
enum class Loss { squared, smooth_l1, absolute };
/// squared: sum dx^2 + dy^2 over all pixels; absolute: sum |dx| + |dy|; torch: fast-neural-style's, half the squared sum over
/// the top-left (H-1) x (W-1) pixels only.
enum class Variation { squared, absolute, torch };

struct ConvParams {
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  int dilation_h = 1, dilation_w = 1;
  int groups = 1;
  Padding padding = Padding::zero;  // what stands in the pads
  int upsample = 1;                 // 1 or 2: x stands for itself with each pixel repeated upsample x upsample times; pads count these
  bool operator==(const ConvParams&) const = default;
};

/// What a convolution makes of x on the way in: scale x + shift, then max(., 0) if relu; upsampling and pads come after that.
/// scale, shift: planar [N or 1, C, 1, 1], both or neither.
struct ConvInput {
  const Tensor* scale = nullptr;
  const Tensor* shift = nullptr;
  bool relu = false;
  bool overwrite = false;  // nobody reads x afterwards: a kernel that cannot norm on the way in may do it in x's own place
  bool changes() const { return scale || relu; }
};

/// On the way out: y = relu([y +] conv + bias). mean, variance (both or neither), if wanted: [N, K, 1, 1], the biased moments of each
/// image's channels of y as it was written.
struct ConvOutput {
  const Tensor* bias = nullptr;
  bool relu = false;
  Tensor* mean = nullptr;
  Tensor* variance = nullptr;
};

struct PoolParams {
  int kernel = 2, stride = 2, pad = 0;
  bool ceil_mode = false;  // windows may start inside and end outside the picture
};

struct Pads {
  int top = 0, left = 0, bottom = 0, right = 0;  // negative: cut off (zero padding only)
};

inline Pads pads_of(const ConvParams& p) { return {p.pad_top, p.pad_left, p.pad_bottom, p.pad_right}; }
/// The same convolution of an input that holds its borders already.
inline ConvParams without_pads(ConvParams p) {
  p.pad_top = p.pad_left = p.pad_bottom = p.pad_right = 0;
  p.padding = Padding::zero;
  return p;
}
/// The same convolution of an input that is upsampled already.
inline ConvParams without_upsample(ConvParams p) {
  p.upsample = 1;
  return p;
}
/// What a convolution's input stands for: upsampled, but without pads.
inline Shape upsampled_shape(Shape x, const ConvParams& p) {
  x.h *= p.upsample;
  x.w *= p.upsample;
  return x;
}
/// The same with pads.
inline Shape padded_shape(Shape x, const ConvParams& p) {
  x = upsampled_shape(x, p);
  x.h += p.pad_top + p.pad_bottom;
  x.w += p.pad_left + p.pad_right;
  return x;
}

/// Adam: m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2,   and in two classic forms, which differ in where eps stands,
///   pytorch: p -= rate / correction1 * m / (sqrt(v) / sqrt(correction2) + eps)
///   torch7:  p -= rate * sqrt(correction2) / correction1 * m / (sqrt(v) + eps)
/// Both are p -= step_size * m / (sqrt(v) * root_scale + eps), where only step_size and root_scale change from step to step.
struct AdamFactors {
  double beta1, beta2, eps;
};
/// A parameter with its gradient and moments, all of one layout.
struct AdamParameter {
  const Tensor* g;
  Tensor *p, *m, *v;
};

/// Work that was recorded once, to be repeated (Backend::record).
class Recording {
 public:
  virtual ~Recording() = default;
  /// Does the work, behind everything asked for before.
  virtual void replay() = 0;
};

/// Runs from its making (Backend::stopwatch).
class Stopwatch {
 public:
  virtual ~Stopwatch() = default;
  /// Behind everything asked for before; to be called once.
  virtual void stop() = 0;
  /// From the making to stop(); may wait for the device.
  virtual double seconds() = 0;
};

/// So many numbers may be uploaded within recorded work: they travel as arguments of a call, and stay what they were.
inline constexpr int most_recorded_numbers = 64;
/// Throws the Error of work that cannot be recorded, because of what it does.
[[noreturn]] void throw_not_recordable(const std::string& what);

class Backend {
 public:
  virtual ~Backend() = default;
  virtual const char* name() const = 0;
  virtual std::shared_ptr<Pool> pool() = 0;
  /// The lane count this backend likes for activations of that many channels.
  virtual int lanes_for(int channels) const = 0;
  /// The dtype of parameters, statistics and losses: f32, or f64 on a reference backend made so.
  virtual Dtype master_dtype() const { return Dtype::f32; }
  /// The dtype in which networks keep what is between their layers: the master dtype, or bf16 on a backend made so.
  virtual Dtype activation_dtype() const { return master_dtype(); }
  /// Waits until everything asked for has been done (a device runs behind its caller).
  virtual void synchronize() {}
  /// By default the clock on the wall, and stop() synchronises; a device may have a clock of its own, which waits for nothing.
  virtual std::unique_ptr<Stopwatch> stopwatch();

  /// Calls `work` and keeps what it asks for instead of doing it; each replay() then does that, on the numbers that its tensors hold by then.
  /// What is no tensor stays as it was: factors, keys of random numbers, up to most_recorded_numbers to upload. Tensors that the work makes
  /// have memory of their own for as long as the recording lives. `work` is to be run once beforehand, so that what is made on first use is
  /// there, and leaves handles that it reads as it finds them. Throws Error for work that waits for the device, reads from it, or uploads
  /// more. The backend must outlive the recording.
  /// By default nothing is recorded: `work` is kept, and called by each replay() but not here.
  virtual std::unique_ptr<Recording> record(std::function<void()> work);

  // Storage. upload fills a planar tensor of f32 or f64 with f32 numbers; download copies all that a tensor stores as it is, padding
  // lanes and dtype included.
  virtual void upload(const float* host, Tensor& y) = 0;
  virtual void download(const Tensor& x, void* host) = 0;
  virtual void fill(Tensor& y, double value) = 0;
  /// Copies between layouts and dtypes; the profiler counts those that change the lanes.
  virtual void convert(const Tensor& x, Out y) = 0;

  // Convolution. x [N, C, H, W], w [K, C/groups, R, S], y [N, K, P, Q].
  virtual void conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) = 0;
  /// dx from dy: by what is upsampled and padded, after what ConvInput does. `mask`, if given, has dy's layout: dy counts as 0 where
  /// mask <= 0 (the backward pass of a fused ReLU).
  virtual void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) = 0;
  virtual void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in,
                                       const Tensor* mask, Out dw) = 0;

  // Elementwise. a and b are the parameters of the operation: leaky_relu slope a; elu a; tanh a * tanh(x);
  // affine a x + b; sqrt(x + a); clamp to a..b. backward reads y for relu, elu, sigmoid, tanh and sqrt, x for the others; both must be
  // given. At a kink the derivative is PyTorch's: 0 for relu and absolute at 0 and for relu6 at 0 and 6, a for leaky_relu, 1 for clamp's
  // ends.
  virtual void unary(Unary op, double a, double b, const Tensor& x, Tensor& y) = 0;
  virtual void unary_backward(Unary op, double a, double b, const Tensor& x, const Tensor& y, const Tensor& dy, Out dx) = 0;
  /// y = scale * (a op b); a dimension of 1 in a or b is repeated along y's. Full-size operands have y's layout,
  /// repeated ones are planar.
  virtual void binary(Binary op, double scale, const Tensor& a, const Tensor& b, Out y) = 0;
  /// y = scale * the sum of x over every dimension in which y is 1 and x is not. H and W only together. y is planar.
  virtual void reduce_sum(const Tensor& x, double scale, Out y) = 0;

  // Structure.
  virtual void pad(const Tensor& x, const Pads& pads, Padding kind, Tensor& y) = 0;
  virtual void pad_backward(const Tensor& dy, const Pads& pads, Padding kind, Out dx) = 0;
  /// y[:, y_begin : y_begin + count] = x[:, x_begin : x_begin + count]; with Out.add false the other channels of y stay.
  /// x and y may differ in lanes. The call that writes the last channel zeroes the padding lanes behind it.
  /// Serves concat, slice and the gradients of both.
  virtual void copy_channels(const Tensor& x, int x_begin, Out y, int y_begin, int count) = 0;
  virtual void max_pool(const Tensor& x, const PoolParams& params, Tensor& y) = 0;
  /// The gradient goes to the first largest element of each window in row order.
  virtual void max_pool_backward(const Tensor& x, const Tensor& y, const Tensor& dy, const PoolParams& params, Out dx) = 0;
  /// Mean over the window; positions outside the picture count as zeros up to the padding, not beyond it.
  virtual void average_pool(const Tensor& x, const PoolParams& params, Tensor& y) = 0;
  virtual void average_pool_backward(const Tensor& dy, const PoolParams& params, Out dx) = 0;
  virtual void upsample_nearest(const Tensor& x, int factor, Tensor& y) = 0;
  virtual void upsample_nearest_backward(const Tensor& dy, int factor, Out dx) = 0;
  /// Bilinear to y's size, corners aligned or not (PyTorch's two conventions).
  virtual void resize_bilinear(const Tensor& x, bool align_corners, Tensor& y) = 0;
  virtual void resize_bilinear_backward(const Tensor& dy, bool align_corners, Out dx) = 0;

  // Normalisation. mean, rstd: [N, C] for scope image, [1, C] otherwise; gamma, beta: [1, C] or [N, C] or null;
  // with scope batch [1, C] only.
  /// y = gamma * (x - mean) * rstd + beta; relu: y = max(y, 0). mean and rstd are outputs, inputs for scope frozen.
  virtual void norm(NormScope scope, const Tensor& x, const Tensor* gamma, const Tensor* beta, double eps, bool relu, Tensor& mean,
                    Tensor& rstd, Tensor& y) = 0;
  /// relu: dy counts as 0 where gamma * (x - mean) * rstd + beta <= 0; beta is read for this only.
  /// dgamma and dbeta, where wanted, have gamma's and beta's shape. Frozen statistics get no gradient.
  virtual void norm_backward(NormScope scope, const Tensor& x, const Tensor& dy, const Tensor* gamma, const Tensor* beta,
                             const Tensor& mean, const Tensor& rstd, bool relu, Out* dx, Out* dgamma, Out* dbeta) = 0;
  /// rstd = 1 / sqrt(variance + eps), scale = gamma rstd, shift = beta - mean scale: what scale_shift and ConvInput norm by.
  /// mean, variance, rstd: [N or 1, C] alike; gamma, beta: [N or 1, C] or null (1, 0); scale, shift: of as many rows as the most of these.
  virtual void norm_factors(const Tensor& mean, const Tensor& variance, const Tensor* gamma, const Tensor* beta, double eps, Tensor& rstd,
                            Tensor& scale, Tensor& shift) = 0;
  /// y = scale x + shift, then max(., 0) if relu, then + shortcut if there is one. scale, shift: planar [N or 1, C, 1, 1], both or
  /// neither; shortcut and y have x's layout, and y may be either of the two.
  virtual void scale_shift(const Tensor& x, const Tensor* scale, const Tensor* shift, bool relu, const Tensor* shortcut, Tensor& y) = 0;
  /// mean and biased variance [N, C] of each image's channels; dx from the gradients of either (null: none).
  virtual void channel_moments(const Tensor& x, Tensor& mean, Tensor& variance) = 0;
  virtual void channel_moments_backward(const Tensor& x, const Tensor& mean, const Tensor* dmean, const Tensor* dvariance, Out dx) = 0;

  // Matrices, planar [N, 1, H, W].
  /// y [N, 1, C, C] = scale * (F m) (F m)^T, F = x as [C, H W]; mask m planar [N or 1, 1, H, W], each pixel's for all channels; null: 1.
  virtual void gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y) = 0;
  /// dx = scale * (dy + dy^T) (F m) m
  virtual void gram_backward(const Tensor& x, const Tensor* mask, const Tensor& dy, double scale, Out dx) = 0;
  /// y = scale * op(a) op(b), image by image; a batch of 1 serves all.
  virtual void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, double scale, Out y) = 0;

  // Losses, y [1, 1, 1, 1].
  virtual void total_variation(Variation kind, const Tensor& x, double scale, Tensor& y) = 0;
  virtual void total_variation_backward(Variation kind, const Tensor& x, const Tensor& dy, double scale, Out dx) = 0;
  /// y = scale * sum over all elements of rho(weight * (x - target)); weight null: 1, else x's layout or [N or 1, 1, H, W] planar.
  virtual void loss(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, double scale, Tensor& y) = 0;
  virtual void loss_backward(Loss kind, const Tensor& x, const Tensor& target, const Tensor* weight, const Tensor& dy, double scale,
                             Out dx) = 0;

  /// y = scale * the sum over images and pairs of rho(x[a] - x[b], r);  r = 0: d^2, else log(1 + exp(-r d)).  x: planar [N, 1, H, W].
  /// pairs: planar [N, 1, 3, P], rows of a and b, pixels in row order, and of r; a pair of a pixel with itself and r = 0 counts nothing.
  virtual void ranking(const Tensor& x, const Tensor& pairs, double scale, Tensor& y) = 0;
  virtual void ranking_backward(const Tensor& x, const Tensor& pairs, const Tensor& dy, double scale, Out dx) = 0;

  // Optimisers, in place on equal layouts.
  /// All parameters of a step at once. step_size, root_scale: [1, 1, 1, 1], of the master dtype; on the device, where recorded work finds
  /// those of the step at hand.
  virtual void adam_step(const AdamFactors& factors, const Tensor& step_size, const Tensor& root_scale,
                         std::span<const AdamParameter> parameters) = 0;
  /// velocity = momentum * velocity + g;  p -= rate * velocity
  virtual void sgd_step(double rate, double momentum, const Tensor& g, Tensor& p, Tensor& velocity) = 0;

  // Random numbers: element i in N, C, H, W order draws from position offset + i of the stream `key` (engine/random.h),
  // whatever the layout, so that every backend gives the same picture.
  virtual void random_uniform(uint64_t key, uint64_t offset, Tensor& y) = 0;
  virtual void random_normal(uint64_t key, uint64_t offset, Tensor& y) = 0;
};

}  // namespace impasto
