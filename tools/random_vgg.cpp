#include "tools/random_vgg.h"

#include <cmath>

#include "engine/random.h"

namespace impasto {

VggWeights random_vgg(const VggArchitecture& architecture, uint64_t seed) {
  VggWeights vgg{"random weights", architecture, preprocessing("caffe"), {}};
  uint64_t position = 0;
  int64_t channels = 3;
  for (size_t b = 0; b < vgg.architecture.blocks.size(); b++)
    for (size_t c = 0; c < vgg.architecture.blocks[b].size(); c++) {
      const int64_t width = vgg.architecture.blocks[b][c];
      const std::string name = "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1);
      Array weight{{width, channels, 3, 3}, std::vector<float>(size_t(width * channels * 9))};
      for (float& v : weight.values) v = std::sqrt(2.0f / float(9 * channels)) * random::normal(seed, position++);
      vgg.parameters[name + "/weight"] = std::move(weight);
      vgg.parameters[name + "/bias"] = {{width}, std::vector<float>(size_t(width))};
      channels = width;
    }
  return vgg;
}

}  // namespace impasto
