// All convolutions of a backend whose activations are channels last with padding lanes up to a multiple of 8, by an engine that knows
// plain ones of that layout, and by passes over whole activations before and after for the rest. Knows nothing of CUDA.
//
// Passes: norms and ReLUs on the way in, upsampling, pads other than the same zeros on opposite sides, the mask of a ReLU, the moments
// of y, sums onto what stands in the output, and copies of what is not in the engine's layout or dtype.
#pragma once
#include "engine/backend.h"
#include "kernels/cuda/convolution_key.h"
#include "kernels/shared/weight_layout.h"

namespace impasto {

/// Where the tensors of a convolution lie; only the one that its kind names is written. bias is null where the key has none.
struct ConvolutionData {
  void *x, *w, *bias, *y;
};

class ConvolutionEngine {
 public:
  virtual ~ConvolutionEngine() = default;
  /// Overwrites what the key's kind names.
  virtual void run(const ConvolutionKey& key, const ConvolutionData& data) = 0;
  /// Packed weights, in the dtype of `packed`, from planar ones; and the planar gradient from the packed one.
  virtual void pack(const WeightLayout& layout, const Tensor& w, Tensor& packed) = 0;
  virtual void unpack(const WeightLayout& layout, const Tensor& packed, Out dw) = 0;
};

/// Of fewer channels a tensor core's tiles would be mostly empty.
inline constexpr int least_gram_channels = 32;

class ChannelsLastConvolutions {
 public:
  /// What keys say of numbers, besides the dtype.
  struct Numbers {
    bool tf32 = false, deterministic = false;
  };
  /// Takes tensors and passes from the backend. Both must outlive this.
  ChannelsLastConvolutions(Backend& backend, ConvolutionEngine& engine, Numbers numbers)
      : backend_(backend), engine_(engine), numbers_(numbers) {}

  /// As conv2d, conv2d_backward_data and conv2d_backward_weights in engine/backend.h.
  void forward(Tensor x, const Tensor& w, ConvParams params, const ConvInput& in, const ConvOutput& out, Out y);
  void backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx);
  void backward_weights(Tensor x, const Tensor& dy, ConvParams params, const ConvInput& in, const Tensor* mask, Out dw);

  /// As gram in engine/backend.h: F F^T is the weight gradient of a convolution of 1x1 whose input and output gradient are both F, image by
  /// image. Of bf16 features by TF32, which multiplies them exactly and has sums and results of f32.
  void gram(const Tensor& x, const Tensor* mask, double scale, Tensor& y);
  /// dx = S (F m) m, the convolution of 1x1 by S = scale (dy + dy^T), [N, 1, C, C].
  void gram_backward(const Tensor& x, const Tensor* mask, const Tensor& symmetric, Out dx);

 private:
  Tensor with_borders(Tensor x, ConvParams& params, const ConvInput& in);
  Tensor native(const Tensor& x, Dtype dtype);
  Tensor packed_weights(const Tensor& w, const WeightLayout& layout, Dtype dtype);
  Tensor packed_bias(const Tensor* bias, int channels, Dtype dtype);
  ConvolutionKey key(ConvolutionKind kind, const Shape& x, const WeightLayout& layout, const ConvParams& params, Dtype dtype) const;

  Backend& backend_;
  ConvolutionEngine& engine_;
  Numbers numbers_;
};

}  // namespace impasto
