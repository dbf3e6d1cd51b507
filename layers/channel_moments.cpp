#include "layers/channel_moments.h"

#include "layers/arithmetic.h"
#include "layers/case.h"
#include "layers/mean.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {

ChannelMoments channel_moments(const Variable& x) {
  const Shape s = x.shape();
  Tensor mean = planar(x.backend(), {s.n, s.c, 1, 1}), variance = mean.like();
  x.backend().channel_moments(x.value(), mean, variance);
  // Two outputs, two entries on the tape: whoever uses only one of them pays for one gradient.
  return {record("channel_mean", mean, {x},
                 [scale = 1.0 / double(s.pixels())](Tensor& dy, std::span<GradientSink> d) {
                   if (d[0]) spread(dy, scale, d[0].out());
                 }),
          record("channel_variance", variance, {x}, [x = x.value(), mean](Tensor& dy, std::span<GradientSink> d) {
            if (d[0]) x.backend().channel_moments_backward(x, mean, nullptr, &dy, d[0].out());
          })};
}

Variable channel_mean(const Variable& x) { return spatial_mean(x); }

Variable channel_std(const ChannelMoments& moments, double pixels, double eps, bool unbiased) {
  if (!unbiased) return square_root(moments.variance, eps);
  if (pixels < 2) throw ShapeError("channel_std: the unbiased deviation of a single pixel does not exist; use a larger picture");
  return square_root(scale(moments.variance, pixels / (pixels - 1)), eps);
}

Variable channel_std(const Variable& x, double eps, bool unbiased) {
  return channel_std(channel_moments(x), double(x.shape().pixels()), eps, unbiased);
}

LayerCases channel_moments_cases() {
  const auto timed = [](const char* name, Shape s) {
    const double n = double(s.elements());
    Case c{name, {activation(s)}, [](std::vector<Variable>& x) { return channel_std(x[0]); }};
    c.cost = {4 * n, 4 * n, 2 * n, 4 * 2 * n};
    c.bench_only = true;
    return c;
  };
  return {
      "channel_moments",
      "layers/channel_moments.h",
      R"($\mu = \frac1P\sum x$, $\quad \sigma^2 = \frac1P\sum (x-\mu)^2$, $\quad \mathrm{std} = \sqrt{k\,\sigma^2+\varepsilon}$ over the $P=HW$ pixels of one channel of one image; $k = P/(P-1)$ if unbiased, else 1.)",
      R"(From the mean $dx = \frac1P\, d\mu$, from the variance $dx = \frac2P (x-\mu)\, d\sigma^2$, from the deviation $dx = \frac{k\,(x-\mu)}{P\,\mathrm{std}}\, d\,\mathrm{std}$.)",
      R"($\partial\sigma^2/\partial x_i = \frac2P\sum_j (x_j-\mu)(\delta_{ij}-\frac1P) = \frac2P(x_i-\mu)$, because $\sum_j(x_j-\mu)=0$. Through the root, $d\sigma^2 = \frac{k}{2\,\mathrm{std}}\, d\,\mathrm{std}$, and the third form is the second with that put in.)",
      {
          {"mean 2x3x5x4", {activation({2, 3, 5, 4})}, [](auto& x) { return channel_mean(x[0]); }},
          {"mean of both 2x3x5x4", {activation({2, 3, 5, 4})}, [](auto& x) { return channel_moments(x[0]).mean; }},
          {"variance 1x17x3x3", {activation({1, 17, 3, 3})}, [](auto& x) { return channel_moments(x[0]).variance; }},
          {"std 2x3x5x4", {activation({2, 3, 5, 4})}, [](auto& x) { return channel_std(x[0]); }},
          {"std, unbiased 1x17x3x3", {activation({1, 17, 3, 3})}, [](auto& x) { return channel_std(x[0], 1e-5, true); }},
          {"std of one pixel 2x3x1x1", {activation({2, 3, 1, 1})}, [](auto& x) { return channel_std(x[0]); }},
          {"adain 2x3x3x3 to 2x3x5x1",
           {activation({2, 3, 3, 3}), activation({2, 3, 5, 1})},
           [](auto& x) {
             const auto content = channel_moments(x[0]), style = channel_moments(x[1]);
             return (x[0] - content.mean) / channel_std(content, 9) * channel_std(style, 5) + style.mean;
           }},
          timed("4x64x256x256", {4, 64, 256, 256}),
          timed("1x64x512x512", {1, 64, 512, 512}),
      }};
}

}  // namespace impasto
