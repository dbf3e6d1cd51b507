// Depth of photographs: what the network is fed, and what becomes of what it says.
#include "nets/depth_map.h"

#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "layers/resize.h"
#include "loaders/resize.h"
#include "nets/hourglass_file.h"
#include "nets/monodepth_file.h"
#include "tests/loaders/hdf5_samples.h"
#include "tests/nets/narrow_monodepth.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

struct Size {
  int width, height;
  bool operator==(const Size&) const = default;
};

Size seen(const DepthNetwork& network, int width, int height, InputSize asked = {}) {
  const InputSize size = network.seen_size(width, height, asked);
  return {size.width, size.height};
}

}  // namespace

TEST_CASE("the hourglass sees 320x240, upright 240x320, or what is asked for in multiples of 16") {
  const auto backend = make_cpu_backend();
  const DepthNetwork network(*backend, fresh_hourglass(1));
  CHECK(seen(network, 40, 30) == Size{320, 240});
  CHECK(seen(network, 30, 30) == Size{320, 240});
  CHECK(seen(network, 30, 31) == Size{240, 320});
  CHECK(seen(network, 40, 30, {512, 384}) == Size{512, 384});
  CHECK(seen(network, 40, 30, {100, 7}) == Size{96, 16});
  CHECK(seen(network, 40, 30, {200, 0}) == Size{208, 144});  // 12.5 and 9.375 times 16
  CHECK(seen(network, 30, 40, {200, 0}) == Size{144, 208});
  CHECK(seen(network, 60, 1, {64, 0}) == Size{64, 16});
}

TEST_CASE("monodepth2 sees 640x192, or multiples of 32 from 64 on") {
  const auto backend = make_cpu_backend();
  const DepthNetwork network(*backend, narrow::monodepth_weights("monodepth18:4"));
  CHECK(seen(network, 30, 40) == Size{640, 192});
  CHECK(seen(network, 40, 30, {200, 0}) == Size{192, 160});
  CHECK(seen(network, 40, 30, {10, 100}) == Size{64, 96});
}

TEST_CASE("the depth of a picture is the hourglass' of the picture at its size, resized back") {
  const auto backend = make_cpu_backend();
  const HourglassWeights weights = fresh_hourglass(1);
  const Picture picture = narrow::picture(1, 50, 37);
  const Plane depth = depth_map(DepthNetwork(*backend, weights), picture, {48, 32});
  CHECK(depth.width == 50);
  CHECK(depth.height == 37);
  const Picture fed = resize(picture, 48, 32);
  const NoGrad nothing_recorded;
  const Variable raw = Hourglass(*backend, weights)(Variable(from_host(*backend, {1, 3, 32, 48}, fed.rgb.data(), backend->lanes_for(3))));
  CHECK(narrow::error({depth.values.begin(), depth.values.end()}, to_host_f64(resize_bilinear(raw, 37, 50).value())) < tolerance::f32);
}

TEST_CASE("monodepth2's disparity is made depth behind the resizing: larger is farther") {
  CHECK(depth_of_disparity(0) == doctest::Approx(100));
  CHECK(depth_of_disparity(1) == doctest::Approx(0.1));
  const auto backend = make_cpu_backend();
  const MonodepthWeights weights = narrow::monodepth_weights("monodepth18:4");
  const Picture picture = narrow::picture(1, 50, 37);
  const Plane depth = depth_map(DepthNetwork(*backend, weights), picture, {96, 64});
  const Picture fed = resize(picture, 96, 64);
  const NoGrad nothing_recorded;
  const Variable raw = Monodepth(*backend, weights)(Variable(from_host(*backend, {1, 3, 64, 96}, fed.rgb.data(), backend->lanes_for(3))));
  std::vector<double> wanted = to_host_f64(resize_bilinear(raw, 37, 50).value());
  for (double& value : wanted) value = 1 / (1 / 100.0 + (1 / 0.1 - 1 / 100.0) * value);
  CHECK(narrow::error({depth.values.begin(), depth.values.end()}, wanted) < tolerance::f32);
}

TEST_CASE("a file is opened as the depth network it says it is; others are refused by their kind") {
  const samples::Folder folder;
  const auto backend = make_cpu_backend();
  write_weight_file(folder / "a.h5", hourglass_weight_file(fresh_hourglass(1)));
  write_weight_file(folder / "b.h5", monodepth_weight_file(narrow::monodepth_weights("monodepth18:4")));
  CHECK_FALSE(DepthNetwork(*backend, read_depth_network(folder / "a.h5")).gives_disparity());
  CHECK(DepthNetwork(*backend, read_depth_network(folder / "b.h5")).gives_disparity());
  CHECK(DepthNetwork(*backend, read_depth_network(folder / "b.h5")).source() == folder / "b.h5");
  WeightFile other = monodepth_weight_file(narrow::monodepth_weights("monodepth18:4"));
  other.architecture = "vgg16";
  write_weight_file(folder / "c.h5", other);
  CHECK(samples::has(samples::refusal([&] { read_depth_network(folder / "c.h5"); }),
                     "c.h5: holds a network of the kind \"vgg16\", not of depth"));
  CHECK(samples::has(samples::refusal([&] { read_depth_network(folder / "d.h5"); }), "d.h5: "));
}

TEST_CASE("weights that make no numbers are named") {
  const auto backend = make_cpu_backend();
  MonodepthWeights weights = narrow::monodepth_weights("monodepth18:4");
  for (float& variance : weights.parameters.at("conv1/running_var").values) variance = -1;
  const DepthNetwork network(*backend, weights);
  CHECK(narrow::has(narrow::refusal<Error>([&] {
                      depth_map(network, narrow::picture(1, 20, 20), {64, 64});
                    }),
                    "disparity.h5: the network gave values that are not numbers"));
  CHECK(depth_map_memory(weights, 640, 192) > 640 * 192 * 3 * sizeof(float));
}
