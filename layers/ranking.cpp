#include "layers/ranking.h"

#include <algorithm>

#include "layers/case.h"
#include "layers/planar.h"
#include "layers/registry.h"

namespace impasto {

RankedPairTable ranked_pairs(std::span<const std::vector<RankedPair>> images) {
  size_t most = 1;
  for (const auto& pairs : images) most = std::max(most, pairs.size());
  RankedPairTable table{{int(images.size()), 1, 3, int(most)}, std::vector<float>(images.size() * 3 * most)};
  for (size_t n = 0; n < images.size(); n++)
    for (size_t k = 0; k < images[n].size(); k++) {
      float* row = table.values.data() + n * 3 * most + k;
      row[0] = float(images[n][k].a);
      row[most] = float(images[n][k].b);
      row[2 * most] = float(images[n][k].relation);
    }
  return table;
}

Variable ranking(const Variable& x, const Tensor& pairs, double scale) {
  const Shape &s = x.shape(), &p = pairs.shape();
  if (s.c != 1 || !is_planar(x.value()) || p.n != s.n || p.c != 1 || p.h != 3 || !is_planar(pairs))
    throw ShapeError("ranking: x is " + layout_text(x.value()) + " and its pairs " + layout_text(pairs) +
                     "; they must be planar [N, 1, H, W] and [N, 1, 3, P]");
  Tensor y = planar(x.backend(), {});
  x.backend().ranking(x.value(), pairs, scale, y);
  return record("ranking", y, {x}, [=, x = x.value()](Tensor& dy, std::span<GradientSink> d) {
    if (d[0]) x.backend().ranking_backward(x, pairs, dy, scale, d[0].out());
  });
}

LayerCases ranking_cases() {
  // Pixels that lie about, some in several pairs, one in none; all three relations.
  const auto of = [](int per_image, double scale) {
    return [=](std::vector<Variable>& x) {
      const Shape& s = x[0].shape();
      std::vector<std::vector<RankedPair>> all(size_t(s.n));
      for (int n = 0; n < s.n; n++)
        for (int k = 0; k < per_image; k++)
          all[size_t(n)].push_back({(7 * k + n) % int(s.pixels()), (11 * k + 3) % int(s.pixels()), k % 3 - 1});
      const RankedPairTable table = ranked_pairs(all);
      Tensor pairs(x[0].backend(), table.shape, 1, x[0].backend().master_dtype());
      x[0].backend().upload(table.values.data(), pairs);
      return ranking(x[0], pairs, scale);
    };
  };
  Case timed{"4x1x240x320, 3000 pairs each", {parameter({4, 1, 240, 320})}, of(3000, 1.0 / 12000)};
  timed.cost = {10 * 12000.0, 4 * 5 * 12000.0, 10 * 12000.0, 4 * (4 * 76800.0 + 7 * 12000.0)};
  timed.bench_only = true;
  return {
      "ranking",
      "layers/ranking.h",
      R"($y = s\sum_{(a,b,r)}\rho_r(x_a-x_b)$ over pairs of pixels; $\rho_r(d) = \ln(1+e^{-rd})$ for $r=\pm1$ ($a$ is farther, nearer), $d^2$ for $r=0$ (as far).)",
      R"($dx_p = s\,dy\bigl(\sum_{(p,b,r)}\rho_r'(x_p-x_b) - \sum_{(a,p,r)}\rho_r'(x_a-x_p)\bigr)$; $\rho_r'(d) = -r/(1+e^{rd})$, or $2d$.)",
      R"($\partial d/\partial x_a = 1$, $\partial d/\partial x_b = -1$. A pair in the wrong order is pulled together by nearly 1 however wrong it is, a pair in the right order by less the farther it is apart: only the order is learnt, and the scale of $x$ is left free.)",
      {
          {"2x1x3x5, 9 pairs each", {parameter({2, 1, 3, 5})}, of(9, 0.7)},
          {"1x1x4x4, one pair", {parameter({1, 1, 4, 4})}, of(1, 1)},
          {"one pixel with itself 1x1x1x1", {parameter({1, 1, 1, 1})}, of(2, 1)},
          timed,
      }};
}

}  // namespace impasto
