#include "nets/vgg.h"

#include <algorithm>
#include <charconv>

#include "layers/conv2d.h"
#include "layers/pooling.h"
#include "nets/activations.h"

namespace impasto {
namespace {

// Table 1 of the paper, columns D and E.
const VggArchitecture vgg16{"vgg16", {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}}};
const VggArchitecture vgg19{"vgg19", {{64, 64}, {128, 128}, {256, 256, 256, 256}, {512, 512, 512, 512}, {512, 512, 512, 512}}};

// The network's own scaling of pixels, taken into the weights: [K, 3, R, S].
void take_scale(Array& weight, const std::array<double, 3>& scale) {
  const size_t kernel = weight.values.size() / size_t(weight.shape[0] * 3);
  for (size_t i = 0; i < weight.values.size(); i++) weight.values[i] = float(weight.values[i] * scale[i / kernel % 3]);
}

bool is_scaled(const Preprocessing& how) { return how.scale != std::array<double, 3>{1, 1, 1}; }

}  // namespace

VggArchitecture vgg_architecture(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string base = text.substr(0, colon);
  if (base != "vgg16" && base != "vgg19")
    throw UsageError("\"" + text + "\" is no VGG; known are vgg16 and vgg19, also with widths: vgg16:8,16,24,32");
  VggArchitecture found = base == "vgg16" ? vgg16 : vgg19;
  if (colon == std::string::npos) return found;
  found.name = text;
  std::vector<int> widths;
  const char* at = text.data() + colon + 1;
  const char* const end = text.data() + text.size();
  for (bool more = true; more;) {
    int width = 0;
    const auto [next, error] = std::from_chars(at, end, width);
    more = next != end;
    if (error != std::errc{} || (more && *next != ',') || width < 1 || width > 4096 || widths.size() == found.blocks.size())
      throw UsageError("\"" + text + "\" needs 1 to 5 widths of 1 to 4096 behind the colon, with commas between them");
    widths.push_back(width);
    at = next + 1;
  }
  found.blocks.resize(widths.size());
  for (size_t b = 0; b < widths.size(); b++) std::fill(found.blocks[b].begin(), found.blocks[b].end(), widths[b]);
  return found;
}

Vgg::Vgg(Backend& backend, const VggWeights& weights, const std::vector<std::string>& layers, Pooling pooling, Borders borders)
    : backend_(&backend),
      architecture_(weights.architecture),
      preprocessing_(weights.preprocessing),
      pooling_(pooling),
      borders_(borders) {
  for (size_t b = 0; b < architecture_.blocks.size(); b++)
    for (size_t c = 0; c < architecture_.blocks[b].size(); c++)
      convolutions_.push_back({int(b) + 1, int(c) + 1, architecture_.blocks[b][c]});
  const size_t last = deepest(layers);
  int inputs = 3;
  for (size_t i = 0; i < convolutions_.size(); i++) {
    const Convolution& conv = convolutions_[i];
    const auto use = i <= last ? Parameters::Use::frozen : Parameters::Use::unused;
    parameters_.declare(conv.name() + "/weight", {conv.width, inputs, 3, 3}, use);
    parameters_.declare(conv.name() + "/bias", {1, conv.width, 1, 1}, use);
    inputs = conv.width;
  }
  const auto first = weights.parameters.find("conv1_1/weight");
  if (is_scaled(preprocessing_) && first != weights.parameters.end() && first->second.shape.size() == 4 && first->second.shape[1] == 3) {
    NamedArrays scaled = weights.parameters;
    take_scale(scaled.at("conv1_1/weight"), preprocessing_.scale);
    parameters_.fill(backend, scaled, weights.source, architecture_.name);
  } else {
    parameters_.fill(backend, weights.parameters, weights.source, architecture_.name);
  }
}

size_t Vgg::position(const std::string& layer) const {
  std::string names;
  for (size_t i = 0; i < convolutions_.size(); i++) {
    if (convolutions_[i].relu() == layer) return i;
    names += (i == 0 ? "" : ", ") + convolutions_[i].relu();
  }
  throw UsageError(architecture_.name + " has no layer \"" + layer + "\"; it has " + names);
}

size_t Vgg::deepest(const std::vector<std::string>& layers) const {
  if (layers.empty()) throw UsageError("no layer of " + architecture_.name + " was asked for");
  size_t last = 0;
  for (const std::string& layer : layers) last = std::max(last, position(layer));
  return last;
}

int Vgg::least_side(const std::vector<std::string>& layers) const {
  const int pixel = 1 << (convolutions_[deepest(layers)].block - 1);
  return borders_ == Borders::plain ? pixel : pixel + 1;
}

Vgg::Features Vgg::features(const Variable& picture, const std::vector<std::string>& layers) const {
  Features found;
  visit(picture, layers, [&](const std::string& layer, const Variable& x) { found[layer] = x; });
  return found;
}

void Vgg::visit(const Variable& picture, const std::vector<std::string>& layers, const Visitor& visitor) const {
  const size_t last = deepest(layers);
  const Shape& s = picture.shape();
  if (const int least = least_side(layers); s.h < least || s.w < least) {
    throw ShapeError("a picture of " + std::to_string(s.w) + "x" + std::to_string(s.h) + " pixels is too small for " +
                     convolutions_[last].relu() + ", which needs at least " + std::to_string(least) + "x" + std::to_string(least));
  }
  const bool reflected = borders_ == Borders::reflected;
  Variable x = to_activations(picture);  // the convolutions are many times slower without lanes
  for (size_t i = 0; i <= last; i++) {
    const Convolution& conv = convolutions_[i];
    if (conv.number == 1 && conv.block > 1) {
      const LayerScope scope("pool" + std::to_string(conv.block - 1));
      x = pooling_ == Pooling::max ? max_pool(x, 2, 2, 0, reflected) : average_pool(x, 2, 2, 0, reflected);
    }
    {
      const LayerScope scope(conv.name());
      x = conv2d(x, parameters_[conv.name() + "/weight"], parameters_[conv.name() + "/bias"],
                 {.pad = 1, .padding = reflected ? Padding::reflect : Padding::zero, .relu = true});
    }
    if (std::find(layers.begin(), layers.end(), conv.relu()) != layers.end()) visitor(conv.relu(), x);
  }
}

}  // namespace impasto
