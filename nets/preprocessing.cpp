#include "nets/preprocessing.h"

#include <algorithm>
#include <memory>

#include "layers/conv2d.h"

namespace impasto {
namespace {

// Caffe's and HED's means are of ImageNet and of BSDS in BGR; torchvision's are 0.485, 0.456, 0.406 and 0.229, 0.224, 0.225 of 0..1.
const Preprocessing known[] = {
    {"caffe", true, {103.939, 116.779, 123.68}, {1, 1, 1}},
    {"hed", true, {104.00699, 116.66877, 122.67892}, {1, 1, 1}},
    {"torch", false, {123.675, 116.28, 103.53}, {1 / 58.395, 1 / 57.12, 1 / 57.375}},
    {"byte", false, {0, 0, 0}, {1, 1, 1}},
    {"unit", false, {0, 0, 0}, {1 / 255.0, 1 / 255.0, 1 / 255.0}},
};

// y = scale * (x + from.mean - mean), the channels in the other order if `turned`: a convolution of 1x1.
Variable recoloured(const Variable& x, const Preprocessing& from, bool bgr, const std::array<double, 3>& mean, double scale) {
  const LayerScope scope("colours");
  const bool turned = from.bgr != bgr;
  if (!turned && from.mean == mean && scale == 1) return x;
  float weight[9] = {}, bias[3];
  for (size_t c = 0; c < 3; c++) {
    const size_t source = turned ? 2 - c : c;
    weight[3 * c + source] = float(scale);
    bias[c] = float(scale * (from.mean[source] - mean[c]));
  }
  Tensor w = from_host(x.backend(), {3, 3, 1, 1}, weight), b = from_host(x.backend(), {1, 3, 1, 1}, bias);
  return conv2d(x, Variable(w), Variable(b));
}

size_t plane_of(size_t channel, const Preprocessing& how) { return how.bgr ? 2 - channel : channel; }

}  // namespace

const Preprocessing& preprocessing(const std::string& name) {
  std::string names;
  for (const Preprocessing& p : known) {
    if (p.name == name) return p;
    names += (names.empty() ? "" : ", ") + p.name;
  }
  throw UsageError("\"" + name + "\" is no preprocessing; the known ones are " + names);
}

Tensor to_network(Backend& backend, const Picture& picture, const Preprocessing& how, int lanes) {
  const size_t pixels = picture.pixels();
  if (picture.rgb.size() != 3 * pixels || pixels == 0)
    throw ShapeError("a picture of no pixels, or without three channels, cannot be fed to a network");
  const auto host = std::make_unique_for_overwrite<float[]>(3 * pixels);
  for (size_t c = 0; c < 3; c++) {
    const float* from = picture.rgb.data() + plane_of(c, how) * pixels;
    float* to = host.get() + c * pixels;
#pragma omp parallel for
    for (size_t i = 0; i < pixels; i++) to[i] = float(255.0 * from[i] - how.mean[c]);
  }
  return from_host(backend, {1, 3, picture.height, picture.width}, host.get(), lanes ? lanes : backend.lanes_for(3));
}

Picture from_network(const Tensor& x, const Preprocessing& how) {
  if (x.shape().n != 1 || x.shape().c != 3)
    throw ShapeError("a tensor of shape " + x.shape().text() + " is not one picture of three channels");
  Picture picture;
  picture.width = x.shape().w;
  picture.height = x.shape().h;
  picture.rgb = to_host(x);
  const size_t pixels = picture.pixels();
  for (size_t c = 0; c < 3; c++) {
    float* plane = picture.rgb.data() + c * pixels;
#pragma omp parallel for
    for (size_t i = 0; i < pixels; i++) plane[i] = float((plane[i] + how.mean[c]) / 255.0);
  }
  if (how.bgr) std::swap_ranges(picture.rgb.data(), picture.rgb.data() + pixels, picture.rgb.data() + 2 * pixels);
  return picture;
}

Variable between_spaces(const Variable& x, const Preprocessing& from, const Preprocessing& to) {
  return recoloured(x, from, to.bgr, to.mean, 1);
}

Variable to_unit_rgb(const Variable& x, const Preprocessing& from) { return recoloured(x, from, false, {0, 0, 0}, 1 / 255.0); }

}  // namespace impasto
