#include "layers/gram.h"

#include <algorithm>

#include "layers/case.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {
namespace {

double factor_of(const Shape& s, GramScale scale) {
  const double pixels = double(s.pixels());
  return scale == GramScale::none ? 1 : scale == GramScale::by_pixels ? 1 / pixels : 1 / (pixels * s.c);
}

// mask / sqrt(eta): scaling F by this gives the Gram matrix divided by eta. The number below the root keeps an empty mask
// at 0 / 1e-15 = 0 and is far below any eta that 8 bits a pixel can make.
Tensor normalised(const Tensor& mask, MaskNorm norm) {
  if (norm == MaskNorm::none) return mask;
  return mask.derived(norm == MaskNorm::mean ? "mask/sqrt(mean)" : "mask/rms", [&] {
    Backend& backend = mask.backend();
    const double pixels = double(mask.shape().pixels());
    Tensor scaled = mask.like(), eta = planar(backend, {mask.shape().n, 1, 1, 1}), root = eta.like();
    if (norm == MaskNorm::mean) {
      backend.reduce_sum(mask, 1 / pixels, {eta});
    } else {
      backend.binary(Binary::multiply, 1, mask, mask, {scaled});
      backend.reduce_sum(scaled, 1 / pixels, {eta});
    }
    backend.unary(Unary::sqrt, 1e-30, 0, eta, root);
    backend.binary(Binary::divide, 1, mask, root, {scaled});
    return scaled;
  });
}

void check_mask(const Tensor& mask) {
  if (!mask.defined() || mask.shape().c != 1 || !is_planar(mask)) {
    throw ShapeError("a mask must be planar [N or 1, 1, H, W]" +
                     (mask.defined() ? ", not " + layout_text(mask) : std::string(", and there is none")));
  }
}

// No mask: an undefined tensor.
Variable gram_of(const Variable& features, const Tensor& mask, double factor) {
  const Shape& s = features.shape();
  Tensor g = planar(features.backend(), {s.n, 1, s.c, s.c});
  features.backend().gram(features.value(), mask.defined() ? &mask : nullptr, factor, g);
  return record("gram", g, {features}, [f = features.value(), mask, factor](Tensor& dg, std::span<GradientSink> d) {
    if (d[0]) f.backend().gram_backward(f, mask.defined() ? &mask : nullptr, dg, factor, d[0].out());
  });
}

}  // namespace

Variable gram(const Variable& features, double factor) { return gram_of(features, {}, factor); }

Variable gram(const Variable& features, GramScale scale) { return gram(features, factor_of(features.shape(), scale)); }

Variable masked_gram(const Variable& features, const Tensor& mask, GramScale scale, MaskNorm norm) {
  check_mask(mask);
  const Shape &s = features.shape(), &m = mask.shape();
  if ((m.n != 1 && m.n != s.n) || m.h != s.h || m.w != s.w) {
    throw ShapeError("masked_gram: the mask is " + m.text() + " and the features " + s.text() + "; resize the mask to the layer");
  }
  return gram_of(features, normalised(mask, norm), factor_of(s, scale));
}

bool mask_is_empty(const Tensor& mask) {
  check_mask(mask);
  Tensor sizes = mask.like(), sums = planar(mask.backend(), {mask.shape().n, 1, 1, 1});
  mask.backend().unary(Unary::absolute, 0, 0, mask, sizes);
  mask.backend().reduce_sum(sizes, 1, {sums});
  const std::vector<double> host = to_host_f64(sums);
  return std::any_of(host.begin(), host.end(), [](double sum) { return sum == 0; });
}

LayerCases gram_cases() {
  const auto plain = [](GramScale scale) { return [=](std::vector<Variable>& x) { return gram(x[0], scale); }; };
  const auto masked = [](GramScale scale, MaskNorm norm) {
    return [=](std::vector<Variable>& x) { return masked_gram(x[0], x[1].value(), scale, norm); };
  };
  const auto mask = [](Shape s) { return constant(Input{Input::Role::parameter, s, Input::Fill::uniform, 0, 1}); };
  const auto timed = [&](const char* name, Shape s) {
    const double n = double(s.elements()), matrix = double(s.n) * s.c * s.c;
    Case c{name, {activation(s)}, plain(GramScale::by_elements)};
    c.cost = {2 * n * s.c, 4 * (n + matrix), 2 * n * s.c, 4 * (2 * n + matrix)};
    c.bench_only = true;
    return c;
  };
  return {
      "gram",
      "layers/gram.h",
      R"($G = s\,FF^{\top}$, $F$ as $[C, P]$ for each image, $P=HW$; $s = 1/(CP)$, $1/P$ or 1. Masked: $F' = F\,\mathrm{diag}(m)$, $G = \frac{s}{\eta}F'F'^{\top}$, $\eta = \overline{m^2}$, $\overline m$ or 1.)",
      R"($dF = s\,(dG + dG^{\top})\,F$; masked: $dF = \frac{s}{\eta}(dG+dG^{\top})\,F'\,\mathrm{diag}(m)$.)",
      R"($G_{ij} = s\sum_p F_{ip}F_{jp}$. $F_{ip}$ occurs in row $i$ and in column $i$ of $G$: $dF_{ip} = s\sum_j dG_{ij}F_{jp} + s\sum_j dG_{ji}F_{jp}$. The sum over $p$ forgets where a feature was: permuting the pixels leaves $G$ as it is. That is why it describes a style and not a picture.)",
      {
          {"unscaled 2x3x5x4", {activation({2, 3, 5, 4})}, plain(GramScale::none), true},
          {"by elements 2x3x5x4", {activation({2, 3, 5, 4})}, plain(GramScale::by_elements)},
          {"by pixels 1x17x3x3", {activation({1, 17, 3, 3})}, plain(GramScale::by_pixels)},
          {"unscaled 1x17x3x3", {activation({1, 17, 3, 3})}, plain(GramScale::none), true},
          {"one pixel 2x17x1x1", {activation({2, 17, 1, 1})}, plain(GramScale::none), true},
          {"masked 2x3x5x4", {activation({2, 3, 5, 4}), mask({2, 1, 5, 4})}, masked(GramScale::by_elements, MaskNorm::mean_square)},
          {"masked by mean, one mask 2x3x5x4",
           {activation({2, 3, 5, 4}), mask({1, 1, 5, 4})},
           masked(GramScale::by_pixels, MaskNorm::mean)},
          {"masked, unscaled 1x17x3x3", {activation({1, 17, 3, 3}), mask({1, 1, 3, 3})}, masked(GramScale::none, MaskNorm::none), true},
          {"of many channels 2x40x5x4", {activation({2, 40, 5, 4})}, plain(GramScale::by_pixels), false},
          {"of many channels, unscaled 1x33x3x4", {activation({1, 33, 3, 4})}, plain(GramScale::none), true},
          {"of many channels, masked 2x33x4x3",
           {activation({2, 33, 4, 3}), mask({2, 1, 4, 3})},
           masked(GramScale::by_pixels, MaskNorm::mean_square)},
          timed("4x64x256x256", {4, 64, 256, 256}),
          timed("1x64x512x512", {1, 64, 512, 512}),
          timed("4x512x32x32", {4, 512, 32, 32}),
      }};
}

}  // namespace impasto
