// What a map of depth costs, against recorded PyTorch (tests/reference, depth_loss.h5), and what must hold of any.
#include "nets/depth_loss.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

constexpr int width = 32, height = 24, pixels = width * height;
const Shape shape{2, 1, height, width};

std::vector<float> formula_depth() {
  std::vector<float> depth;
  for (uint32_t i = 0; i < 2 * pixels; i++) {
    const float place = formula::value(i, 32);
    depth.push_back(place < -0.6f ? 0 : place > 0.7f ? 5000 : std::exp(2 * formula::value(i, 31)));
  }
  return depth;
}

// With the recorded pairs in the place of drawn ones.
DepthTarget formula_target(const std::vector<float>& depth) {
  DepthLossSettings settings;
  settings.pairs = 300;
  DepthTarget target = depth_target({depth.data(), depth.data() + pixels}, width, height, settings, 1, 0);
  for (int n = 0; n < 2; n++)
    for (int k = 0; k < 300; k++) {
      const int a = (5 * k + n) % pixels, b = (7 * k + 3) % pixels;
      const float far_a = depth[size_t(n * pixels + a)], far_b = depth[size_t(n * pixels + b)];
      const bool both = far_a > 0 && far_b > 0;
      target.pairs[size_t(n)][size_t(k)] = both ? RankedPair{a, b,
                                                             far_a > 1.02f * far_b   ? 1
                                                             : far_b > 1.02f * far_a ? -1
                                                                                     : 0}
                                                : RankedPair{0, 0, 0};
    }
  return target;
}

DepthLossSettings only(const std::string& term) {
  DepthLossSettings s;
  s.rank_weight = term == "rank";
  s.log_weight = term == "log";
  s.gradient_weight = term == "gradient";
  return s;
}

void check_against_recorded(Backend& backend, double bound) {
  const Recorded recorded("depth_loss.h5");
  const DepthTarget target = formula_target(formula_depth());
  const std::vector<float> z = formula::values(shape, 33);
  for (const char* term : {"rank", "log", "gradient"}) {
    CAPTURE(term);
    DepthLoss loss(backend, only(term));
    loss.set_target(target);
    const Variable map(from_host(backend, shape, z.data()), true);
    const Variable total = loss(map).total;
    CHECK(std::abs(scalar(total.value()) / recorded.number(std::string(term) + "/loss") - 1) < bound);
    backward(total);
    CHECK(narrow::error(to_host_f64(map.grad()), recorded.values(std::string(term) + "/dz")) < bound);
  }
}

double cost(const std::vector<float>& z, const std::vector<float>& depth, const DepthLossSettings& settings) {
  const auto backend = make_reference_backend(Dtype::f64);
  DepthLoss loss(*backend, settings);
  std::vector<const float*> depths;
  for (size_t at = 0; at < depth.size(); at += pixels) depths.push_back(depth.data() + at);
  loss.set_target(depth_target(depths, width, height, settings, 1, 0));
  return scalar(loss(Variable(from_host(*backend, {int(depths.size()), 1, height, width}, z.data()))).total.value());
}

}  // namespace

TEST_CASE("rank, log and gradient and their gradients are PyTorch's, holes and sky included") {
  check_against_recorded(*make_reference_backend(Dtype::f64), 2e-6);  // the targets are f32
  check_against_recorded(*make_cpu_backend(), tolerance::f32);
}

TEST_CASE("a factor common to a picture's depths costs nothing, and the right map is the cheapest") {
  std::vector<float> depth(pixels), z(pixels);
  for (size_t p = 0; p < pixels; p++) {
    depth[p] = 1 + 0.01f * float(p % width) + 0.02f * float(p / width);
    z[p] = std::log(depth[p]);
  }
  std::vector<float> moved(z), flat(pixels, 0.5f);
  for (float& v : moved) v += 1.7f;
  for (const char* term : {"log", "gradient"}) {
    CHECK(cost(z, depth, only(term)) < 1e-6);
    CHECK(cost(moved, depth, only(term)) < 1e-6);
    CHECK(cost(flat, depth, only(term)) > 1e-3);
  }
  CHECK(cost(z, depth, only("rank")) < cost(flat, depth, only("rank")));
}

TEST_CASE("pairs lie on known pixels, say what is farther by more than 2 per cent, and are the same for one seed and picture") {
  std::vector<float> depth(pixels, 0);
  for (size_t p = 0; p < pixels / 2; p++) depth[p] = p % 3 == 0 ? 1 : p % 3 == 1 ? 1.015f : 2;
  DepthLossSettings settings;
  settings.pairs = 500;
  const auto drawn = [&](uint64_t seed, int64_t first) {
    return depth_target({depth.data()}, width, height, settings, seed, first).pairs[0];
  };
  const std::vector<RankedPair> pairs = drawn(5, 7);
  REQUIRE(pairs.size() == 500);
  int near = 0, ordered = 0;
  for (const RankedPair& p : pairs) {
    REQUIRE(p.a < pixels / 2);
    REQUIRE(p.b < pixels / 2);
    const bool far_a = depth[size_t(p.a)] == 2, far_b = depth[size_t(p.b)] == 2;
    CHECK(p.relation == int(far_a) - int(far_b));
    ordered += p.relation != 0;
    near += std::abs(p.a % width - p.b % width) <= width / 8 && std::abs(p.a / width - p.b / width) <= width / 8;
  }
  CHECK(ordered > 150);
  CHECK(near > 500 / 4);
  const auto same = [](const std::vector<RankedPair>& a, const std::vector<RankedPair>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const RankedPair& x, const RankedPair& y) { return x.a == y.a && x.b == y.b; });
  };
  CHECK(same(drawn(5, 7), pairs));
  CHECK(!same(drawn(5, 8), pairs));
  CHECK(!same(drawn(6, 7), pairs));
}

TEST_CASE("the share of wrong orders: none for the truth, all for its opposite, all for a flat map") {
  std::vector<float> depth(pixels), z(pixels), flat(pixels, 1);
  for (size_t p = 0; p < pixels; p++) z[p] = depth[p] = 1 + float((p * 7) % pixels);
  const DepthTarget target = depth_target({depth.data()}, width, height, {}, 1, 0);
  CHECK(wrongly_ordered(target, z) == 0);
  for (float& v : z) v = -v;
  CHECK(wrongly_ordered(target, z) == 1);
  CHECK(wrongly_ordered(target, flat) == 1);
}

TEST_CASE("weights that leave nothing to learn, and maps without a target, are refused") {
  const auto backend = make_reference_backend();
  CHECK(narrow::refusal<UsageError>([&] { DepthLoss(*backend, only("nothing")); }).find("nothing to learn") != std::string::npos);
  DepthLossSettings negative;
  negative.log_weight = -1;
  CHECK_THROWS_AS(DepthLoss(*backend, negative), UsageError);
  const DepthLoss loss(*backend, {});
  CHECK_THROWS_AS(loss(Variable(Tensor(*backend, shape))), ShapeError);
}
