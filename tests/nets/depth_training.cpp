// Runs of teaching depth networks: they learn, and a run that is interrupted ends as one that is not.
#include "nets/depth_training.h"

#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "nets/depth_map.h"
#include "tests/nets/decorated.h"
#include "tests/nets/narrow_hourglass.h"
#include "tests/nets/narrow_vgg_depth.h"

using namespace impasto;

namespace {

constexpr int width = 32, height = 16, pixels = width * height;

// A bright disc in front of a dark ramp, elsewhere in each picture.
std::vector<float> batch(uint32_t number, int images = 2) {
  std::vector<float> all;
  for (int n = 0; n < images; n++) {
    const uint32_t seed = 50 + uint32_t(images) * number + uint32_t(n);
    const float x0 = 16 + 8 * formula::value(0, seed), y0 = 8 + 3 * formula::value(1, seed);
    std::vector<float> colour(3 * pixels), depth(pixels);
    for (int p = 0; p < pixels; p++) {
      const float x = float(p % width), y = float(p / width);
      const bool disc = (x - x0) * (x - x0) + (y - y0) * (y - y0) < 20;
      depth[size_t(p)] = disc ? 1 : 6 - 0.2f * y;
      for (int c = 0; c < 3; c++)
        colour[size_t(c * pixels + p)] = (disc ? 0.8f : 0.02f * y) + 0.05f * formula::value(uint32_t(c * pixels + p), seed);
    }
    all.insert(all.end(), colour.begin(), colour.end());
    all.insert(all.end(), depth.begin(), depth.end());
  }
  return all;
}

// Each of its pictures above itself: a square.
std::vector<float> tall_batch(uint32_t number) {
  const std::vector<float> all = batch(number);
  std::vector<float> tall;
  for (auto plane = all.begin(); plane != all.end(); plane += pixels)
    for (int twice = 0; twice < 2; twice++) tall.insert(tall.end(), plane, plane + pixels);
  return tall;
}

DepthTrainingSettings settings_of(int steps) {
  DepthTrainingSettings s;
  s.rate.kind = RateSchedule::Kind::constant;
  s.steps = steps;
  s.loss.pairs = 200;
  return s;
}

}  // namespace

TEST_CASE("the hourglass learns what is farther, in its running statistics too") {
  const auto backend = make_cpu_backend();
  DepthTraining training(*backend, fresh_hourglass(1), width, height, settings_of(25));
  REQUIRE(DepthTraining::term_names().size() == 5);
  std::vector<double> first, last;
  for (uint32_t t = 0; t < 25; t++) {
    last = training.step(batch(t));
    if (t == 0) first = last;
    CHECK(last[0] == doctest::Approx(last[1] + last[2] + last[3]).epsilon(1e-5));
  }
  CHECK(last[0] < 0.6 * first[0]);
  CHECK(last[4] < 0.2);
  const std::vector<double> other = training.judge(batch(1000, 4));
  CHECK(other[4] < 0.4);
  CHECK(training.steps_done() == 25);
}

// There the network's map has eight lanes, and the losses look up its pixels.
TEST_CASE("steps of CUDA's kernels teach depth as those of the cpu do, and recorded ones are the bytes of ordinary ones") {
  const auto losses_on = [](Backend& backend) {
    DepthTraining training(backend, fresh_vgg_depth(narrow::five_blocks(preprocessing("caffe")), 1), 32, 32, settings_of(4));
    std::vector<double> all;
    for (uint32_t t = 0; t < 4; t++) {
      const std::vector<double> losses = training.step(tall_batch(t));
      all.insert(all.end(), losses.begin(), losses.end());
    }
    return all;
  };
  const auto emulated = make_emulated_backend(0), cpu = make_cpu_backend();
  Unrecorded ordinary(*emulated);
  const std::vector<double> recorded = losses_on(*emulated), of_cpu = losses_on(*cpu);
  CHECK(recorded == losses_on(ordinary));
  for (size_t i = 0; i < DepthTraining::term_names().size(); i++) {  // of the first step: Adam makes much of rounding afterwards
    CAPTURE(i);
    CHECK(std::abs(recorded[i] - of_cpu[i]) <= 1e-3 * of_cpu[i]);
  }
}

TEST_CASE("the network on VGG-16 learns too, and leaves its trunk as it was; monodepth2 is not for teaching") {
  const auto backend = make_cpu_backend();
  const VggDepthWeights start = fresh_vgg_depth(narrow::five_blocks(preprocessing("caffe")), 1);
  DepthTraining training(*backend, start, 32, 32, settings_of(25));
  std::vector<double> first, last;
  for (uint32_t t = 0; t < 25; t++) {
    last = training.step(tall_batch(t));
    if (t == 0) first = last;
  }
  CHECK(last[0] < 0.8 * first[0]);
  const auto ended = std::get<VggDepthWeights>(training.weights());
  CHECK(ended.parameters.at("trunk/conv5_3/weight").values == start.parameters.at("trunk/conv5_3/weight").values);
  CHECK(ended.parameters.at("head/weight").values != start.parameters.at("head/weight").values);
  CHECK(ended.parameters.at("features/running_var").values != start.parameters.at("features/running_var").values);
  CHECK_THROWS_WITH_AS(DepthTraining(*backend, MonodepthWeights{"m.h5", "monodepth18"}, 32, 32, settings_of(1)),
                       "m.h5 is a monodepth2, which is for use, not for training; begin with an hourglass", UsageError);
}

TEST_CASE("a run that goes on from its state ends in the same numbers") {
  const auto backend = make_cpu_backend();
  DepthTraining whole(*backend, fresh_hourglass(2), width, height, settings_of(4));
  std::vector<std::vector<double>> losses;
  for (uint32_t t = 0; t < 2; t++) losses.push_back(whole.step(batch(t)));
  const DepthWeights half = whole.weights();
  const NamedArrays slots = whole.slots();
  for (uint32_t t = 2; t < 4; t++) losses.push_back(whole.step(batch(t)));

  DepthTraining resumed(*backend, half, width, height, settings_of(4));
  resumed.restore_slots(slots, 2);
  for (uint32_t t = 2; t < 4; t++) CHECK(resumed.step(batch(t)) == losses[t]);
  const auto ended = std::get<HourglassWeights>(whole.weights()), again = std::get<HourglassWeights>(resumed.weights());
  for (const auto& [name, array] : ended.parameters) CHECK_MESSAGE(again.parameters.at(name).values == array.values, name);
}

TEST_CASE("how much depth varies within a picture is measured on the network that will judge, and kept with it") {
  const auto backend = make_cpu_backend();
  HourglassWeights weights = narrow::hourglass_weights();
  const DepthNetwork network(*backend, weights);
  const std::vector<float> rgb = formula::values({2, 3, height, width}, 9);
  const Variable pictures(from_host(*backend, {2, 3, height, width}, rgb.data()));
  const std::vector<double> y = to_host_f64(network(pictures).value());
  double wanted = 0;
  for (size_t n = 0; n < 2; n++) {
    double mean = 0, square = 0;
    for (size_t p = 0; p < pixels; p++) {
      mean += y[n * pixels + p] / pixels;
      square += y[n * pixels + p] * y[n * pixels + p] / pixels;
    }
    wanted += (square - mean * mean) / 2;
  }
  CHECK(output_variance(network, pictures) == doctest::Approx(wanted).epsilon(1e-6));
  CHECK(!network.known_variance());
  weights.output_variance = 0.25;
  CHECK(DepthNetwork(*backend, weights).known_variance() == 0.25);
}
