// Runs of training against recorded PyTorch (tests/reference, training_run.h5), and what must hold of any.
#include "nets/transform_training.h"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "tests/nets/narrow_transform.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

Picture picture(uint32_t seed, int block, int height, int width) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb = formula::picture(seed, block, height, width);
  for (float& v : p.rgb) v /= 255;
  return p;
}

constexpr int side = 16;

std::vector<float> batch(std::vector<std::pair<uint32_t, int>> seeds) {
  std::vector<float> all;
  for (const auto& [seed, block] : seeds) {
    const Picture p = picture(seed, block, side, side);
    all.insert(all.end(), p.rgb.begin(), p.rgb.end());
  }
  return all;
}

std::vector<float> batch_of_step(uint32_t t) { return batch({{10 + 2 * t, 5}, {11 + 2 * t, 3}}); }

TransformTrainingSettings settings_of(int steps) {
  TransformTrainingSettings s;
  s.rate.kind = RateSchedule::Kind::constant;
  s.steps = steps;
  return s;
}

const Preprocessing& caffe() { return preprocessing("caffe"); }

TransformTraining one_style(Backend& backend, const TransformTrainingSettings& settings = settings_of(60)) {
  return {backend, narrow::transform_weights(narrow::examples), narrow::weights(caffe()), {picture(3, 4, 36, 44)}, settings};
}

TransformTraining two_styles(Backend& backend, int first_style, const TransformTrainingSettings& settings) {
  std::string text = narrow::three_styles;
  text.back() = '2';
  std::vector<Picture> paintings{picture(3, 4, 36, 44), picture(9, 2, 30, 30)};
  paintings.erase(paintings.begin(), paintings.begin() + first_style);
  TransformTrainingSettings s = settings;
  s.first_style = first_style;
  return {backend, narrow::transform_weights(text), narrow::weights(caffe()), paintings, s};
}

/// Of every term from step `from` on, root mean square of the relative differences to f64.
double drift(const std::vector<double>& terms, const std::vector<double>& wanted, size_t from) {
  double sum = 0;
  for (size_t i = from; i < wanted.size(); i++) sum += std::pow(terms[i] / wanted[i] - 1, 2);
  return std::sqrt(sum / double(wanted.size() - from));
}

}  // namespace

TEST_CASE("a run follows PyTorch for 20 steps, and then drifts no further than f32 does") {
  const Recorded recorded("training_run.h5");
  const std::vector<double> wanted = recorded.values("f64/terms"), theirs = recorded.values("f32/terms");
  constexpr size_t terms = 6, followed = 20;
  const auto backend = make_cpu_backend();
  TransformTraining training = one_style(*backend);
  std::vector<double> found;
  for (size_t t = 0; t < wanted.size() / terms; t++) {
    const std::vector<double> losses = training.step(batch_of_step(uint32_t(t)), 2, side);
    REQUIRE(losses.size() == terms + 1);
    found.insert(found.end(), losses.begin() + 1, losses.end());
  }
  for (size_t i = 0; i < followed * terms; i++) {
    CAPTURE(i);
    CHECK(std::abs(found[i] / wanted[i] - 1) < 1e-3);
  }
  const double ours = drift(found, wanted, followed * terms), pytorch = drift(theirs, wanted, followed * terms);
  CAPTURE(ours);
  CAPTURE(pytorch);
  CHECK(ours < 3 * pytorch);
}

TEST_CASE("a run that goes on from what was kept gives the same numbers") {
  const auto backend = make_cpu_backend();
  TransformTraining undisturbed = one_style(*backend), first = one_style(*backend);
  for (uint32_t t = 0; t < 6; t++) undisturbed.step(batch_of_step(t), 2, side);
  for (uint32_t t = 0; t < 3; t++) first.step(batch_of_step(t), 2, side);
  TransformTraining second(*backend, first.weights(), narrow::weights(caffe()), {picture(3, 4, 36, 44)}, settings_of(60));
  CHECK(second.steps_done() == 0);
  second.restore_slots(first.slots(), first.steps_done());
  for (uint32_t t = 3; t < 6; t++) second.step(batch_of_step(t), 2, side);
  CHECK(second.steps_done() == 6);
  for (const auto& [name, array] : undisturbed.weights().parameters) {
    CAPTURE(name);
    CHECK(second.weights().parameters.at(name).values == array.values);
  }
  NamedArrays slots = first.slots();
  slots.erase("conv1/weight/m");
  CHECK_THROWS_AS(second.restore_slots(slots, 3), ShapeError);
  slots = first.slots();
  slots["conv9/weight/m"] = {{1}, {0}};
  CHECK_THROWS_AS(second.restore_slots(slots, 3), ShapeError);
}

TEST_CASE("at first pixels alone are judged, then all but them") {
  const auto backend = make_cpu_backend();
  TransformTrainingSettings settings = settings_of(60);
  settings.identity_steps = 30;
  settings.rate.rate = 1e-2;
  TransformTraining training = one_style(*backend, settings);
  const std::vector<std::string> names = training.term_names();
  CHECK(names.back() == "pixel");
  CHECK(names.front() == "total");
  double first = 0, last = 0;
  for (uint32_t t = 0; t < 30; t++) {
    CHECK(training.in_identity());
    const std::vector<double> losses = training.step(batch_of_step(0), 2, side);
    CHECK(losses.back() == losses[0]);
    CHECK(losses[1] == 0);
    (t == 0 ? first : last) = losses[0];
  }
  CHECK(last < 0.5 * first);
  const std::vector<double> losses = training.step(batch_of_step(0), 2, side);
  CHECK(losses.back() == 0);
  CHECK(losses[1] > 0);
  CHECK(losses[0] > losses[1]);
}

TEST_CASE("style comes in from a hundredth of its weight, and what is reported is at its whole weight") {
  const auto backend = make_cpu_backend();
  TransformTrainingSettings warm = settings_of(30), whole = settings_of(30), hundredth = settings_of(30);
  warm.identity_steps = 10;
  warm.style_warmup = 0.5;
  TransformTraining scales = one_style(*backend, warm);
  const auto scale_at = [&](int step) {
    scales.restore_slots(scales.slots(), step);
    return scales.style_scale();
  };
  CHECK(scale_at(9) == 1);
  CHECK(scale_at(10) == doctest::Approx(0.01));
  CHECK(scale_at(15) == doctest::Approx(0.1));
  CHECK(scale_at(20) == 1);

  warm.identity_steps = 0;
  hundredth.objective.style_weight *= first_style_scale;
  TransformTraining a = one_style(*backend, warm), b = one_style(*backend, whole), c = one_style(*backend, hundredth);
  const std::vector<double> reported = a.step(batch_of_step(0), 2, side), full = b.step(batch_of_step(0), 2, side);
  c.step(batch_of_step(0), 2, side);
  for (size_t i = 0; i < full.size(); i++) CHECK(reported[i] == doctest::Approx(full[i]).epsilon(1e-5));
  // But its gradient is that of the hundredth.
  const auto gradient = [](const TransformTraining& x) {
    const NamedArrays slots = x.slots();
    double squares = 0;
    for (const float m : slots.at("conv1/weight/m").values) squares += double(m) * m;
    return std::sqrt(squares);
  };
  CHECK(gradient(a) == doctest::Approx(gradient(c)).epsilon(1e-4));
  CHECK(gradient(b) > 2 * gradient(a));
}

TEST_CASE("of several styles each picture has its own, in turn") {
  const auto backend = make_cpu_backend();
  // Each painting alone, by an objective of its own, is what the mixed batch must add up to.
  const auto alone = [&](int style, const std::vector<float>& rgb) {
    TransformTrainingSettings settings = settings_of(60);
    settings.rate.rate = 1e-9;
    TransformTraining training = two_styles(*backend, 0, settings);
    if (style == 1) training.restore_slots(training.slots(), 1);  // an odd count of pictures: the second painting is next
    return training.step(rgb, 1, side);
  };
  TransformTraining training = two_styles(*backend, 0, settings_of(60));
  const std::vector<float> a = batch({{1, 5}}), b = batch({{5, 3}});
  std::vector<float> both = a;
  both.insert(both.end(), b.begin(), b.end());
  const std::vector<double> mixed = training.step(both, 2, side), first = alone(0, a), second = alone(1, b), wrong = alone(0, b);
  for (size_t i = 0; i < mixed.size(); i++) {
    CAPTURE(training.term_names()[i]);
    CHECK(std::abs(mixed[i] / (0.5 * (first[i] + second[i])) - 1) < tolerance::winograd_f32);
  }
  CHECK(std::abs(wrong[2] / second[2] - 1) > 0.01);
}

TEST_CASE("steps that are recorded and replayed follow the phase, the styles in turn, and no other photographs") {
  const auto losses_on = [](Backend& backend) {
    TransformTrainingSettings settings = settings_of(20);
    settings.identity_steps = 3;
    settings.style_warmup = 0.25;
    TransformTraining training = two_styles(backend, 0, settings);
    std::vector<double> all;
    for (uint32_t t = 0; t < 9; t++) {
      const std::vector<double> losses = training.step(batch({{t + 1, 5}, {t + 2, 4}, {t + 3, 3}}), 3, side);  // odd: the turn changes
      all.insert(all.end(), losses.begin(), losses.end());
      if (t == 5) training.judge(batch_of_step(0), 2, side);
    }
    return all;
  };
  const auto recorded = make_emulated_backend(0), ordinary = make_cpu_backend();
  const std::vector<double> found = losses_on(*recorded), wanted = losses_on(*ordinary);
  for (size_t i = 0; i < wanted.size(); i++) {
    CAPTURE(i);
    CHECK(std::abs(found[i] - wanted[i]) <= 1e-3 * wanted[i]);
  }
}

TEST_CASE("a further style moves its own gammas and betas only") {
  const auto backend = make_cpu_backend();
  TransformTrainingSettings settings = settings_of(60);
  settings.norms_only = true;
  TransformTraining training = two_styles(*backend, 1, settings);
  const NamedArrays before = training.weights().parameters;
  for (uint32_t t = 0; t < 3; t++) training.step(batch_of_step(t), 2, side);
  for (const auto& [name, array] : training.weights().parameters) {
    CAPTURE(name);
    const std::vector<float>& old = before.at(name).values;
    const bool norm = name.ends_with("/gamma") || name.ends_with("/beta");
    const size_t row = array.values.size() / 2;  // the first style's numbers
    CHECK(std::equal(old.begin(), norm ? old.begin() + ptrdiff_t(row) : old.end(), array.values.begin()));
    if (norm) CHECK(!std::equal(old.begin() + ptrdiff_t(row), old.end(), array.values.begin() + ptrdiff_t(row)));
  }
}

TEST_CASE("paintings must be as many as the styles that are to be learnt") {
  const auto backend = make_cpu_backend();
  CHECK_THROWS_AS(TransformTraining(*backend, narrow::transform_weights(narrow::examples), narrow::weights(caffe()), {}, settings_of(1)),
                  UsageError);
  CHECK_THROWS_AS(two_styles(*backend, 2, settings_of(1)), UsageError);
}

TEST_CASE("other photographs are judged by the network as it paints, and nothing is learnt from them") {
  const auto backend = make_cpu_backend();
  TransformTraining training = one_style(*backend);
  const std::vector<double> judged = training.judge(batch_of_step(0), 2, side);
  CHECK(judged == training.judge(batch_of_step(0), 2, side));
  const std::vector<double> learnt = training.step(batch_of_step(0), 2, side);
  for (size_t i = 0; i < judged.size(); i++) CHECK(std::abs(judged[i] / learnt[i] - 1) < tolerance::winograd_f32);
}

TEST_CASE("rates fall as their schedule says") {
  RateSchedule r{RateSchedule::Kind::cosine, 1e-2, 1e-4, 10};
  CHECK(r.at(0, 100) == 1e-2);
  CHECK(r.at(50, 100) == doctest::Approx(0.00505));
  CHECK(r.at(100, 100) == doctest::Approx(1e-4));
  CHECK(r.at(101, 100) == doctest::Approx(1e-4));
  r.kind = RateSchedule::Kind::halved;
  CHECK(r.at(9, 100) == 1e-2);
  CHECK(r.at(10, 100) == 5e-3);
  CHECK(r.at(29, 100) == 2.5e-3);
  r.kind = RateSchedule::Kind::constant;
  CHECK(r.at(99, 100) == 1e-2);
}
