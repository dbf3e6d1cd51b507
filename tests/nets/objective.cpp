// The objective against PyTorch's terms and first gradient (tests/reference/gatys_steps.h5), and its options against formulas.
#include "nets/objective.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "nets/gradient_norms.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

std::vector<double> terms_of(const Objective& objective, const Tensor& picture) {
  std::vector<double> terms;
  for (const Variable& term : objective.evaluate(Variable(picture)).terms) terms.push_back(scalar(term.value()));
  return terms;
}

ObjectiveSettings one_style(const std::string& layer) { return {{}, {{layer}}, 0, 1, 0}; }

// A third picture, at which nothing is 0.
Tensor other(Backend& backend) { return narrow::caffe_picture(backend, 7, 3, 40, 48); }

std::string refused(const Vgg& vgg, const ObjectiveSettings& settings) {
  return narrow::refusal<UsageError>([&] { Objective(vgg, settings); });
}

}  // namespace

TEST_CASE("terms and first gradient are PyTorch's") {
  const Recorded recorded("gatys_steps.h5");
  const auto check = [&](Backend& backend, const std::string& group, double tolerance) {
    const Vgg vgg = narrow::network(backend);
    const Objective objective = narrow::objective(vgg);
    const Variable x(narrow::photo(backend), true);
    const Objective::Losses losses = objective.evaluate(x);
    const std::vector<double> rows = recorded.values(group + "/adam_lr1_terms");
    std::vector<double> terms;
    double total = 0;
    for (const Variable& term : losses.terms) {
      terms.push_back(scalar(term.value()));
      total += terms.back();
    }
    CHECK(terms[0] == 0);
    for (size_t i = 0; i < 6; i++) {
      CAPTURE(i);
      CHECK(std::abs(terms[i] - rows[i]) <= tolerance * rows[i]);
    }
    CHECK(std::abs(scalar(losses.total.value()) - total) <= tolerance * total);
    backward(losses.total);
    std::vector<double> rgb = narrow::recorded_order(x.grad());
    const size_t pixels = rgb.size() / 3;
    for (size_t i = 0; i < rgb.size(); i++) rgb[i] -= preprocessing("caffe").mean[2 - i / pixels];  // a gradient has no mean
    CHECK(narrow::error(rgb, recorded.values("f64/first_gradient")) < tolerance);
  };
  SUBCASE("reference backend, f64") {
    const auto backend = make_reference_backend(Dtype::f64);
    check(*backend, "f64", 1e-11);
  }
  SUBCASE("cpu backend, f32") {
    const auto backend = make_cpu_backend();
    check(*backend, "f32", tolerance::winograd_f32);
  }
}

TEST_CASE("terms are named and ordered, and what weighs nothing is left out") {
  const auto backend = make_reference_backend();
  const Vgg vgg = narrow::network(*backend);
  CHECK(Objective(vgg, {}).term_names() ==
        std::vector<std::string>{"content relu2_2", "style relu1_2", "style relu2_2", "style relu3_3", "style relu4_3", "tv"});
  CHECK(Objective(vgg, {{{"relu2_2"}, {"relu1_1", 0}}, {{"relu1_2"}}, 1, 0, 0}).term_names() ==
        std::vector<std::string>{"content relu2_2"});
}

TEST_CASE("weights of kind and layer multiply") {
  const auto backend = make_reference_backend(Dtype::f64);
  const Vgg vgg = narrow::network(*backend);
  const auto terms = [&](const ObjectiveSettings& settings) {
    Objective objective(vgg, settings);
    objective.set_content(narrow::photo(*backend));
    objective.set_style({narrow::painting(*backend)});
    return terms_of(objective, other(*backend));
  };
  const std::vector<double> plain = terms({{{"relu2_2"}}, {{"relu1_2"}, {"relu3_3"}}, 1, 1, 1});
  const std::vector<double> weighted = terms({{{"relu2_2", 3}}, {{"relu1_2", 0.5}, {"relu3_3", 2}}, 7, 11, 13});
  const double factors[] = {21, 5.5, 22, 13};
  for (size_t i = 0; i < 4; i++) {
    CAPTURE(i);
    CHECK(plain[i] > 0);
    CHECK(weighted[i] == doctest::Approx(factors[i] * plain[i]).epsilon(1e-12));
  }
}

TEST_CASE("a blend is the weighted mean of the paintings' Gram matrices") {
  const auto backend = make_reference_backend(Dtype::f64);
  const Vgg vgg = narrow::network(*backend);
  const Tensor a = narrow::painting(*backend), b = narrow::photo(*backend), x = other(*backend);
  const auto target = [&](const std::vector<Tensor>& paintings, const std::vector<double>& blend) {
    Objective objective(vgg, one_style("relu2_2"));
    objective.set_style(paintings, blend);
    return to_host_f64(objective.terms()[0].target);
  };
  const std::vector<double> ga = target({a}, {}), gb = target({b}, {7});
  const std::vector<double> even = target({a, b}, {}), uneven = target({a, b}, {6, 2}), first = target({a, b}, {3, 0});
  for (size_t i = 0; i < ga.size(); i++) {
    CHECK(even[i] == doctest::Approx((ga[i] + gb[i]) / 2).epsilon(1e-12));
    CHECK(uneven[i] == doctest::Approx(0.75 * ga[i] + 0.25 * gb[i]).epsilon(1e-12));
    CHECK(first[i] == doctest::Approx(ga[i]).epsilon(1e-12));
  }
  CHECK(narrow::error(ga, gb) > 0.01);
}

TEST_CASE("the gradient norms are those of each term alone, and the shares sum to 1") {
  const auto backend = make_reference_backend(Dtype::f64);
  const Vgg vgg = narrow::network(*backend);
  const Objective objective = narrow::objective(vgg);
  const Tensor x = other(*backend);
  const std::vector<GradientNorm> norms = gradient_norms(objective, x);
  REQUIRE(norms.size() == 6);
  double shares = 0;
  for (size_t i = 0; i < norms.size(); i++) {
    CAPTURE(norms[i].term);
    CHECK(norms[i].term == objective.terms()[i].name);
    const Variable leaf(x, true);
    backward(objective.evaluate(leaf).terms[i]);
    double squares = 0;
    for (const double g : to_host_f64(leaf.grad())) squares += g * g;
    CHECK(norms[i].at_picture == doctest::Approx(std::sqrt(squares)).epsilon(1e-12));
    CHECK(norms[i].at_layer > 0);
    CHECK(norms[i].share > 0);
    shares += norms[i].share;
  }
  CHECK(shares == doctest::Approx(1));
  // Content: d/dF w mean((F - T)^2) has the norm 2 w |F - T| / n, and the loss is w |F - T|^2 / n.
  const double n = double(objective.terms()[0].target.shape().elements()), loss = terms_of(objective, x)[0];
  CHECK(norms[0].at_layer == doctest::Approx(2 * std::sqrt(loss / n)).epsilon(1e-12));
}

TEST_CASE("layer lists are read with and without weights") {
  using Layers = std::vector<WeightedLayer>;
  CHECK(parse_layers("relu1_2") == Layers{{"relu1_2", 1}});
  CHECK(parse_layers("relu1_2,relu2_2:0.5,x:0") == Layers{{"relu1_2", 1}, {"relu2_2", 0.5}, {"x", 0}});
  CHECK(parse_layers("") == Layers{});
  for (const char* wrong : {",", "a,", ",a", "a,,b", "a:", "a:x", "a:1x", ":2", "a:1:2", "a: 1"}) {
    CAPTURE(wrong);
    CHECK(narrow::refusal<UsageError>([&] { parse_layers(wrong); }) != "");
  }
}

TEST_CASE("an objective that cannot be is refused with its reason") {
  const auto backend = make_reference_backend();
  const Vgg vgg = narrow::network(*backend);
  CHECK(narrow::has(refused(vgg, {{{"relu9_9"}}, {}, 1, 1, 1}), "has no layer \"relu9_9\"; it has relu1_1, relu1_2"));
  CHECK(refused(vgg, {{{"relu2_2"}, {"relu2_2"}}, {}, 1, 1, 1}) == "the content layer relu2_2 is named twice");
  CHECK(narrow::has(refused(vgg, {{{"relu2_2", -1}}, {}, 1, 1, 1}), "the weight of content relu2_2 must be a number from 0 on"));
  CHECK(narrow::has(refused(vgg, {{{"relu2_2"}}, {}, NAN, 1, 1}), "the weight of content must be"));
  CHECK(narrow::has(refused(vgg, {{}, {}, 1, 1, 1}), "nothing to paint by"));
  Objective objective(vgg, {});
  const Variable x(narrow::photo(*backend));
  CHECK(narrow::refusal<Error>([&] { objective.evaluate(x); }) == "the objective has no target for style relu1_2 yet");
  const Tensor painting = narrow::painting(*backend);
  CHECK(narrow::has(narrow::refusal<UsageError>([&] { objective.set_style({painting}, {1, 2}); }), "2 weights for 1 paintings"));
  CHECK(narrow::has(narrow::refusal<UsageError>([&] { objective.set_style({painting}, {0}); }), "all weights of the blend are 0"));
  CHECK(narrow::has(narrow::refusal<UsageError>([&] { objective.set_style({}, {}); }), "at least one painting"));
}

TEST_CASE("gradients of shallow layers do not wait for the deep ones") {
  // All four style gradients at once would need another half of the features.
  const auto backend = make_reference_backend();
  const Vgg vgg = narrow::network(*backend);
  const auto peak = [&](const ObjectiveSettings& settings) {
    Objective objective(vgg, settings);
    objective.set_style({narrow::painting(*backend)});
    const Variable x(narrow::photo(*backend), true);
    backend->pool()->reset_peak();
    backward(objective.evaluate(x).total);
    return backend->pool()->usage().peak;
  };
  const size_t deep_alone = peak(one_style("relu4_3")), all = peak({{}, {{"relu1_2"}, {"relu2_2"}, {"relu3_3"}, {"relu4_3"}}, 0, 1, 0});
  const size_t relu1_2 = 8 * 40 * 48 * sizeof(float);
  CHECK(all < deep_alone + relu1_2 / 2);
}

TEST_CASE("pixels are compared with the photo, whatever its layout, and need no layer") {
  const auto backend = make_cpu_backend();
  const Vgg vgg = narrow::network(*backend);
  ObjectiveSettings settings{{}, {}, 0, 0, 0};
  CHECK(refused(vgg, settings).find("nothing to paint by") != std::string::npos);
  settings.pixel_weight = 3;
  Objective objective(vgg, settings);
  CHECK(objective.term_names() == std::vector<std::string>{"pixel"});
  const Tensor photo = from_host(*backend, {1, 3, 40, 48}, to_host(narrow::photo(*backend)).data());
  objective.set_content(photo);
  const Variable x(other(*backend), true);
  const std::vector<float> a = to_host(x.value()), b = to_host(photo);
  double wanted = 0;
  for (size_t i = 0; i < a.size(); i++) wanted += 3 * std::pow(double(a[i]) - double(b[i]), 2) / double(a.size());
  const Objective::Losses losses = objective.descend(x);
  CHECK(scalar(losses.total.value()) == doctest::Approx(wanted).epsilon(1e-5));
  const std::vector<float> gradient = to_host(x.grad());
  for (size_t i = 0; i < a.size(); i += 97) CHECK(gradient[i] == doctest::Approx(6 * (a[i] - b[i]) / double(a.size())).epsilon(1e-4));
}

TEST_CASE("style by means compares each channel's mean") {
  const auto backend = make_cpu_backend();
  const Vgg vgg = narrow::network(*backend);
  ObjectiveSettings settings = one_style("relu2_2");
  settings.statistic = StyleStatistic::mean;
  Objective objective(vgg, settings);
  const Tensor painting = narrow::painting(*backend);
  objective.set_style({painting});
  const auto means = [&](const Tensor& picture) {
    const Tensor features = vgg.features(Variable(picture), {"relu2_2"}).at("relu2_2").value();
    const std::vector<float> all = to_host(features);
    std::vector<double> mean(size_t(features.shape().c));
    const size_t pixels = size_t(features.shape().pixels());
    for (size_t i = 0; i < all.size(); i++) mean[i / pixels] += all[i] / double(pixels);
    return mean;
  };
  const std::vector<double> a = means(other(*backend)), b = means(painting);
  double wanted = 0;
  for (size_t c = 0; c < a.size(); c++) wanted += std::pow(a[c] - b[c], 2);
  CHECK(terms_of(objective, other(*backend))[0] == doctest::Approx(wanted).epsilon(1e-4));
  settings.masked_paintings = 2;
  CHECK(refused(vgg, settings).find("Gram") != std::string::npos);
}

TEST_CASE("each picture of a batch can have a painting of its own") {
  const auto backend = make_cpu_backend();
  const Vgg vgg = narrow::network(*backend);
  Objective objective(vgg, one_style("relu2_2"));
  CHECK_THROWS_AS(objective.set_styles({}), UsageError);
  const std::vector<Tensor> paintings{narrow::painting(*backend), narrow::caffe_picture(*backend, 9, 2, 30, 32)};
  objective.set_styles(paintings);
  const auto of_one = [&](int picture, int painting) {
    Objective single(vgg, one_style("relu2_2"));
    single.set_style({paintings[size_t(painting)]});
    return terms_of(single, narrow::caffe_picture(*backend, uint32_t(picture), 3, 40, 48))[0];
  };
  std::vector<float> both = to_host(narrow::caffe_picture(*backend, 1, 3, 40, 48));
  const std::vector<float> second = to_host(narrow::caffe_picture(*backend, 2, 3, 40, 48));
  both.insert(both.end(), second.begin(), second.end());
  const Tensor pictures = from_host(*backend, {2, 3, 40, 48}, both.data());
  for (const auto& [a, b] : {std::pair{0, 1}, {1, 0}, {1, 1}}) {
    objective.choose_styles({a, b});
    CHECK(terms_of(objective, pictures)[0] == doctest::Approx(0.5 * (of_one(1, a) + of_one(2, b))).epsilon(1e-4));
  }
  CHECK_THROWS_AS(objective.choose_styles({0, 2}), UsageError);
}
