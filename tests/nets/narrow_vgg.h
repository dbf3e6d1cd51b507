// The recorded network of tests/reference: VGG-16 to relu4_3 with widths 8, 16, 24, 32 and weights by formula; and its pictures.
#pragma once
#include <string>
#include <vector>

#include "loaders/picture.h"
#include "nets/objective.h"
#include "nets/vgg.h"
#include "tests/reference/formula.h"

namespace impasto::narrow {

inline const std::vector<std::string> style_layers{"relu1_2", "relu2_2", "relu3_3", "relu4_3"};

/// Fed as it is, unless a preprocessing is given.
inline VggWeights weights(const Preprocessing& how = {"none", false, {0, 0, 0}, {1, 1, 1}}) {
  VggWeights vgg{"narrow.h5", vgg_architecture("vgg16:8,16,24,32"), how, {}};
  uint32_t l = 0;
  int64_t channels = 3;
  for (size_t b = 0; b < vgg.architecture.blocks.size(); b++)
    for (size_t c = 0; c < vgg.architecture.blocks[b].size(); c++, l++) {
      const int64_t width = vgg.architecture.blocks[b][c];
      const std::string name = "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1);
      Array weight{{width, channels, 3, 3}, std::vector<float>(size_t(width * channels * 9))},
          bias{{width}, std::vector<float>(size_t(width))};
      for (uint32_t i = 0; i < weight.values.size(); i++) weight.values[i] = formula::weight(i, 100 + l, int(channels));
      for (uint32_t i = 0; i < bias.values.size(); i++) bias.values[i] = formula::bias(i, 200 + l);
      vgg.parameters[name + "/weight"] = std::move(weight);
      vgg.parameters[name + "/bias"] = std::move(bias);
      channels = width;
    }
  return vgg;
}

inline Vgg network(Backend& backend, const Preprocessing& how = preprocessing("caffe")) { return Vgg(backend, weights(how), style_layers); }

/// A recorded picture in Caffe's space; the mean is subtracted on the backend, in f64 if that is its dtype.
inline Tensor caffe_picture(Backend& backend, uint32_t seed, int block, int height, int width) {
  const std::vector<float> rgb = formula::picture(seed, block, height, width);
  const size_t pixels = size_t(height) * width;
  Tensor all(backend, {1, 3, height, width}, 1, backend.master_dtype());
  for (int c = 0; c < 3; c++) {
    const Tensor plane = from_host(backend, {1, 1, height, width}, rgb.data() + size_t(2 - c) * pixels);
    Tensor centred = plane.like();
    backend.unary(Unary::affine, 1, -preprocessing("caffe").mean[size_t(c)], plane, centred);
    backend.copy_channels(centred, 0, {all}, c, 1);
  }
  Tensor y(backend, all.shape(), backend.lanes_for(3), all.dtype());
  backend.convert(all, {y});
  return y;
}
inline Tensor photo(Backend& backend) { return caffe_picture(backend, 1, 5, 40, 48); }
inline Tensor painting(Backend& backend) { return caffe_picture(backend, 3, 4, 36, 44); }

/// The recorded objective, with its targets.
inline Objective objective(const Vgg& network) {
  Objective objective(network, ObjectiveSettings{});
  objective.set_content(photo(network.backend()));
  objective.set_style({painting(network.backend())});
  return objective;
}

/// A picture [3, H, W] of 0..255 in network order and space, back as recorded: RGB, with the mean.
inline std::vector<double> recorded_order(const Tensor& x) {
  const std::vector<double> bgr = to_host_f64(x);
  const size_t pixels = size_t(x.shape().pixels());
  std::vector<double> rgb(bgr.size());
  for (size_t c = 0; c < 3; c++)
    for (size_t i = 0; i < pixels; i++) rgb[(2 - c) * pixels + i] = bgr[c * pixels + i] + preprocessing("caffe").mean[c];
  return rgb;
}

/// A smooth little picture for the loops, 0..1.
inline Picture picture(uint32_t seed, int width, int height, bool with_alpha = false) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb = formula::picture(seed, 4, height, width);
  for (float& v : p.rgb) v /= 255;
  if (with_alpha)
    for (size_t i = 0; i < p.pixels(); i++) p.alpha.push_back(float(i % 7) / 6);
  return p;
}

/// Largest difference relative to the largest recorded number.
inline double error(const std::vector<double>& found, const std::vector<double>& wanted) {
  double largest = 0, off = 0;
  for (const double w : wanted) largest = std::max(largest, std::abs(w));
  if (found.size() != wanted.size()) return 1e30;
  for (size_t i = 0; i < wanted.size(); i++) {
    const double d = std::abs(found[i] - wanted[i]);
    if (!(d <= off)) off = d;
  }
  return off / (largest > 0 ? largest : 1);
}

/// What `action` refuses with, as an E; "" if it does not.
template <class E, class F>
std::string refusal(F&& action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}
inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace impasto::narrow
