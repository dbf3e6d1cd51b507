// Simonyan and Zisserman 2014, table 1, columns D (VGG-16) and E (VGG-19).
#include "nets/vgg_names.h"

#include <sstream>

#include "engine/error.h"

namespace impasto {
namespace {

constexpr int blocks = 5;
constexpr int64_t widths[blocks] = {64, 128, 256, 512, 512};
constexpr int depths16[blocks] = {2, 2, 3, 3, 3};
constexpr int depths19[blocks] = {2, 2, 4, 4, 4};

struct Position {
  int block, conv, all;  // block and conv from 1, all convolutions before it
};

struct Layout {
  std::string (*layer)(Position);
  const char *kernel, *bias;
};

std::string counted(int n) { return n == 0 ? "conv2d" : "conv2d_" + std::to_string(n); }

std::string block_conv(Position p) { return "block" + std::to_string(p.block) + "_conv" + std::to_string(p.conv); }
std::string one_row(Position p) { return counted(p.all); }
std::string by_block(Position p) { return "block" + std::to_string(p.block) + '/' + counted(p.conv - 1); }

const Layout& layout_of(const NamedArrays& keras) {
  static const Layout keras2{block_conv, "/kernel", "/bias"}, row{one_row, "/0", "/1"}, nested{by_block, "/0", "/1"};
  const auto begins = [&](const char* prefix) {
    const auto next = keras.lower_bound(prefix);
    return next != keras.end() && next->first.starts_with(prefix);
  };
  for (int block = 1; block <= blocks; ++block) {
    const std::string name = "block" + std::to_string(block);
    if (begins((name + "_conv").c_str())) return keras2;
    if (begins((name + "/conv2d").c_str())) return nested;
  }
  if (begins("conv2d")) return row;
  throw ShapeError(
      "these weights have no layer block1_conv1, conv2d or block1/conv2d, so they are not VGG's; give a Keras file of VGG-16 or VGG-19");
}

std::string text(const std::vector<int64_t>& shape) {
  std::ostringstream out;
  for (size_t i = 0; i < shape.size(); ++i) out << (i == 0 ? '[' : ',') << shape[i];
  return shape.empty() ? "[]" : out.str() + ']';
}

bool has_layer(const NamedArrays& keras, const Layout& layout, Position p) {
  return keras.contains(layout.layer(p) + layout.kernel) || keras.contains(layout.layer(p) + layout.bias);
}

}  // namespace

NamedArrays vgg_from_keras(const NamedArrays& keras) {
  const Layout& layout = layout_of(keras);
  // Only VGG-19 has fourth convolutions in a block, and more than 13 in all.
  const bool is19 = has_layer(keras, layout, {3, 4, 13}) || has_layer(keras, layout, {4, 4, 14}) || has_layer(keras, layout, {5, 4, 15});

  NamedArrays vgg;
  std::string wrong;
  int wanted = 0, unfit = 0, all = 0;
  const auto take = [&](const std::string& from, const std::string& to, const std::vector<int64_t>& shape) {
    ++wanted;
    const auto found = keras.find(from);
    if (found != keras.end() && found->second.shape == shape) {
      vgg[to] = found->second;
      return;
    }
    ++unfit;
    wrong += (wrong.empty() ? "" : "; ") + from +
             (found == keras.end() ? " is missing" : " is " + text(found->second.shape) + ", needs " + text(shape));
  };

  int64_t inputs = 3;
  for (int b = 0; b < blocks; ++b) {
    const int depth = is19 ? depths19[b] : depths16[b];
    for (int c = 1; c <= depth; ++c, ++all) {
      const std::string layer = layout.layer({b + 1, c, all}), ours = "conv" + std::to_string(b + 1) + '_' + std::to_string(c);
      take(layer + layout.kernel, ours + "/weight", {widths[b], inputs, 3, 3});
      take(layer + layout.bias, ours + "/bias", {widths[b]});
      inputs = widths[b];
    }
  }
  if (unfit != 0)
    throw ShapeError(std::to_string(unfit) + " of " + std::to_string(wanted) + " parameters do not fit " + (is19 ? "vgg19: " : "vgg16: ") +
                     wrong);
  return vgg;
}

}  // namespace impasto
