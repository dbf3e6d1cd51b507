// How a network wants its pictures, as data; and pictures in that form and back.
//
// The form ("network space"): [1, 3, H, W], channels in the network's order, 0..255 minus the mean its training used. A network
// that was trained on scaled pixels takes the scale into its first convolution, which is exact, also at zero padding. So one
// step of the picture is one grey level whatever the network.
#pragma once
#include <array>
#include <string>

#include "engine/variable.h"
#include "loaders/picture.h"

namespace impasto {

struct Preprocessing {
  std::string name;
  bool bgr;                     // channels in the order blue, green, red
  std::array<double, 3> mean;   // of 0..255, in the network's order
  std::array<double, 3> scale;  // what the network multiplies (pixel - mean) by
};

/// "caffe" (also Keras' VGG), "torch" (torchvision), "unit" (0..1), "byte" (0..255) or "hed". Throws UsageError with the known ones.
const Preprocessing& preprocessing(const std::string& name);

/// [1, 3, height, width] in network space, in the layout the backend likes or with `lanes`; alpha is left out.
Tensor to_network(Backend& backend, const Picture& picture, const Preprocessing& how, int lanes = 0);
/// The picture of a tensor in network space; values are not clamped (write_picture does that). Throws ShapeError if it is none.
Picture from_network(const Tensor& x, const Preprocessing& how);

/// Pictures [N, 3, H, W] of one network's space in another's, and as red, green, blue of 0..1: channels reordered, means exchanged.
/// dx = dy the way back.
Variable between_spaces(const Variable& x, const Preprocessing& from, const Preprocessing& to);
Variable to_unit_rgb(const Variable& x, const Preprocessing& from);

}  // namespace impasto
