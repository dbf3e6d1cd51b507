#include "nets/transform_architecture.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "engine/error.h"

namespace impasto {
namespace {

using Kind = TransformLayer::Kind;

bool is_block(Kind kind) { return kind == Kind::residual || kind == Kind::plain; }
bool is_down(Kind kind) { return kind == Kind::conv || kind == Kind::down; }
bool unpadded_blocks(TransformPadding padding) { return padding == TransformPadding::reflect_start || padding == TransformPadding::none; }

// How large the picture is in a layer, as a fraction of the input: up / down, in lowest terms.
struct Ratio {
  int64_t up = 1, down = 1;
  void apply(const TransformLayer& layer) {
    if (is_block(layer.kind)) return;
    (is_down(layer.kind) ? down : up) *= layer.stride;
    const int64_t common = std::gcd(up, down);
    up /= common;
    down /= common;
  }
};

// A side behind the layer; none if the layer cannot take that many pixels.
std::optional<int> side_behind(const TransformLayer& layer, TransformPadding padding, int side) {
  const bool reflects = padding == TransformPadding::reflect;
  if (is_block(layer.kind)) {
    if (unpadded_blocks(padding)) return side > 4 ? std::optional(side - 4) : std::nullopt;
    return reflects && side < 2 ? std::nullopt : std::optional(side);
  }
  if (is_down(layer.kind)) {
    const int border = layer.kind == Kind::conv && reflects ? (layer.kernel - 1) / 2 : 0;
    return side > border ? std::optional((side - 1) / layer.stride + 1) : std::nullopt;
  }
  const int larger = side * layer.stride;
  return layer.kind == Kind::nearest_conv && reflects && larger < 2 ? std::nullopt : std::optional(larger);
}

std::optional<int> side_behind(const TransformArchitecture& a, int side) {
  std::optional<int> now = side;
  for (size_t i = 0; now && i < a.layers.size(); i++) now = side_behind(a.layers[i], a.padding, *now);
  return now;
}

void check_numbers(const TransformArchitecture& a) {
  if (a.layers.empty() || a.layers.size() > 100) throw UsageError("a feed-forward network needs 1 to 100 layers");
  if (!(a.eps > 0) || !(a.eps <= 1)) throw UsageError("the option eps must be above 0 and at most 1");
  if (a.output == TransformOutput::tanh && (!std::isfinite(a.output_scale) || a.output_scale == 0 || !std::isfinite(a.output_offset)))
    throw UsageError("the option output=tanh needs a scale that is not 0, and finite numbers");
  if (a.styles < 0 || a.styles > 10000) throw UsageError("the option styles must be a number from 0 to 10000");
  if (a.styles > 0 && a.norm != TransformNorm::instance) throw UsageError("the option styles needs norm=instance");
}

void check_layer(const TransformLayer& layer, int inputs) {
  const auto wrong = [&](const std::string& why) { return UsageError("the layer \"" + layer.text() + "\" " + why); };
  if (layer.kind != Kind::nearest && (layer.width < 1 || layer.width > 4096)) throw wrong("must have 1 to 4096 channels");
  if (layer.kernel < 1 || layer.kernel > 9 || layer.stride < 1 || layer.stride > 9) throw wrong("must have one-digit kernel and stride");
  if (layer.kernel % 2 == 0) throw wrong("must have an odd kernel, so that it has a middle");
  if (layer.kind == Kind::residual && layer.width != inputs)
    throw wrong("adds its input, so it must have as many channels: " + std::to_string(inputs));
}

}  // namespace

void TransformArchitecture::check() const {
  check_numbers(*this);
  int channels = 3;
  Ratio ratio;
  int64_t multiple = 1;
  for (const TransformLayer& layer : layers) {
    check_layer(layer, channels);
    if (layer.kind != Kind::nearest) channels = layer.width;
    ratio.apply(layer);
    multiple = std::lcm(multiple, ratio.down);
    if (ratio.up > 64 || multiple > 64)
      throw UsageError("behind the layer \"" + layer.text() + "\" the picture is more than 64 times larger or smaller than it was");
  }
  if (channels != 3)
    throw UsageError("the last layer \"" + layers.back().text() + "\" gives " + std::to_string(channels) + " channels, a picture has 3");
  if (ratio.up != ratio.down)
    throw UsageError("behind the last layer \"" + layers.back().text() + "\" the picture is " + std::to_string(ratio.up) + "/" +
                     std::to_string(ratio.down) + " of its size; what strides take, upsampling must give back");
}

std::pair<int, int> TransformArchitecture::output_size(int height, int width) const {
  const std::optional<int> h = side_behind(*this, height), w = side_behind(*this, width);
  if (!h || !w)
    throw ShapeError("a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                     " pixels is too small for this network, which needs " + std::to_string(least_side()) + " on each side");
  return {*h, *w};
}

int TransformArchitecture::multiple() const {
  Ratio ratio;
  int64_t multiple = 1;
  for (const TransformLayer& layer : layers) {
    ratio.apply(layer);
    multiple = std::lcm(multiple, ratio.down);
  }
  return int(multiple);
}

int TransformArchitecture::lost_border() const {
  if (!unpadded_blocks(padding)) return 0;
  const int side = 4096 * multiple();  // 100 blocks take 200 pixels of the smallest size from each side
  return (side - side_behind(*this, side).value() + 1) / 2;
}

int TransformArchitecture::start_pad() const { return padding == TransformPadding::reflect_start ? lost_border() : 0; }

int TransformArchitecture::least_side() const {
  const int step = multiple(), border = start_pad();
  int side = step;
  while (side <= border || !side_behind(*this, side + 2 * border)) side += step;
  return side;
}

}  // namespace impasto
