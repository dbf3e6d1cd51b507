// Training of AdaIN's decoder against recorded PyTorch (tests/reference/README.md, adain.h5), and what must hold of any.
#include "nets/adain_training.h"

#include <cmath>

#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "kernels/reference/reference.h"
#include "tests/nets/decorated.h"
#include "tests/nets/narrow_adain.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

constexpr int side = 32;

std::vector<float> picture(int i, bool style) {
  return style ? narrow::unit_picture(uint32_t(11 + 2 * i), 4 + i % 2, side, side) : narrow::unit_picture(uint32_t(1 + 2 * i), 5 - i % 2, side, side);
}

void append(std::vector<float>& all, const std::vector<float>& more) { all.insert(all.end(), more.begin(), more.end()); }

std::vector<float> pairs(int first, int count) {
  std::vector<float> all;
  for (int i = first; i < first + count; i++)
    for (const bool style : {false, true}) append(all, picture(i, style));
  return all;
}

std::vector<float> plain() {
  std::vector<float> all = picture(0, false);
  append(all, picture(1, false));
  return all;
}

AdainTrainingSettings settings(const std::string& loss) {
  AdainTrainingSettings s;
  s.rate = {RateSchedule::Kind::inverse, 1e-3};
  if (loss == "sums") {
    s.loss = AdainTrainingSettings::Loss::sums;
    s.style_weight = 0.02;
  } else {
    s.tv_weight = 0.5;
  }
  return s;
}

AdainTraining training(Backend& backend, const std::string& loss = "means", AdainWeights start = narrow::adain_decoder_weights("vgg16")) {
  return AdainTraining(backend, narrow::adain_encoder("vgg16"), start, plain(), side, settings(loss));
}

// Of scales that are rounded to f32, so no bound of f64. Adam's first steps hang on the signs of gradients, also of those that are hardly any.
void check_against_recorded(Backend& backend, const std::string& loss, double first_bound, double later_bound) {
  CAPTURE(loss);
  const std::vector<double> rows = Recorded("adain.h5").values(loss + "/terms");
  AdainTraining run(backend, narrow::adain_encoder("vgg16"), narrow::adain_decoder_weights("vgg16"), plain(), side, settings(loss));
  const size_t terms = run.term_names().size();
  REQUIRE(rows.size() == 3 * terms);
  for (size_t step = 0; step < 3; step++) {
    CAPTURE(step);
    const double bound = step == 0 ? first_bound : later_bound;
    const std::vector<double> judged = run.judge(pairs(0, 4)), found = run.step(pairs(0, 4));
    for (size_t i = 0; i < terms; i++) {
      CAPTURE(run.term_names()[i]);
      CHECK(found[i] == doctest::Approx(rows[step * terms + i]).epsilon(bound));
      CHECK(judged[i] == doctest::Approx(found[i]).epsilon(bound));  // one by one, the mean is the same
    }
  }
}

}  // namespace

TEST_CASE("training of adain goes the way it goes in PyTorch, for both losses") {
  for (const char* loss : {"means", "sums"}) {
    check_against_recorded(*make_reference_backend(Dtype::f64), loss, 1e-6, 1e-5);
    check_against_recorded(*make_cpu_backend(), loss, 1e-4, 5e-3);
  }
}

TEST_CASE("the channels of the scaled encoder are of size 1, and its decoder is used with the encoder as it was") {
  const auto backend = make_reference_backend(Dtype::f64);
  const VggWeights encoder = narrow::adain_encoder("vgg19");
  const auto scales = activation_scales(*backend, encoder, plain(), side);
  REQUIRE(scales.size() == 4);
  const auto again = activation_scales(*backend, scaled_encoder(encoder, scales), plain(), side);
  int ones = 0;
  for (const auto& layer : again)
    for (const float scale : layer) {
      CHECK(scale > 1 - 1e-4f);
      ones += scale < 1 + 1e-4f;
    }
  CHECK(ones > 50);  // of 80: the others are hardly ever active, and stay smaller

  AdainTraining run(*backend, encoder, narrow::adain_decoder_weights("vgg19"), plain(), side, settings("means"));
  const AdainWeights weights = run.weights();
  REQUIRE(weights.decoder.contains("features/scale"));
  const Variable rgb(from_host(*backend, {1, 3, side, side}, plain().data()));
  const Adain used(*backend, encoder, weights);
  AdainWeights bare = weights;
  bare.decoder.erase("features/scale");
  const Adain in_training(*backend, scaled_encoder(encoder, scales), bare);
  const auto a = to_host_f64(used.decode(used.encode(rgb)).value()), b = to_host_f64(in_training.decode(in_training.encode(rgb)).value());
  CHECK(narrow::error(a, b) < 1e-5);
}

TEST_CASE("the first steps teach a decoder to give photographs back, and nothing of style") {
  const auto backend = make_cpu_backend();
  AdainTrainingSettings s = settings("means");
  s.identity_steps = 200;
  s.rate.rate = 3e-3;
  AdainTraining run(*backend, narrow::adain_encoder("vgg16"), narrow::adain_decoder_weights("vgg16"), plain(), side, s);
  const AdainWeights before = run.weights();
  const size_t terms = run.term_names().size();
  REQUIRE(run.term_names().back() == "copy");
  std::vector<double> first, last;
  for (int t = 0; t < 200; t++) {
    REQUIRE(run.in_identity());
    last = run.step(pairs(0, 2));
    if (t == 0) first = last;
    CHECK(last[0] == last.back());
    for (size_t i = 1; i + 1 < terms; i++) CHECK(last[i] == 0);
  }
  const std::vector<float> photo = picture(0, false);
  const auto error = [&](const AdainWeights& weights) {  // of the photograph given back
    const Adain net(*backend, narrow::adain_encoder("vgg16"), weights);
    const std::vector<float> copied = to_host(net.decode(net.encode(Variable(from_host(*backend, {1, 3, side, side}, photo.data())))).value());
    double squares = 0;
    for (size_t i = 0; i < photo.size(); i++) squares += double(copied[i] - photo[i]) * (copied[i] - photo[i]);
    return squares;
  };
  CHECK(last[0] < 0.7 * first[0]);
  CHECK(error(run.weights()) < 0.7 * error(before));
  // Each convolution comes to give what the encoder's of its name was given: the mean cosine between the two.
  const VggWeights encoder = narrow::adain_encoder("vgg16");
  const VggWeights scaled = scaled_encoder(encoder, activation_scales(*backend, encoder, plain(), side));
  const auto likeness = [&](AdainWeights weights) {
    weights.decoder.erase("features/scale");
    const Adain net(*backend, scaled, weights);
    const Vgg::Features wanted = net.undone(Variable(from_host(*backend, {1, 3, side, side}, photo.data())));
    double sum = 0;
    net.decode(wanted.at("relu4_1"), [&](const std::string& name, const Variable& y) {
      if (!wanted.contains(name)) return y;
      const std::vector<double> found = to_host_f64(y.value()), target = to_host_f64(wanted.at(name).value());
      double both = 0, ours = 1e-30, theirs = 1e-30;
      for (size_t i = 0; i < found.size(); i++) {
        both += found[i] * target[i];
        ours += found[i] * found[i];
        theirs += target[i] * target[i];
      }
      sum += both / std::sqrt(ours * theirs);
      return y;
    });
    return sum / double(wanted.size() - 1);
  };
  CHECK(likeness(run.weights()) > likeness(before) + 0.1);
  const std::vector<double> painted = run.step(pairs(0, 2));
  CHECK(painted.back() == 0);
  for (size_t i = 1; i + 1 < terms; i++) CHECK(painted[i] > 0);
}

TEST_CASE("it learns: a decoder paints four pairs better and better") {
  const auto backend = make_cpu_backend();
  AdainTraining run(*backend, narrow::adain_encoder("vgg16"), fresh_adain(narrow::adain_encoder("vgg16").architecture, 3), plain(), side, settings("means"));
  const double before = run.judge(pairs(0, 4))[0];
  for (int step = 0; step < 60; step++) run.step(pairs(step % 2 * 2, 2));
  CHECK(run.steps_done() == 60);
  CHECK(run.judge(pairs(0, 4))[0] < 0.6 * before);
}

TEST_CASE("a batch is worked off in parts, and goes the same way as pictures together") {
  const auto backend = make_reference_backend(Dtype::f64);
  auto one = training(*backend), other = training(*backend);
  std::vector<float> six = pairs(0, 4), turned = pairs(2, 2);  // six pictures are two parts of three
  append(six, pairs(0, 2));
  append(turned, pairs(0, 2));
  append(turned, pairs(0, 2));
  const std::vector<double> judged = one.judge(six), a = one.step(six), b = other.step(turned);
  for (size_t i = 0; i < a.size(); i++) {
    CHECK(a[i] == doctest::Approx(judged[i]).epsilon(1e-12));
    CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-12));
  }
}

TEST_CASE("what is kept of a run goes on to the same numbers") {
  const auto backend = make_cpu_backend();
  auto whole = training(*backend), half = training(*backend);
  for (int step = 0; step < 2; step++) half.step(pairs(step, 2));
  auto rest = training(*backend, "means", half.weights());
  rest.restore_slots(half.slots(), half.steps_done());
  for (int step = 0; step < 4; step++) whole.step(pairs(step % 3, 2));
  for (int step = 2; step < 4; step++) rest.step(pairs(step % 3, 2));
  const NamedArrays a = whole.weights().decoder, b = rest.weights().decoder;
  for (const auto& [name, array] : a) CHECK_MESSAGE(b.at(name).values == array.values, name);

  // On other photographs the scale that the decoder has learnt with stays.
  AdainWeights scaled = half.weights();
  for (float& scale : scaled.decoder.at("features/scale").values) scale *= 2;
  CHECK(training(*backend, "means", scaled).weights().decoder.at("features/scale").values == scaled.decoder.at("features/scale").values);
}

TEST_CASE("steps of CUDA's kernels are those of the cpu, and recorded ones are the bytes of ordinary ones") {
  const auto losses_on = [](Backend& backend) {
    auto run = training(backend);
    std::vector<double> all;
    for (int step = 0; step < 4; step++) {
      const std::vector<double> losses = run.step(pairs(step % 3, 2));
      all.insert(all.end(), losses.begin(), losses.end());
    }
    return all;
  };
  const auto emulated = make_emulated_backend(0), cpu = make_cpu_backend();
  Unrecorded ordinary(*emulated);
  const std::vector<double> recorded = losses_on(*emulated), of_cpu = losses_on(*cpu);
  CHECK(recorded == losses_on(ordinary));
  for (size_t i = 0; i < 7; i++) CHECK(recorded[i] == doctest::Approx(of_cpu[i]).epsilon(1e-4));  // of the first step
  InBf16 coarse(*cpu);
  const std::vector<double> of_bf16 = losses_on(coarse);
  for (size_t i = 0; i < 6; i++) CHECK(of_bf16[i] == doctest::Approx(of_cpu[i]).epsilon(0.1));
}
