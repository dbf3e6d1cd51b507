#include "nets/accuracy.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "layers/losses.h"
#include "loaders/resize.h"
#include "nets/conditional.h"
#include "nets/objective.h"

namespace impasto {

Picture middle_square(const Picture& picture, int side) {
  const int across = std::min(picture.width, picture.height), left = (picture.width - across) / 2, top = (picture.height - across) / 2;
  Picture square;
  square.width = square.height = across;
  square.rgb.resize(square.pixels() * 3);
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < across; y++) {
      const auto row = picture.rgb.begin() + c * std::ptrdiff_t(picture.pixels()) + std::ptrdiff_t(top + y) * picture.width + left;
      std::copy_n(row, across, square.rgb.begin() + (std::ptrdiff_t(c) * across + y) * across);
    }
  return resize(square, side, side);
}

double psnr(const Picture& a, const Picture& b) {
  if (a.width != b.width || a.height != b.height) throw ShapeError("pictures of different sizes have no PSNR");
  double sum = 0;
  for (size_t i = 0; i < a.rgb.size(); i++) {
    const double d = std::clamp(a.rgb[i], 0.0f, 1.0f) - std::clamp(b.rgb[i], 0.0f, 1.0f);
    sum += d * d;
  }
  return sum == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(double(a.rgb.size()) / sum);
}

std::vector<ConvolutionErrors::Line> vgg_errors(Backend& runs, const std::vector<ConvolutionPath>& paths, const VggWeights& weights,
                                                const Picture& photo, const Picture& painting) {
  ConvolutionErrors errors(runs, paths);
  ObjectiveSettings settings;
  const int blocks = int(weights.architecture.blocks.size());
  settings.content = {{"relu2_2"}};
  settings.style = {{"relu1_2"}, {"relu2_2"}, {"relu3_3"}, {"relu4_3"}, {"relu5_3"}};
  settings.style.resize(size_t(std::min(blocks, 5)));
  const Vgg network(errors, weights, settings.layers());
  const auto in_network = [&](const Picture& p) { return to_network(errors, p, network.preprocessing()); };
  Objective objective(network, settings);
  errors.measuring = false;  // the targets' passes are those of the picture again
  objective.set_content(in_network(photo));
  objective.set_style({in_network(painting)});
  errors.measuring = true;
  backward(objective.evaluate(Variable(in_network(photo), true)).total);
  return errors.lines();
}

std::vector<ConvolutionErrors::Line> transform_errors(Backend& runs, const std::vector<ConvolutionPath>& paths,
                                                      const TransformWeights& weights, const Picture& photo) {
  ConvolutionErrors errors(runs, paths);
  const TransformNet network(errors, weights, Parameters::Use::trained);
  std::vector<double> first(size_t(weights.architecture.styles), 0.0);
  if (!first.empty()) first[0] = 1;
  const Variable blend = first.empty() ? Variable() : style_blend(errors, {first});
  const Variable y = network(Variable(to_network(errors, photo, network.preprocessing(), 1)), blend);
  const Picture wanted = resize(photo, y.shape().w, y.shape().h);  // some networks give back another size
  backward(sum_squared_error(y, to_network(errors, wanted, network.preprocessing(), y.value().lanes())));
  return errors.lines();
}

}  // namespace impasto
