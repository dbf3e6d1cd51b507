// AdaIN with the recorded weights (tests/reference/README.md, adain.h5).
#pragma once
#include "nets/adain.h"
#include "tests/nets/narrow_vgg.h"

namespace impasto::narrow {

inline const char* const adain_widths = ":8,16,24,32";

/// The encoder of `kind`, "vgg16" or "vgg19", as far as block 4.
inline VggWeights adain_encoder(const std::string& kind) {
  VggWeights vgg{"narrow.h5", vgg_architecture(kind + adain_widths), preprocessing("caffe"), {}};
  uint32_t l = 0;
  int64_t channels = 3;
  for (size_t b = 0; b < vgg.architecture.blocks.size(); b++)
    for (size_t c = 0; c < vgg.architecture.blocks[b].size(); c++, l++) {
      const int64_t width = vgg.architecture.blocks[b][c];
      const std::string name = "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1);
      Array weight{{width, channels, 3, 3}, std::vector<float>(size_t(width * channels * 9))}, bias{{width}, std::vector<float>(size_t(width))};
      for (uint32_t i = 0; i < weight.values.size(); i++) weight.values[i] = formula::weight(i, 100 + l, int(channels));
      for (uint32_t i = 0; i < bias.values.size(); i++) bias.values[i] = formula::bias(i, 200 + l);
      vgg.parameters[name + "/weight"] = std::move(weight);
      vgg.parameters[name + "/bias"] = std::move(bias);
      channels = width;
    }
  return vgg;
}

inline AdainWeights adain_decoder_weights(const std::string& kind) {
  AdainWeights weights{"narrow decoder.h5", vgg_architecture(kind + adain_widths), {}};
  uint32_t l = 0;
  for (const auto& [name, s] : adain_decoder(weights.encoder)) {
    Array weight{{s.n, s.c, 3, 3}, std::vector<float>(size_t(s.elements()))}, bias{{s.n}, std::vector<float>(size_t(s.n))};
    for (uint32_t i = 0; i < weight.values.size(); i++) weight.values[i] = formula::weight(i, 500 + l, s.c);
    for (uint32_t i = 0; i < bias.values.size(); i++) bias.values[i] = formula::bias(i, 520 + l);
    weights.decoder[name + "/weight"] = std::move(weight);
    weights.decoder[name + "/bias"] = std::move(bias);
    l++;
  }
  return weights;
}

/// A recorded picture, 0..1.
inline std::vector<float> unit_picture(uint32_t seed, int block, int height, int width) {
  std::vector<float> rgb = formula::picture(seed, block, height, width);
  for (float& v : rgb) v /= 255;
  return rgb;
}

}  // namespace impasto::narrow
