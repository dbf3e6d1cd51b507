// monodepth2 against recorded PyTorch (tests/reference/README.md, monodepth.h5), and out of the files that torch.save wrote.
#include "nets/monodepth.h"

#include <doctest/doctest.h>

#include "engine/profiler.h"
#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "loaders/pytorch.h"
#include "nets/monodepth_file.h"
#include "tests/loaders/pytorch_samples.h"
#include "tests/nets/narrow_monodepth.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

const std::string encoder_file = IMPASTO_TEST_DATA "/monodepth_encoder.pth", depth_file = IMPASTO_TEST_DATA "/monodepth_depth.pth";

Tensor unit_input(Backend& backend, Shape shape) {
  std::vector<float> values = formula::values(shape, 1, 0.5f);
  for (float& v : values) v += 0.5f;
  return from_host(backend, shape, values.data(), backend.lanes_for(3));
}

void check_against_recorded(Backend& backend, const MonodepthWeights& weights, const std::string& group, Shape shape, double bound) {
  CAPTURE(group);
  const Recorded recorded("monodepth.h5");
  const Monodepth network(backend, weights);
  const Variable x(unit_input(backend, shape), true);
  const Variable y = network(x);
  REQUIRE(y.shape() == Shape{1, 1, shape.h, shape.w});
  CHECK(narrow::error(to_host_f64(y.value()), recorded.values(group + "/y")) < bound);
  backward_from(y, from_host(backend, y.shape(), formula::values(y.shape(), 4).data(), y.value().lanes()));
  CHECK(narrow::error(to_host_f64(x.grad()), recorded.values(group + "/dx")) < bound);
}

}  // namespace

TEST_CASE("monodepth2 computes what PyTorch does, with both encoders: reference backend, f64") {
  const auto backend = make_reference_backend(Dtype::f64);
  check_against_recorded(*backend, narrow::monodepth_weights("monodepth18:4"), "resnet18", {1, 3, 64, 96}, 1e-10);
  check_against_recorded(*backend, narrow::monodepth_weights("monodepth50:4"), "resnet50", {1, 3, 64, 64}, 1e-10);
}

TEST_CASE("monodepth2 computes what PyTorch does, with both encoders: cpu backend, f32") {
  const auto backend = make_cpu_backend();
  check_against_recorded(*backend, narrow::monodepth_weights("monodepth18:4"), "resnet18", {1, 3, 64, 96}, 10 * tolerance::f32);
  check_against_recorded(*backend, narrow::monodepth_weights("monodepth50:4"), "resnet50", {1, 3, 64, 64}, 10 * tolerance::f32);
}

TEST_CASE("monodepth2 has the published numbers of parameters") {
  const auto count = [](const std::string& architecture, bool decoder) {
    int64_t sum = 0;
    for (const auto& [name, shape] : monodepth_parameters(monodepth_architecture(architecture)))
      if (name.find("/running_") == std::string::npos && (name.starts_with("upconv") || name.starts_with("dispconv")) == decoder)
        sum += shape.elements();
    return sum;
  };
  // torchvision's without the last layer; the decoder's without the coarser disparities.
  const int64_t disparities = (32 + 64 + 128) * 9 + 3;
  CHECK(count("monodepth18", false) == 11689512 - 513000);
  CHECK(count("monodepth50", false) == 25557032 - 2049000);
  CHECK(count("monodepth18", true) == 3152724 - disparities);
  CHECK(count("monodepth50", true) == 9014100 - disparities);
}

TEST_CASE("monodepth2 is frozen: norms cost nothing and weights take no gradient") {
  const auto cpu = make_cpu_backend();
  Profiler profiler(*cpu);
  const Monodepth network(profiler, narrow::monodepth_weights("monodepth18:4"));
  profiler.reset();
  const Variable x(unit_input(profiler, {1, 3, 64, 64}), true);
  const Variable y = network(x);
  backward_from(y, y.value());
  int convolutions = 0;
  for (const auto& [key, entry] : profiler.entries()) {
    CAPTURE(key.first);
    CHECK(key.second != "norm");
    CHECK(key.second != "conv2d_backward_weights");
    if (key.second == "conv2d") convolutions += entry.calls;
  }
  CHECK(convolutions == 20 + 11);
}

TEST_CASE("the two files that PyTorch wrote give the network, in either order") {
  for (const auto& paths : {std::vector{encoder_file, depth_file}, {depth_file, encoder_file}}) {
    const MonodepthWeights read = read_monodepth(paths), wanted = narrow::monodepth_weights("monodepth18:4");
    CHECK(read.architecture == "monodepth18:4");
    REQUIRE(read.parameters.size() == wanted.parameters.size());
    for (const auto& [name, array] : wanted.parameters) {
      CAPTURE(name);
      REQUIRE(read.parameters.contains(name));
      CHECK(read.parameters.at(name).shape == array.shape);
      CHECK(read.parameters.at(name).values == array.values);
    }
  }
}

TEST_CASE("monodepth2 in other files than its two is refused, saying what is wrong") {
  const auto refused = [](const std::vector<std::string>& paths) { return samples::refusal([&] { read_monodepth(paths); }); };
  CHECK(refused({encoder_file}).ends_with("monodepth_encoder.pth: monodepth2 lies in two files, encoder.pth and depth.pth; give both"));
  CHECK(samples::has(refused({depth_file, depth_file}), "and more"));
  NamedArrays arrays = read_state_dict(encoder_file).arrays;
  arrays.merge(read_state_dict(depth_file).arrays);
  arrays.erase("encoder.layer3.0.downsample.1.running_var");
  arrays["encoder.layer3.2.conv1.weight"] = {{1}, {1}};
  CHECK(samples::refusal([&] { monodepth_from_state_dicts(arrays, "a"); }) ==
        "is not monodepth2, 2 names do not fit: encoder.layer3.0.downsample.1.running_var is missing; encoder.layer3.2.conv1.weight is not "
        "one of "
        "its parameters");
  // The names alone say that it is the other encoder.
  CHECK(samples::refusal([&] {
          monodepth_from_state_dicts({{"encoder.layer1.0.conv3.weight", {{1}, {1}}}}, "a");
        }).find("encoder.layer1.0.conv3") == std::string::npos);
}

TEST_CASE("monodepth2 goes into our file and comes back") {
  const samples::Folder folder;
  write_weight_file(folder / "disparity.h5", monodepth_weight_file(narrow::monodepth_weights("monodepth50:4")));
  const MonodepthWeights read = read_monodepth({folder / "disparity.h5"});
  CHECK(read.architecture == "monodepth50:4");
  for (const auto& [name, array] : narrow::monodepth_weights("monodepth50:4").parameters)
    CHECK(read.parameters.at(name).values == array.values);
}

TEST_CASE("sizes and architectures that monodepth2 does not have are refused") {
  const auto backend = make_cpu_backend();
  const Monodepth network(*backend, narrow::monodepth_weights("monodepth18:4"));
  for (const Shape shape : {Shape{1, 3, 64, 80}, {1, 3, 32, 64}, {1, 1, 64, 64}})
    CHECK(narrow::has(narrow::refusal<ShapeError>([&] { network(Variable(unit_input(*backend, shape))); }), "multiples of 32 from 64 on"));
  for (const std::string text : {"monodepth", "monodepth34", "monodepth18:", "monodepth18:6", "monodepth18:0", "monodepth18:8x"})
    CHECK(narrow::has(narrow::refusal<UsageError>([&] { monodepth_architecture(text); }), '"' + text + '"'));
}
