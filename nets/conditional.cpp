#include "nets/conditional.h"

#include "engine/error.h"

namespace impasto {

TransformArchitecture conditional_architecture(int styles, double width, int residual_blocks) {
  if (styles < 1) throw UsageError("a network of several styles needs at least 1, not " + std::to_string(styles));
  if (!(width > 0) || !(width <= 32)) throw UsageError("the width of a network is a factor above 0 and at most 32");
  if (residual_blocks < 0 || residual_blocks > 90) throw UsageError("a network has from 0 to 90 residual blocks");
  using Kind = TransformLayer::Kind;
  const auto of = [width](int channels) { return int(width * channels); };
  TransformArchitecture a;
  a.layers = {{Kind::conv, 9, 1, of(32)}, {Kind::conv, 3, 2, of(64)}, {Kind::conv, 3, 2, of(128)}};
  a.layers.insert(a.layers.end(), size_t(residual_blocks), {Kind::residual, 3, 1, of(128)});
  a.layers.insert(a.layers.end(), {{Kind::nearest_conv, 3, 2, of(64)}, {Kind::nearest_conv, 3, 2, of(32)}, {Kind::conv, 9, 1, 3}});
  a.padding = TransformPadding::reflect;
  a.bias = false;
  a.norm_last = true;
  a.output = TransformOutput::sigmoid;
  a.styles = styles;
  a.check();
  return a;
}

Variable style_blend(Backend& backend, const std::vector<std::vector<double>>& rows) {
  std::vector<float> weights;
  for (const std::vector<double>& row : rows) {
    if (row.empty() || row.size() != rows[0].size())
      throw UsageError("a blend needs one weight for each style, the same number for every picture");
    weights.insert(weights.end(), row.begin(), row.end());
  }
  if (rows.empty()) throw UsageError("a blend needs a row of weights for each picture");
  return Variable(from_host(backend, {1, 1, int(rows.size()), int(rows[0].size())}, weights.data()));
}

}  // namespace impasto
