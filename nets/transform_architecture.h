// What a feed-forward style network is made of, as text: fast-neural-style's architecture string, and what else tells such
// networks apart.
//   transform:c9s1-32,d64,d128,R128,R128,R128,R128,R128,u64,u32,c9s1-3;padding=reflect;bias=no
// Options that are not named have fast-neural-style's defaults:
//   padding=reflect-start norm=instance eps=1e-05 bias=yes norm-last=no output=tanh:150 styles=0
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace impasto {

/// One token; a layer has kernel x kernel weights.
///   c<K>s<S>-<N>  conv        convolution, norm, ReLU
///   d<N>          down        3x3 convolution of stride 2, zero pad 1, norm, ReLU
///   u<N>          up          3x3 transposed convolution of stride 2, exactly twice the size, norm, ReLU
///   f<K>s<S>-<N>  full_conv   transposed convolution, exactly S times the size, norm, ReLU
///   U<S>          nearest     each pixel S x S times, norm, ReLU
///   n<S>-<N>      nearest_conv  the same without norm and ReLU, then a 3x3 convolution, norm, ReLU
///   R<N>          residual    3x3 convolution, norm, ReLU, 3x3 convolution, norm, plus its input
///   C<N>          plain       the same body without the input, then ReLU
/// The last layer has no ReLU, and a norm only with norm-last.
struct TransformLayer {
  enum class Kind { conv, down, up, full_conv, nearest, nearest_conv, residual, plain };
  Kind kind = Kind::conv;
  int kernel = 3;
  int stride = 1;  // of upsampling ones the factor
  int width = 0;   // output channels; 0 for nearest, which leaves them as they are
  bool operator==(const TransformLayer&) const = default;
  std::string text() const;  // the token
};

/// What c and n layers and the blocks find outside their picture. d, u and f find zeros always.
///   reflect_start  zeros; blocks are not padded (each takes 2 pixels from every side, the shortcut is cut alike); what the
///                  network loses so is put around the picture by reflection
///   none           the same without reflection: the result is smaller
///   zero, reflect, replicate   (K - 1) / 2 pixels on every side, in blocks 1
///   same           TensorFlow's: zeros, asymmetric at stride 2; up: the first 2H x 2W pixels of the whole transposed convolution
enum class TransformPadding { reflect_start, none, zero, reflect, replicate, same };
enum class TransformNorm { instance, batch };
enum class TransformOutput { linear, tanh, sigmoid };

struct TransformArchitecture {
  std::vector<TransformLayer> layers;
  TransformPadding padding = TransformPadding::reflect_start;
  TransformNorm norm = TransformNorm::instance;
  double eps = 1e-5;
  bool bias = true;        // of all convolutions, also those before a norm
  bool norm_last = false;  // Dumoulin's networks and lengstrom's have one
  TransformOutput output = TransformOutput::tanh;
  double output_scale = 150, output_offset = 0;  // of tanh: y = scale tanh(x) + offset, "tanh:150" or "tanh:150:127.5"
  int styles = 0;                                // > 0: gamma and beta are tables [styles, C] (conditional instance norm)
  bool operator==(const TransformArchitecture&) const = default;

  /// "transform:..." with the options that are not the defaults; parsed, it gives the same architecture.
  std::string text() const;
  /// Throws UsageError, naming the token or option, for layers that do not fit one another, sides that do not come back as they
  /// were, a last layer without 3 channels, or numbers out of all reason. Parsed ones have been checked.
  void check() const;

  /// Height and width of what comes out, the start pad not counted. Throws ShapeError if the picture is too small.
  std::pair<int, int> output_size(int height, int width) const;
  /// Pixels that blocks without padding take from every side, measured at a size that divides evenly: 40 for
  /// fast-neural-style's network. 0 unless padding is reflect_start or none.
  int lost_border() const;
  /// Pixels reflected around the picture before the first layer: lost_border() with reflect_start, else 0.
  int start_pad() const;
  /// The sides that the network takes whole: multiples of multiple(), at least least_side(), which is one itself.
  /// Other sides come out rounded up to a multiple, or (smaller ones) not at all.
  int multiple() const;
  int least_side() const;
};

/// Reads text() and the short names transform:johnson (fast-neural-style's default), transform:johnson-half,
/// transform:pytorch-examples and transform:lengstrom, options behind them too. Throws UsageError naming the token or option.
///   johnson          c9s1-32,d64,d128,R128,R128,R128,R128,R128,u64,u32,c9s1-3            Johnson et al. 2016 (arXiv 1603.08155)
///   johnson-half     the same with half the widths
///   pytorch-examples reflected pads, nearest upsampling, linear output
///   lengstrom        TensorFlow's SAME, no bias, norm-last, eps 0.001, 150 tanh + 127.5
TransformArchitecture transform_architecture(const std::string& text);

}  // namespace impasto
