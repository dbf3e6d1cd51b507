// Networks of several styles: their sizes, and what a blend of styles is.
#include "nets/conditional.h"

#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "tests/nets/narrow_transform.h"
#include "tests/tolerance.h"

using namespace impasto;
using narrow::has;

TEST_CASE("the conditional architecture is magenta's") {
  CHECK(conditional_architecture(10).text() ==
        "transform:c9s1-32,c3s2-64,c3s2-128,R128,R128,R128,R128,R128,n2-64,n2-32,c9s1-3;padding=reflect;bias=no;norm-last=yes;"
        "output=sigmoid;styles=10");
  // Widths are cut to whole numbers, the picture's three channels stay.
  CHECK(has(conditional_architecture(1, 0.3, 2).text(), "c9s1-9,c3s2-19,c3s2-38,R38,R38,n2-19,n2-9,c9s1-3;"));
  for (const auto& wrong : {std::pair{0, 1.0}, std::pair{1, 0.0}, std::pair{1, 1e9}, std::pair{1, 0.01}})
    CHECK(narrow::refusal<UsageError>([&] { conditional_architecture(wrong.first, wrong.second); }) != "");
}

TEST_CASE("each image of a batch is painted by its own row of the blend") {
  const auto backend = make_cpu_backend();
  const TransformNet network(*backend, narrow::transform_weights(narrow::three_styles, "unit"));
  const Shape one{1, 3, 12, 16}, two{2, 3, 12, 16};
  const std::vector<float> pair = to_host(narrow::paint(network, narrow::recorded_input(*backend, two), narrow::recorded_blend(*backend)));
  const std::vector<float> single =
      to_host(narrow::paint(network, narrow::recorded_input(*backend, one), style_blend(*backend, {{0, 1, 0}})));
  const std::vector<double> first(pair.begin(), pair.begin() + one.elements());
  CHECK(narrow::error({single.begin(), single.end()}, first) < tolerance::f32);
}

TEST_CASE("one style of many paints as a network of that style alone") {
  const auto backend = make_cpu_backend();
  TransformWeights all = narrow::transform_weights(narrow::three_styles, "unit"), alone = all;
  alone.architecture.styles = 0;
  for (const auto& [name, shape] : transform_parameters(all.architecture)) {
    if (shape.h != 3 || shape.n != 1) continue;
    const auto row = alone.parameters[name].values.begin() + 2 * shape.w;
    alone.parameters[name] = {{shape.w}, {row, row + shape.w}};
  }
  const auto picture = [&] { return narrow::recorded_input(*backend, {1, 3, 12, 16}); };
  const Tensor third = narrow::paint(TransformNet(*backend, all), picture(), style_blend(*backend, {{0, 0, 1}}));
  CHECK(to_host(third) == to_host(narrow::paint(TransformNet(*backend, alone), picture())));
}

TEST_CASE("a blend that does not fit is refused") {
  const auto backend = make_cpu_backend();
  const TransformNet many(*backend, narrow::transform_weights(narrow::three_styles, "unit")),
      one(*backend, narrow::transform_weights(narrow::body));
  const Variable x(narrow::recorded_input(*backend, {1, 3, 12, 16}));
  CHECK(has(narrow::refusal<UsageError>([&] { many(x); }), "narrow.h5 holds 3 styles"));
  CHECK(has(narrow::refusal<UsageError>([&] { one(x, style_blend(*backend, {{1, 0, 0}})); }), "one style only"));
  CHECK(has(narrow::refusal<ShapeError>([&] { many(x, style_blend(*backend, {{1, 0}})); }), "must be [1, 1, 1, 3], not [1, 1, 1, 2]"));
  CHECK(has(narrow::refusal<ShapeError>([&] { many(x, narrow::recorded_blend(*backend)); }), "not [1, 1, 2, 3]"));
  CHECK(narrow::refusal<UsageError>([&] { style_blend(*backend, {}); }) != "");
  CHECK(narrow::refusal<UsageError>([&] { style_blend(*backend, {{}}); }) != "");
  CHECK(narrow::refusal<UsageError>([&] { style_blend(*backend, {{1, 0}, {1}}); }) != "");
}
