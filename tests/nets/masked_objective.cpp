// Masked terms: what masks of ones, of half a picture and of two paintings do; and PyTorch's losses and gradient with all of them.
#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "layers/gram.h"
#include "nets/gradient_norms.h"
#include "nets/paint.h"
#include "tests/nets/decorated.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

constexpr int width = 48, height = 40;

template <class F>
Mask mask_of(const std::string& name, F value) {
  Mask mask{name, width, height, {}};
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++) mask.values.push_back(float(value(i, j)));
  return mask;
}
Mask ones() {
  return mask_of("ones", [](int, int) { return 1; });
}
Mask left_half() {
  return mask_of("left", [](int, int j) { return j < width / 2; });
}
Mask right_half() {
  return mask_of("right", [](int, int j) { return j >= width / 2; });
}
// Eighths, whose averages are exact in f32.
Mask recorded_mask(uint32_t seed) {
  return mask_of("recorded", [&](int i, int j) { return std::floor((formula::value(uint32_t(i * width + j), seed) + 1) * 4) / 8; });
}

Tensor other(Backend& backend) { return narrow::caffe_picture(backend, 7, 3, height, width); }
Tensor second_painting(Backend& backend) { return narrow::caffe_picture(backend, 5, 4, 32, 36); }

ObjectiveSettings masked(int paintings, ObjectiveSettings settings = {}) {
  settings.masked_paintings = paintings;
  return settings;
}

struct Evaluated {
  std::vector<double> terms, gradient;
};
Evaluated evaluate(const Objective& objective, const Tensor& picture) {
  const Variable x(picture, true);
  const Objective::Losses losses = objective.evaluate(x);
  Evaluated found;
  for (const Variable& term : losses.terms) found.terms.push_back(scalar(term.value()));
  backward(losses.total);
  found.gradient = to_host_f64(x.grad());
  return found;
}

const Objective::Term& term_of(const Objective& objective, const std::string& name) {
  for (const Objective::Term& term : objective.terms())
    if (term.name == name) return term;
  FAIL("there is no term " << name);
  std::abort();
}

// Of one term, by the features of its layer.
std::vector<double> gradient_at_layer(const Objective& objective, const Objective::Term& term, const Tensor& features) {
  const Variable leaf(features, true);
  backward(objective.loss_of(term, leaf));
  return to_host_f64(leaf.grad());
}

}  // namespace

TEST_CASE("masks of ones change neither losses nor gradients") {
  const auto check = [](Backend& backend, double tolerance) {
    const Vgg vgg = narrow::network(backend);
    const Evaluated plain = evaluate(narrow::objective(vgg), other(backend));
    Objective objective(vgg, masked(1));
    objective.set_content(narrow::photo(backend), ones());
    objective.set_style({narrow::painting(backend)}, {}, {ones()});
    CHECK(objective.term_names() == narrow::objective(vgg).term_names());
    const Evaluated found = evaluate(objective, other(backend));
    for (size_t i = 0; i < plain.terms.size(); i++) {
      CAPTURE(i);
      CHECK(plain.terms[i] > 0);
      CHECK(std::abs(found.terms[i] - plain.terms[i]) <= tolerance * plain.terms[i]);
    }
    CHECK(narrow::error(found.gradient, plain.gradient) <= tolerance);
  };
  SUBCASE("reference backend, f64") {
    const auto backend = make_reference_backend(Dtype::f64);
    check(*backend, 1e-12);
  }
  SUBCASE("cpu backend, f32") {
    for (const int lanes : {8, 16}) {
      const auto backend = make_cpu_backend({.lanes = lanes});
      check(*backend, 1e-5);
    }
  }
}

TEST_CASE("losses and gradient with a masked photo and two masked paintings are PyTorch's") {
  const Recorded recorded("masked_style.h5");
  const auto check = [&](Backend& backend, const std::string& group, double tolerance) {
    const Vgg vgg = narrow::network(backend);
    Objective objective(vgg, masked(2));
    objective.set_content(narrow::photo(backend), recorded_mask(33));
    objective.set_style({narrow::painting(backend), second_painting(backend)}, {3, 1}, {recorded_mask(31), recorded_mask(32)});
    const Evaluated found = evaluate(objective, other(backend));
    const std::vector<double> terms = recorded.values(group + "/terms");
    REQUIRE(found.terms.size() == terms.size());
    for (size_t i = 0; i < terms.size(); i++) {
      CAPTURE(objective.terms()[i].name);
      CHECK(std::abs(found.terms[i] - terms[i]) <= tolerance * terms[i]);
    }
    // Ours is in the network's order: blue first.
    std::vector<double> wanted;
    const std::vector<double> rgb = recorded.values("f64/gradient");
    for (const size_t c : {2, 1, 0})
      wanted.insert(wanted.end(), rgb.begin() + long(c * width * height), rgb.begin() + long((c + 1) * width * height));
    CHECK(narrow::error(found.gradient, wanted) < tolerance);
  };
  SUBCASE("reference backend, f64") {
    const auto backend = make_reference_backend(Dtype::f64);
    check(*backend, "f64", 1e-11);
  }
  SUBCASE("cpu backend, f32") {
    for (const int lanes : {8, 16}) {
      const auto backend = make_cpu_backend({.lanes = lanes});
      check(*backend, "f32", tolerance::winograd_f32);
    }
  }
}

TEST_CASE("a style mask of half the picture compares that half's Gram matrix") {
  const auto backend = make_reference_backend(Dtype::f64);
  const Vgg vgg = narrow::network(*backend);
  Objective objective(vgg, masked(1));
  objective.set_style({narrow::painting(*backend)}, {}, {left_half()});
  const Objective::Term& term = term_of(objective, "style relu2_2");
  const Tensor features = vgg.features(Variable(other(*backend)), {"relu2_2"}).at("relu2_2").value();
  const Shape s = features.shape();
  const std::vector<double> all = to_host_f64(features);
  std::vector<float> half;
  for (int row = 0; row < s.c * s.h; row++)
    for (int j = 0; j < s.w / 2; j++) half.push_back(float(all[size_t(row * s.w + j)]));
  const Variable cropped(from_host(*backend, {1, s.c, s.h, s.w / 2}, half.data()));
  const std::vector<double> g = to_host_f64(gram(cropped).value()), target = to_host_f64(term.target);
  double loss = 0;
  for (size_t i = 0; i < g.size(); i++) loss += term.weight * (g[i] - target[i]) * (g[i] - target[i]);
  CHECK(loss > 0);
  CHECK(scalar(objective.loss_of(term, Variable(features)).value()) == doctest::Approx(loss).epsilon(1e-5));
}

TEST_CASE("where a mask is 0 nothing pulls: neither the photo nor the other region's painting") {
  for (const int lanes : {8, 16}) {
    const auto backend = make_cpu_backend({.lanes = lanes});
    const Vgg vgg = narrow::network(*backend);
    Objective objective(vgg, masked(2));
    objective.set_content(narrow::photo(*backend), right_half());
    objective.set_style({narrow::painting(*backend), second_painting(*backend)}, {}, {left_half(), right_half()});
    for (const std::string layer : {"relu2_2", "relu3_3"}) {
      const Tensor features = vgg.features(Variable(other(*backend)), {layer}).at(layer).value();
      const int w = features.shape().w;
      const auto check = [&](const std::string& name, bool left) {
        CAPTURE(name);
        const std::vector<double> d = gradient_at_layer(objective, term_of(objective, name), features);
        double inside = 0, outside = 0;
        for (size_t i = 0; i < d.size(); i++) {
          double& side = (int(i) % w < w / 2) == left ? inside : outside;
          side = std::max(side, std::abs(d[i]));
        }
        CHECK(inside > 0);
        CHECK(outside == 0);
      };
      check("style " + layer + " #1", true);
      check("style " + layer + " #2", false);
      if (layer == "relu2_2") check("content relu2_2", false);
    }
  }
}

TEST_CASE("the content term is the mean of the squared, masked differences") {
  const auto backend = make_reference_backend(Dtype::f64);
  const Vgg vgg = narrow::network(*backend);
  const ObjectiveSettings settings{{{"relu1_2", 3}}, {}, 2, 0, 0};
  Objective plain(vgg, settings), twice(vgg, settings);
  plain.set_content(narrow::photo(*backend));
  twice.set_content(narrow::photo(*backend), mask_of("2", [](int, int) { return 2; }));
  CHECK(evaluate(twice, other(*backend)).terms[0] == doctest::Approx(4 * evaluate(plain, other(*backend)).terms[0]).epsilon(1e-12));
  // Set again without, the mask is gone.
  twice.set_content(narrow::photo(*backend));
  CHECK(evaluate(twice, other(*backend)).terms[0] == evaluate(plain, other(*backend)).terms[0]);
}

TEST_CASE("masked paintings have a term each, weighted by K times their part of the blend") {
  const auto backend = make_reference_backend(Dtype::f64);
  const Vgg vgg = narrow::network(*backend);
  const ObjectiveSettings one_layer{{}, {{"relu2_2", 3}}, 0, 1, 0};
  const std::vector<Tensor> paintings{narrow::painting(*backend), second_painting(*backend)};
  const auto terms = [&](const std::vector<double>& blend) {
    Objective objective(vgg, masked(2, one_layer));
    CHECK(objective.term_names() == std::vector<std::string>{"style relu2_2 #1", "style relu2_2 #2"});
    objective.set_style(paintings, blend, {left_half(), right_half()});
    return evaluate(objective, other(*backend)).terms;
  };
  // Alone behind the same mask, a painting pulls as strongly as one of two at equal blend.
  Objective alone(vgg, masked(1, one_layer));
  alone.set_style({paintings[1]}, {}, {right_half()});
  const std::vector<double> even = terms({}), uneven = terms({1, 3});
  CHECK(even[1] == doctest::Approx(evaluate(alone, other(*backend)).terms[0]).epsilon(1e-12));
  CHECK(uneven[0] == doctest::Approx(0.5 * even[0]).epsilon(1e-12));
  CHECK(uneven[1] == doctest::Approx(1.5 * even[1]).epsilon(1e-12));
  CHECK(terms({0, 1})[0] == 0);
}

TEST_CASE("masked terms appear in the gradient norms") {
  const auto backend = make_cpu_backend();
  const Vgg vgg = narrow::network(*backend);
  Objective objective(vgg, masked(2));
  objective.set_content(narrow::photo(*backend), left_half());
  objective.set_style({narrow::painting(*backend), second_painting(*backend)}, {}, {left_half(), right_half()});
  const std::vector<GradientNorm> norms = gradient_norms(objective, other(*backend));
  REQUIRE(norms.size() == 10);
  CHECK(norms[1].term == "style relu1_2 #1");
  CHECK(norms[8].term == "style relu4_3 #2");
  for (const GradientNorm& norm : norms) CHECK(norm.at_layer > 0);
}

TEST_CASE("masks that do not fit are refused") {
  const auto backend = make_reference_backend();
  const Vgg vgg = narrow::network(*backend);
  const Tensor painting = narrow::painting(*backend);
  const auto refused = [&](int settings, const std::vector<Tensor>& paintings, const std::vector<Mask>& masks) {
    Objective objective(vgg, masked(settings));
    return narrow::refusal<UsageError>([&] { objective.set_style(paintings, {}, masks); });
  };
  CHECK(narrow::has(refused(1, {painting, painting}, {ones()}), "there are 1 masks for 2 paintings"));
  CHECK(narrow::has(refused(0, {painting}, {ones()}), "give each painting a mask, or none"));
  CHECK(narrow::has(refused(2, {painting, painting}, {}), "there are 0 masks for 2 paintings"));
  CHECK(refused(2, {painting, painting}, {ones(), left_half()}) == "");
  const Mask empty = mask_of("dark.png:linear(0,0)", [](int, int) { return 0; });
  CHECK(narrow::has(refused(1, {painting}, {empty}), "the mask \"dark.png:linear(0,0)\" is empty at relu1_2"));
  Objective objective(vgg, {});
  CHECK(narrow::has(narrow::refusal<UsageError>([&] { objective.set_content(narrow::photo(*backend), empty); }), "is empty at relu2_2"));
  Mask small = ones();
  small.height /= 2;
  small.values.resize(small.values.size() / 2);
  objective.set_content(narrow::photo(*backend), small);
  objective.set_style({painting});
  CHECK_THROWS_AS(objective.evaluate(Variable(other(*backend))), ShapeError);
}

TEST_CASE("painting with masks: at every scale they have the photo's size, and features may be bf16") {
  const auto backend = make_cpu_backend();
  const Picture photo = narrow::picture(1, 45, 38), style = narrow::picture(3, 30, 31);
  PaintSettings settings;
  settings.optimize.steps = 3;
  settings.scales = 2;
  settings.style_masks = {parse_mask("gradient:top"), parse_mask("depth.png:invert")};
  settings.style_masks[1].picture = narrow::picture(9, 20, 50);
  settings.content_mask = parse_mask("gradient:centre:linear(0.5,1)");
  InBf16 in_bf16(*backend);
  const auto paint_on = [&](Backend& chosen) { return paint(narrow::network(chosen), photo, {style, photo}, settings); };
  const Painted exact = paint_on(*backend), fast = paint_on(in_bf16);
  CHECK(exact.terms.size() == 10);
  CHECK(exact.terms[1] == "style relu1_2 #1");
  CHECK(exact.steps == 6);
  for (size_t i = 0; i < exact.terms.size(); i++) {
    CAPTURE(exact.terms[i]);
    CHECK(exact.result.last.terms[i] > 0);
    CHECK(fast.result.last.terms[i] == doctest::Approx(exact.result.last.terms[i]).epsilon(0.1));
  }
  // Without masks it is another picture.
  const std::vector<float> masked_picture = exact.picture.rgb;
  settings.style_masks.clear();
  settings.content_mask = {};
  CHECK(paint_on(*backend).picture.rgb != masked_picture);
}
