// Real weights against ONNX Runtime (tests/reference/styles26.py).
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/cpu/backend.h"
#include "nets/conditional.h"
#include "nets/transform_file.h"
#include "tests/nets/cached.h"
#include "tests/reference/formula.h"
#include "tests/reference/recorded.h"

using namespace impasto;

namespace {

struct Case {
  const char* name;
  int height, width;
  std::vector<std::pair<int, double>> styles;
  int step;
};

const Case cases[] = {{"style_3", 48, 64, {{3, 1}}, 1}, {"style_19", 96, 80, {{19, 1}}, 3}, {"blend", 160, 128, {{7, 0.25}, {24, 0.75}}, 3}};

// The largest difference, of 0..1, where the painting was recorded.
double difference(const std::vector<double>& painting, const std::vector<double>& recorded, const Case& c) {
  double worst = 0;
  size_t i = 0;
  for (int channel = 0; channel < 3; channel++)
    for (int y = 0; y < c.height; y += c.step)
      for (int x = 0; x < c.width; x += c.step, i++)
        worst = std::max(worst, std::abs(recorded.at(i) - painting[size_t((channel * c.height + y) * c.width + x)] / 255));
  REQUIRE(i == recorded.size());
  return worst;
}

}  // namespace

TEST_CASE("the network of 26 styles paints as ONNX Runtime does") {
  const auto path = cached("styles26");
  if (!path) {
    MESSAGE("skipped: the weights are not there; fetch them with `impasto weights get styles26`");
    return;
  }
  const TransformWeights weights = read_transform(*path);
  std::set<std::string> names;
  for (const WeightFile::Style& style : weights.styles) names.insert(style.name);
  CHECK(names.size() == 26);

  const NoGrad nothing_recorded;
  const auto backend = make_cpu_backend();
  const TransformNet network(*backend, weights);
  const Recorded recorded("styles26.h5");
  for (const Case& c : cases) {
    CAPTURE(c.name);
    std::vector<double> blend(26);
    for (const auto& [style, weight] : c.styles) blend[size_t(style)] = weight;
    const std::vector<float> picture = formula::picture(1, 5, c.height, c.width);
    const Tensor x = from_host(*backend, {1, 3, c.height, c.width}, picture.data(), backend->lanes_for(3));
    const Tensor y = network(Variable(x), style_blend(*backend, {blend})).value();
    const double worst = difference(to_host_f64(y), recorded.values(c.name), c);
    CHECK(worst <= 1e-3);
  }
}
