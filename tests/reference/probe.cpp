// For the scripts that hold our networks against other programs: makes networks, and runs them on exact numbers.
//   reference_probe fresh transform:... PREPROCESSING NET.h5       of varied parameters (varied.h); "list" prints architectures to try
//   reference_probe run NET IN.safetensors OUT.safetensors
// IN: image [1, 3, H, W] as the network was trained on, (pixel - mean) * scale; style_weights [styles] for networks of several styles.
// OUT: painting [1, 3, H, W] in the same units.
#include <iostream>

#include "engine/error.h"
#include "kernels/cpu/backend.h"
#include "nets/conditional.h"
#include "nets/transform_file.h"
#include "tests/reference/varied.h"

namespace impasto {
namespace {

void multiply_channels(Array& picture, const std::array<double, 3>& factor) {
  const size_t pixels = picture.values.size() / 3;
  for (size_t i = 0; i < picture.values.size(); i++) picture.values[i] = float(picture.values[i] * factor[i / pixels]);
}

Array painted(const TransformNet& network, Array image, const std::vector<double>& style_weights) {
  const auto& scale = network.preprocessing().scale;
  multiply_channels(image, {1 / scale[0], 1 / scale[1], 1 / scale[2]});
  Backend& backend = network.backend();
  const Shape shape{1, 3, int(image.shape.at(2)), int(image.shape.at(3))};
  const Variable x(from_host(backend, shape, image.values.data(), backend.lanes_for(3)));
  const Variable y = network(x, style_weights.empty() ? Variable() : style_blend(backend, {style_weights}));
  Array result{{1, 3, y.shape().h, y.shape().w}, to_host(y.value())};
  multiply_channels(result, scale);
  return result;
}

void run(const std::string& net, const std::string& in, const std::string& out) {
  const NoGrad nothing_recorded;
  const auto backend = make_cpu_backend();
  const TransformNet network(*backend, read_transform(net));
  const Safetensors file = read_safetensors(in);
  const auto weights = file.arrays.find("style_weights");
  std::vector<double> blend;
  if (weights != file.arrays.end()) blend.assign(weights->second.values.begin(), weights->second.values.end());
  write_safetensors(out, {{{"painting", painted(network, file.arrays.at("image"), blend)}}, {}});
}

void work(const std::vector<std::string>& words) {
  if (words.size() == 1 && words[0] == "list")
    for (const std::string& text : varied::architectures) std::cout << text << '\n';
  else if (words.size() == 4 && words[0] == "fresh")
    write_weight_file(words[3], transform_weight_file(varied::network(words[1], words[2])));
  else if (words.size() == 4 && words[0] == "run")
    run(words[1], words[2], words[3]);
  else
    throw UsageError("reference_probe list | fresh TEXT PREPROCESSING NET.h5 | run NET IN.safetensors OUT.safetensors");
}

}  // namespace
}  // namespace impasto

int main(int count, char** words) {
  try {
    impasto::work({words + 1, words + count});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "reference_probe: " << error.what() << '\n';
    return 1;
  }
}
