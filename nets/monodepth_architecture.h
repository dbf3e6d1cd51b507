// What monodepth2 is made of, as a list of its convolutions: an encoder, ResNet-18 or 50 (He et al. 2016, arXiv 1512.03385), and a decoder
// (Godard et al. 2019, arXiv 1806.01260, table in appendix A).
#pragma once
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "engine/tensor.h"

namespace impasto {

struct MonodepthArchitecture {
  std::string name;
  std::array<int, 4> blocks;  // of each layer of the encoder
  bool bottleneck;            // blocks of 1x1, 3x3 and 1x1 convolutions, four times as wide outside; else of two of 3x3
  int width = 64;             // of the first convolution

  /// Channels at 1/2 (level 0) to 1/32 (4) of the picture's sides, and of the decoder's at 1 (0) to 1/16 (4).
  int encoder_width(int level) const { return level == 0 ? width : (width << (level - 1)) * (bottleneck ? 4 : 1); }
  int decoder_width(int level) const { return (width / 4) << level; }
};

/// "monodepth18", "monodepth50", or with another width "monodepth18:16", a quarter of the usual one: a multiple of 4. Throws UsageError.
MonodepthArchitecture monodepth_architecture(const std::string& text);

/// Its pad is (kernel - 1) / 2. normed: no bias, and a batch norm behind it; else with bias.
struct MonodepthConvolution {
  std::string name;
  int inputs, outputs, kernel, stride = 1;
  bool normed = true;
};

/// In the order of use. conv1; layer1/block1/conv1, /conv2 and, of bottlenecks, /conv3, with /shortcut where the shape changes; ...
/// layer4; upconv4_0, upconv4_1, ... upconv0_1; dispconv0.
std::vector<MonodepthConvolution> monodepth_convolutions(const MonodepthArchitecture& architecture);

/// Names and shapes of all parameters: <convolution>/weight [K, C, R, S], and /bias or /gamma, /beta, /running_mean, /running_var [K].
std::vector<std::pair<std::string, Shape>> monodepth_parameters(const MonodepthArchitecture& architecture);

}  // namespace impasto
