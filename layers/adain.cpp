#include "layers/adain.h"

#include "layers/case.h"
#include "layers/channel_moments.h"
#include "layers/instance_norm.h"
#include "layers/registry.h"

namespace impasto {

Variable adain(const Variable& x, const Variable& mean, const Variable& deviation) {
  return instance_norm(x, deviation, mean, adain_eps);
}

Variable adain(const Variable& x, const Variable& style) {
  const ChannelMoments moments = channel_moments(style);
  return adain(x, moments.mean, channel_std(moments, double(style.shape().pixels()), adain_eps));
}

LayerCases adain_cases() {
  const auto of_features = [](std::vector<Variable>& x) { return adain(x[0], x[1]); };
  const auto of_statistics = [](std::vector<Variable>& x) { return adain(x[0], x[1], x[2]); };
  return {
      "adain",
      "layers/adain.h",
      R"($y = \sigma_s\,\hat x + \mu_s$, $\quad \hat x = (x-\mu)\,r$, $\quad r = (\sigma^2+\varepsilon)^{-1/2}$, $\quad \sigma_s = (\mathrm{var}_s+\varepsilon)^{1/2}$; $\mu$, $\sigma^2$ and $\mu_s$, $\mathrm{var}_s$ (biased) over the pixels of one channel of the content's and of the style's features.)",
      R"($dx = \sigma_s\, r\,\bigl(dy - \overline{dy} - \hat x\,\overline{dy\,\hat x}\bigr)$, $\quad d\mu_s = \sum dy$, $\quad d\sigma_s = \sum dy\,\hat x$, $\quad ds = \frac1Q\, d\mu_s + \frac{s-\mu_s}{Q\,\sigma_s}\, d\sigma_s$ for a style $s$ of $Q$ pixels.)",
      R"(Instance norm with $\gamma = \sigma_s$ and $\beta = \mu_s$, whose gradients are $d\gamma$ and $d\beta$; these go on to $s$ by the gradients of mean and deviation (channel_moments).)",
      {
          {"of features 2x3x5x4, 2x3x3x1", {activation({2, 3, 5, 4}), activation({2, 3, 3, 1})}, of_features},
          {"one style for all 2x17x3x3, 1x17x5x1", {activation({2, 17, 3, 3}), activation({1, 17, 5, 1})}, of_features},
          {"of statistics 2x3x5x4", {activation({2, 3, 5, 4}), parameter({2, 3}), parameter({2, 3})}, of_statistics},
          {"one pixel 1x17x1x1", {activation({1, 17, 1, 1}), parameter({1, 17}), parameter({1, 17})}, of_statistics},
      }};
}

}  // namespace impasto
