// Masks: how they are written, what the gradients and shapes come to, and how they shrink to the layers.
#include "nets/mask.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/reference/reference.h"
#include "loaders/resize.h"
#include "tests/nets/narrow_vgg.h"

using namespace impasto;

namespace {

using Kind = MaskShape::Kind;
using Source = MaskSpec::Source;

std::string refused(const std::string& text) {
  return narrow::refusal<UsageError>([&] { parse_mask(text); });
}

Picture grey(int width, int height, const std::vector<float>& values) {
  Picture p;
  p.width = width;
  p.height = height;
  for (int c = 0; c < 3; c++) p.rgb.insert(p.rgb.end(), values.begin(), values.end());
  return p;
}

std::vector<float> values(const std::string& text, int width, int height) { return make_mask(parse_mask(text), width, height).values; }

// Of a picture of one row.
std::vector<float> of_row(const std::string& shapes, const std::vector<float>& row) {
  MaskSpec spec = parse_mask("row.png" + shapes);
  spec.picture = grey(int(row.size()), 1, row);
  return make_mask(spec, int(row.size()), 1).values;
}

void check_near(const std::vector<float>& found, const std::vector<double>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (size_t i = 0; i < wanted.size(); i++) {
    CAPTURE(i);
    CHECK(found[i] == doctest::Approx(wanted[i]).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("a mask is a source and its shapes, taken off from the right") {
  using Shapes = std::vector<MaskShape>;
  const auto check = [](const std::string& text, Source source, const std::string& file, const Shapes& shapes) {
    CAPTURE(text);
    const MaskSpec spec = parse_mask(text);
    CHECK(spec.text == text);
    CHECK(spec.source == source);
    CHECK(spec.file == file);
    CHECK(spec.shapes == shapes);
  };
  const MaskShape invert{Kind::invert}, stretch{Kind::stretch}, linear{Kind::linear, 0.8, 1}, sigmoid{Kind::sigmoid, 20, 0.5};
  check("depth.png", Source::picture, "depth.png", {});
  check("depth.png:invert", Source::picture, "depth.png", {invert});
  check("abc.png:invert", Source::picture, "abc.png", {invert});
  check("depth.png:stretch:linear(0.8,1):invert", Source::picture, "depth.png", {stretch, linear, invert});
  check("depth.png:linear(-1e-1,2)", Source::picture, "depth.png", {{Kind::linear, -0.1, 2}});
  check("gradient:top", Source::top, "", {});
  check("gradient:bottom", Source::bottom, "", {});
  check("gradient:left:invert", Source::left, "", {invert});
  check("gradient:right:invert:invert", Source::right, "", {invert, invert});
  check("gradient:centre:sigmoid(20,0.5)", Source::centre, "", {sigmoid});
  // Names of files with colons and parentheses.
  check("a:b.png", Source::picture, "a:b.png", {});
  check("http://x/y.png:invert", Source::picture, "http://x/y.png", {invert});
  check("scan:final(2).png:sigmoid(20,0.5)", Source::picture, "scan:final(2).png", {sigmoid});
  check("a:linear(1,2).png", Source::picture, "a:linear(1,2).png", {});
  check("depth(1)", Source::picture, "depth(1)", {});
  check("a:12", Source::picture, "a:12", {});
  check("gradient", Source::picture, "gradient", {});
  check("./gradient:x.png", Source::picture, "./gradient:x.png", {});
  check("invert", Source::picture, "invert", {});
}

TEST_CASE("a mask that cannot be is refused, naming what there is") {
  for (const char* text : {"d.png:sigmod(20,0.5)", "d.png:blur", "d.png:invert:Linear(1,2)", "d.png:blur:invert"}) {
    CAPTURE(text);
    CHECK(narrow::has(refused(text), "there are linear(a,b), sigmoid(k,c), range(a,b), invert and stretch"));
  }
  for (const char* text : {"gradient:up", "gradient:", "gradient:top.png", "gradient:up:invert", "gradient:top:left"}) {
    CAPTURE(text);
    CHECK(refused(text) != "");
  }
  CHECK(narrow::has(refused("gradient:middle.png"), "gradient:top, gradient:bottom, gradient:left, gradient:right and gradient:centre"));
  for (const char* text :
       {"d.png:linear", "d.png:linear(1)", "d.png:linear(1,2,3)", "d.png:linear(1,)", "d.png:linear(,1)", "d.png:linear(a,b)",
        "d.png:linear(nan,1)", "d.png:linear(1,inf)", "d.png:linear(1,2", "d.png:linear()", "d.png:linear(0, 1)"}) {
    CAPTURE(text);
    CHECK(narrow::has(refused(text), "linear takes two numbers, like linear(0.8,1)"));
  }
  CHECK(narrow::has(refused("d.png:sigmoid(20)"), "sigmoid takes two numbers, like sigmoid(20,0.5)"));
  for (const char* text : {"d.png:range(1)", "d.png:range(0.8,0.2)", "d.png:range(0.5,0.5)"}) {
    CAPTURE(text);
    CHECK(narrow::has(refused(text), "range takes two numbers, like range(0.2,0.8), the first the smaller one"));
  }
  CHECK(narrow::has(refused("d.png:invert(1)"), "gives numbers to invert, which takes none"));
  for (const char* text : {"", ":invert", ":linear(0,1):stretch"}) {
    CAPTURE(text);
    CHECK(narrow::has(refused(text), "names no picture"));
  }
}

TEST_CASE("gradients are 1 at their side and 0 at the other") {
  CHECK(values("gradient:top", 2, 3) == std::vector<float>{1, 1, 0.5f, 0.5f, 0, 0});
  CHECK(values("gradient:bottom", 2, 3) == std::vector<float>{0, 0, 0.5f, 0.5f, 1, 1});
  CHECK(values("gradient:left", 3, 2) == std::vector<float>{1, 0.5f, 0, 1, 0.5f, 0});
  CHECK(values("gradient:right", 3, 2) == std::vector<float>{0, 0.5f, 1, 0, 0.5f, 1});
  check_near(values("gradient:centre", 3, 3),
             {0, 1 - std::sqrt(0.5), 0, 1 - std::sqrt(0.5), 1, 1 - std::sqrt(0.5), 0, 1 - std::sqrt(0.5), 0});
  CHECK(values("gradient:centre", 1, 1) == std::vector<float>{1});
  CHECK(values("gradient:top", 1, 1) == std::vector<float>{1});
}

TEST_CASE("shapes are their formulas, one after the other") {
  const std::vector<float> d{0, 0.25f, 0.5f, 0.625f, 1};
  const auto each = [&](auto f) {
    std::vector<double> all;
    for (const float v : d) all.push_back(f(double(v)));
    return all;
  };
  check_near(of_row("", d), each([](double v) { return v; }));
  check_near(of_row(":invert", d), each([](double v) { return 1 - v; }));
  check_near(of_row(":linear(0.8,1)", d), each([](double v) { return 0.8 + 0.2 * v; }));
  check_near(of_row(":linear(0,2)", d), each([](double v) { return 2 * v; }));  // above 1 is allowed
  check_near(of_row(":sigmoid(20,0.5)", d), each([](double v) { return 1 / (1 + std::exp(-20 * (v - 0.5))); }));
  check_near(of_row(":sigmoid(20,0.8):invert", d), each([](double v) { return 1 - 1 / (1 + std::exp(-20 * (v - 0.8))); }));
  check_near(of_row(":linear(1,3):sigmoid(2,2)", d), each([](double v) { return 1 / (1 + std::exp(-2 * (1 + 2 * v - 2))); }));
  check_near(of_row(":range(0.25,0.625)", d), {0, 0, 2 / 3.0, 1, 1});
  check_near(of_row(":range(-0.5,1)", d), each([](double v) { return (v + 0.5) / 1.5; }));
  check_near(of_row(":range(0,2):invert", d), each([](double v) { return 1 - v / 2; }));
  check_near(of_row(":stretch", {0.25f, 0.5f, 0.75f}), {0, 0.5, 1});
  check_near(of_row(":linear(5,6):stretch:invert", {0.25f, 0.5f, 0.75f}), {1, 0.5, 0});
  CHECK(of_row(":sigmoid(1e6,0.5)", {0, 1}) == std::vector<float>{0, 1});
}

TEST_CASE("the brightness of a picture counts: black is 0, white exactly 1, alpha nothing") {
  MaskSpec spec = parse_mask("p.png");
  spec.picture = grey(5, 1, {0, 1, 1, 0, 0});
  const std::vector<float> green_and_blue{0, 1, 0, 1, 0, 0, 1, 0, 0, 1};
  std::copy(green_and_blue.begin(), green_and_blue.end(), spec.picture.rgb.begin() + 5);
  check_near(make_mask(spec, 5, 1).values, {0, 1, 0.299, 0.587, 0.114});
  spec.shapes = {{Kind::invert}};
  CHECK(make_mask(spec, 5, 1).values[1] == 0);
  MaskSpec clear = parse_mask("p.png");
  clear.picture = grey(8, 8, std::vector<float>(64, 0.5f));
  clear.picture.rgb[0] = 1;
  const std::vector<float> opaque = make_mask(clear, 4, 4).values;
  for (int i = 0; i < 64; i++) clear.picture.alpha.push_back(i % 2 ? 1.0f : 0.0f);
  CHECK(make_mask(clear, 4, 4).values == opaque);
}

TEST_CASE("a picture of another aspect is stretched") {
  MaskSpec spec = parse_mask("p.png");
  std::vector<float> halves(16 * 16);
  for (size_t i = 0; i < halves.size(); i++) halves[i] = i % 16 < 8 ? 1.0f : 0.0f;
  spec.picture = grey(16, 16, halves);
  const Mask mask = make_mask(spec, 40, 10);
  CHECK(mask.width == 40);
  CHECK(mask.height == 10);
  for (int i = 0; i < 10; i++) {
    CHECK(mask.values[size_t(i) * 40] == doctest::Approx(1));
    CHECK(mask.values[size_t(i) * 40 + 39] == doctest::Approx(0));
  }
}

TEST_CASE("values that cannot be are refused when the mask is made") {
  const auto refusal = [](const std::string& shapes, const std::vector<float>& row) {
    return narrow::refusal<UsageError>([&] { of_row(shapes, row); });
  };
  CHECK(refusal(":linear(-0.5,1)", {0, 1}) ==
        "the mask \"row.png:linear(-0.5,1)\" comes to -0.500000 somewhere; its values must be numbers from 0 on");
  CHECK(narrow::has(refusal(":linear(0,1e300)", {0, 1}), "comes to inf"));
  CHECK(narrow::has(refusal(":stretch", {0.25f, 0.25f}), "is 0.250000 everywhere, so there is nothing to stretch"));
  CHECK(refusal(":linear(-0.5,1):linear(0.5,1)", {0, 1}) == "");  // what comes out counts
  CHECK(narrow::has(narrow::refusal<Error>([] { make_mask(parse_mask("never.png"), 2, 2); }), "\"never.png\" has not been read"));
}

TEST_CASE("masks shrink to the layers by averages of 2x2, leaving out a last odd row and column") {
  const auto backend = make_reference_backend();
  Mask mask{"m", 5, 4, {}};
  for (int i = 0; i < 20; i++) mask.values.push_back(float(i));
  MaskLevels levels(*backend, mask);
  const Tensor quarter = levels.at(2, "relu3_1");
  CHECK(levels.at(0, "relu1_1").shape() == Shape{1, 1, 4, 5});
  CHECK(to_host(levels.at(0, "relu1_1")) == mask.values);
  CHECK(to_host(levels.at(1, "relu2_1")) == std::vector<float>{3, 5, 13, 15});
  CHECK(to_host(quarter) == std::vector<float>{9});
  CHECK(quarter.frozen());
  CHECK(levels.at(2, "relu3_1").raw() == quarter.raw());  // once each
}

TEST_CASE("in cells a mask is the mean of each, and goes on beyond its end as it is there") {
  Mask mask{"m", 5, 3, {}};
  for (int i = 0; i < 15; i++) mask.values.push_back(float(i));
  const Mask cells = in_cells(mask, 2, 4, 2);
  CHECK(cells.width == 4);
  CHECK(cells.height == 2);
  CHECK(cells.values == std::vector<float>{3, 5, 6.5f, 6.5f, 10.5f, 12.5f, 14, 14});
  CHECK(in_cells({"one", 1, 1, {0.25f}}, 8, 2, 2).values == std::vector<float>(4, 0.25f));
}

TEST_CASE("a mask that is empty at a layer is refused there") {
  const auto backend = make_reference_backend();
  const auto refusal = [&](const Mask& mask, int halvings) {
    return narrow::refusal<UsageError>([&] { MaskLevels(*backend, mask).at(halvings, "relu9"); });
  };
  CHECK(refusal({"dark.png", 2, 2, {0, 0, 0, 0}}, 0) ==
        "the mask \"dark.png\" is empty at relu9: it is 0 everywhere there, so nothing would count");
  CHECK(refusal({"edge", 3, 2, {0, 0, 1, 0, 0, 1}}, 0) == "");
  CHECK(refusal({"edge", 3, 2, {0, 0, 1, 0, 0, 1}}, 1) != "");  // only the odd column was left
}
