#include "nets/monodepth_architecture.h"

#include <charconv>

#include "engine/error.h"

namespace impasto {
namespace {

const MonodepthArchitecture known[] = {{"monodepth18", {2, 2, 2, 2}, false}, {"monodepth50", {3, 4, 6, 3}, true}};

// The stride stands in the 3x3 convolution, as in torchvision.
void add_block(std::vector<MonodepthConvolution>& all, const std::string& name, int inputs, int outputs, int stride, bool bottleneck) {
  const int inner = bottleneck ? outputs / 4 : outputs;
  if (bottleneck) {
    all.push_back({name + "/conv1", inputs, inner, 1});
    all.push_back({name + "/conv2", inner, inner, 3, stride});
    all.push_back({name + "/conv3", inner, outputs, 1});
  } else {
    all.push_back({name + "/conv1", inputs, inner, 3, stride});
    all.push_back({name + "/conv2", inner, outputs, 3});
  }
  if (stride != 1 || inputs != outputs) all.push_back({name + "/shortcut", inputs, outputs, 1, stride});
}

}  // namespace

MonodepthArchitecture monodepth_architecture(const std::string& text) {
  const size_t colon = text.find(':');
  for (MonodepthArchitecture found : known) {
    if (found.name != text.substr(0, colon)) continue;
    if (colon == std::string::npos) return found;
    const char *const begin = text.data() + colon + 1, *const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(begin, end, found.width);
    if (error != std::errc{} || next != end || found.width < 4 || found.width > 1024 || found.width % 4 != 0)
      throw UsageError("\"" + text + "\" needs a multiple of 4 from 4 to 1024 behind the colon, the first convolution's channels");
    found.name = text;
    return found;
  }
  throw UsageError("\"" + text + "\" is no monodepth2; known are monodepth18 and monodepth50");
}

std::vector<MonodepthConvolution> monodepth_convolutions(const MonodepthArchitecture& a) {
  std::vector<MonodepthConvolution> all{{"conv1", 3, a.width, 7, 2}};
  int inputs = a.width;
  for (int layer = 1; layer <= 4; layer++)
    for (int block = 1; block <= a.blocks[size_t(layer) - 1]; block++) {
      const std::string name = "layer" + std::to_string(layer) + "/block" + std::to_string(block);
      add_block(all, name, inputs, a.encoder_width(layer), layer > 1 && block == 1 ? 2 : 1, a.bottleneck);
      inputs = a.encoder_width(layer);
    }
  for (int level = 4; level >= 0; level--) {
    const std::string name = "upconv" + std::to_string(level);
    const int width = a.decoder_width(level), skip = level > 0 ? a.encoder_width(level - 1) : 0;
    all.push_back({name + "_0", inputs, width, 3, 1, false});
    all.push_back({name + "_1", width + skip, width, 3, 1, false});
    inputs = width;
  }
  all.push_back({"dispconv0", inputs, 1, 3, 1, false});
  return all;
}

std::vector<std::pair<std::string, Shape>> monodepth_parameters(const MonodepthArchitecture& architecture) {
  std::vector<std::pair<std::string, Shape>> all;
  for (const MonodepthConvolution& c : monodepth_convolutions(architecture)) {
    const Shape vector{1, c.outputs, 1, 1};
    all.emplace_back(c.name + "/weight", Shape{c.outputs, c.inputs, c.kernel, c.kernel});
    if (!c.normed) all.emplace_back(c.name + "/bias", vector);
    for (const char* part : {"/gamma", "/beta", "/running_mean", "/running_var"})
      if (c.normed) all.emplace_back(c.name + part, vector);
  }
  return all;
}

}  // namespace impasto
