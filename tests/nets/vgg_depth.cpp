// The depth network on VGG-16 against recorded PyTorch (tests/reference/README.md, vgg_depth.h5), its files, and what it refuses.
#include "nets/vgg_depth.h"

#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "nets/depth_map.h"
#include "nets/vgg_depth_file.h"
#include "tests/loaders/hdf5_samples.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/nets/narrow_vgg_depth.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

void check_against_recorded(Backend& backend, double bound) {
  const Recorded recorded("vgg_depth.h5");
  const Shape shape{2, 3, 64, 32};
  std::vector<float> values = formula::values(shape, 1);
  for (float& v : values) v = 0.5f * v + 0.5f;
  const Variable rgb(from_host(backend, shape, values.data()), true);
  const Variable y = VggDepth(backend, narrow::vgg_depth_weights())(rgb);
  REQUIRE(y.shape() == Shape{2, 1, 64, 32});
  CHECK(narrow::error(to_host_f64(y.value()), recorded.values("y")) < bound);
  backward_from(y, from_host(backend, y.shape(), formula::values(y.shape(), 4).data(), y.value().lanes()));
  CHECK(narrow::error(to_host_f64(rgb.grad()), recorded.values("dx")) < bound);
}

}  // namespace

TEST_CASE("the depth network on VGG-16 computes what PyTorch does: reference backend, f64") {
  check_against_recorded(*make_reference_backend(Dtype::f64), 100 * tolerance::f64);  // values of 255 less a mean
}

TEST_CASE("the depth network on VGG-16 computes what PyTorch does: cpu backend, f32") {
  check_against_recorded(*make_cpu_backend(), tolerance::winograd_f32);
}

TEST_CASE("trained, it takes gradients in all but its trunk, and counts the statistics of the features") {
  const auto backend = make_cpu_backend();
  const VggDepth net(*backend, narrow::vgg_depth_weights(), Parameters::Use::trained);
  const std::vector<float> before = to_host(net.parameters()["features/running_mean"].value());
  const Shape shape{2, 3, 64, 64};
  const Variable y = net(Variable(from_host(*backend, shape, formula::values(shape, 2).data())));
  backward_from(y, from_host(*backend, y.shape(), formula::values(y.shape(), 4).data(), y.value().lanes()));
  CHECK(to_host(net.parameters()["features/running_mean"].value()) != before);
  for (const auto& [name, variable] : net.parameters().all()) {
    CAPTURE(name);
    CHECK(variable.requires_grad() == !is_vgg_depth_constant(name));
    CHECK(!name.starts_with("trunk/"));
    if (variable.requires_grad()) CHECK(variable.grad().defined());
  }
}

TEST_CASE("the trunk can be left out of a file, and is then that of the VGG-16 it was taught on and of no other") {
  const VggDepthWeights whole = narrow::vgg_depth_weights();
  const VggDepthWeights alone = without_trunk(whole);
  CHECK(has_trunk(whole));
  CHECK(!has_trunk(alone));
  CHECK(alone.parameters.size() < whole.parameters.size() / 2 + 20);
  VggWeights vgg = narrow::five_blocks(preprocessing("caffe"));
  const VggDepthWeights again = with_trunk(alone, vgg);
  REQUIRE(again.parameters.size() == whole.parameters.size());
  for (const auto& [name, array] : whole.parameters) CHECK(again.parameters.at(name).values == array.values);
  vgg.parameters.at("conv5_3/bias").values[0] += 0.01f;
  CHECK_THROWS_WITH_AS(with_trunk(alone, vgg), "seen.h5 was taught on another VGG-16 than five.h5, and its own is not in it; teach it on this one",
                       ShapeError);
}

TEST_CASE("a network that knows nothing yet has the top of a picture farther than the bottom") {
  const auto backend = make_cpu_backend();
  VggDepthWeights fresh = fresh_vgg_depth(narrow::five_blocks(preprocessing("caffe")), 3);
  for (float& v : fresh.parameters.at("head/weight").values) v = 0;
  for (float& v : fresh.parameters.at("head/bias").values) v = 0;
  const NoGrad no_grad;
  const std::vector<float> y =
      to_host(VggDepth(*backend, fresh)(Variable(from_host(*backend, {1, 3, 32, 32}, formula::values({1, 3, 32, 32}, 2).data()))).value());
  for (size_t row = 0; row < 32; row++) CHECK(y[32 * row + 5] == doctest::Approx(1.5 * (1 - (double(row) + 0.5) / 32)));
}

TEST_CASE("files of it are read again, as a depth network among others") {
  const samples::Folder folder;
  const std::string path = folder / "seen.h5";
  VggDepthWeights weights = narrow::vgg_depth_weights();
  weights.output_variance = 0.5;
  weights.trained_width = 64;
  weights.trained_height = 32;
  write_weight_file(path, depth_weight_file(weights), Storage::f32);
  const DepthWeights read = read_depth_network(path);
  REQUIRE(std::holds_alternative<VggDepthWeights>(read));
  const auto& again = std::get<VggDepthWeights>(read);
  CHECK(again.architecture == weights.architecture);
  CHECK(again.preprocessing.name == "caffe");
  REQUIRE(again.parameters.size() == weights.parameters.size());
  for (const auto& [name, array] : weights.parameters) CHECK_MESSAGE(again.parameters.at(name).values == array.values, name);

  const auto backend = make_cpu_backend();
  const DepthNetwork network(*backend, read);
  CHECK(!network.gives_disparity());
  CHECK(network.known_variance() == 0.5);
  CHECK(network.seen_size(500, 300).width == 64);
  CHECK(network.seen_size(300, 500).width == 32);
  CHECK(network.seen_size(500, 300, {100, 0}).height == 64);
  const Plane depth = depth_map(network, narrow::picture(1, 50, 40));
  CHECK(depth.width == 50);
  CHECK(depth_map_memory(read, 64, 32) > 0);
}

TEST_CASE("what is none, or does not fit, is refused in a sentence") {
  const auto backend = make_cpu_backend();
  const VggDepth net(*backend, narrow::vgg_depth_weights());
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { net(Variable(Tensor(*backend, {1, 3, 48, 64}))); }), "multiples of 32, not 64x48"));
  CHECK(narrow::has(narrow::refusal<UsageError>([&] { vgg_depth_parameters("vgg-depth:8,16,24,32"); }), "each of its 5 blocks"));
  CHECK(narrow::has(narrow::refusal<UsageError>([&] { fresh_vgg_depth(narrow::weights(), 0); }), "a VGG-16 of 5 blocks"));
  VggDepthWeights weights = narrow::vgg_depth_weights();
  weights.parameters.erase("at16/gamma");
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { VggDepth(*backend, weights); }), "at16/gamma"));
}
