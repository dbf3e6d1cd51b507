// Any style in one network (AdaIN): a VGG up to relu4_1 encodes, the style's statistics replace the content's, a decoder that mirrors the
// encoder paints. Huang and Belongie 2017 (arXiv 1703.06868).
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "nets/parameters.h"
#include "nets/vgg.h"

namespace impasto {

/// The decoder, and for which encoder. Each of its convolutions has the name of the encoder's that it undoes; for vgg19:
///   conv4_1/weight [256, 512, 3, 3], conv3_4, conv3_3, conv3_2 [256, 256], conv3_1 [128, 256], conv2_2, conv2_1, conv1_2,
///   conv1_1 [3, 64], each with a bias;  optional features/scale [512]: what the encoder's features are multiplied by first (default 1)
struct AdainWeights {
  std::string source;  // the file's name, for messages
  VggArchitecture encoder;
  NamedArrays decoder;
};

/// Of each channel: [1, C] planar; [N, C] for a batch.
struct ChannelStatistics {
  Tensor mean, deviation;
};

class Adain {
 public:
  /// The encoder is always frozen, its borders are reflected; use: of the decoder. Throws UsageError if the decoder is for another encoder,
  /// ShapeError with everything in the weights that does not fit.
  Adain(Backend& backend, const VggWeights& encoder, const AdainWeights& decoder, Parameters::Use use = Parameters::Use::frozen);

  /// rgb: [N, 3, H, W], 0..1;  y: relu4_1 [N, C, ceil(H / 8), ceil(W / 8)]. Throws ShapeError for a side below 9 pixels.
  Variable encode(const Variable& rgb) const;
  /// features: [N, C, h, w];  y: rgb [N, 3, 8 h, 8 w], 0..1 but not clamped. Throws ShapeError for a side below 2 pixels.
  Variable decode(const Variable& features) const;

  /// The same; what each of the decoder's convolutions gives is shown, by its name in adain_decoder, and what is given back is what the next
  /// one reads.
  using Convolved = std::function<Variable(const std::string& name, const Variable& y)>;
  Variable decode(const Variable& features, const Convolved& convolved) const;
  /// What the decoder's convolutions undo, by their names: the encoder's input of the one of that name, pooled at the beginning of a block.
  /// conv1_1's, the picture, is not among them; relu4_1 is.
  Vgg::Features undone(const Variable& rgb) const;

  /// relu1_1, relu2_1, relu3_1, relu4_1, one after another.
  void visit(const Variable& rgb, const Vgg::Visitor& visitor) const;
  static const std::vector<std::string>& layers();

  /// The decoder's.
  const Parameters& parameters() const { return parameters_; }
  const std::string& source() const { return source_; }
  Backend& backend() const { return encoder_.backend(); }

 private:
  std::string source_;
  Vgg encoder_;
  Parameters parameters_;
  Variable scale_;  // undefined: 1
};

/// mean and sqrt(biased variance + 1e-5) of each channel. features: of any number of pictures, a row each.
ChannelStatistics channel_statistics(const Tensor& features);
/// deviation_s (x - mean_x) / deviation_x + mean_s, the style's statistics for all images or a row for each.
Variable adain(const Variable& content, const ChannelStatistics& style);

/// The decoder's convolutions, first to last: name, and the shape of its weight. Throws UsageError for an encoder of fewer than 4 blocks.
std::vector<std::pair<std::string, Shape>> adain_decoder(const VggArchitecture& encoder);
/// The decoder as it is declared and filled. Throws ShapeError with everything that does not fit.
Parameters adain_parameters(Backend& backend, const AdainWeights& weights, Parameters::Use use);
/// Seeded: weights uniform within +-sqrt(6 / (9 C)), which keeps the size of what passes through convolution and ReLU (He et al. 2015,
/// arXiv 1502.01852); biases 0. PyTorch's +-1 / sqrt(9 C) halves it and more in each, a thousandth after nine.
AdainWeights fresh_adain(const VggArchitecture& encoder, uint64_t seed);

/// Our file, of the architecture "adain:vgg16" or "adain:vgg19" (with widths "adain:vgg16:4,6,8,10"), or the decoder of
/// naoto0804/pytorch-AdaIN as .pth or .safetensors. Throws FileError. Whether all shapes fit is for Adain to see.
AdainWeights read_adain(const std::string& file);

}  // namespace impasto
