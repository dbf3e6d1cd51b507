// Checkpoints of fast-neural-style: as File.lua wrote them, against PyTorch (tests/reference, torch7.py and transform.h5), and crafted
// ones of every kind of layer and padding.
#include "nets/fast_neural_style.h"

#include <doctest/doctest.h>

#include "kernels/reference/reference.h"
#include "nets/transform_file.h"
#include "tests/nets/narrow_transform.h"
#include "tests/nets/torch7_networks.h"
#include "tests/reference/recorded.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

std::string data(const std::string& name) { return std::string(IMPASTO_TEST_DATA) + "/" + name; }

// How far the network is from PyTorch's, at most, as a share of its output.
double error_of(const TransformWeights& weights, const std::string& group, float scale) {
  const auto backend = make_reference_backend(Dtype::f64);
  const Recorded recorded("transform.h5");
  const Tensor y = narrow::paint(TransformNet(*backend, weights), narrow::recorded_input(*backend, {1, 3, 20, 24}, 1, scale));
  const std::vector<int> s = recorded.shape(group + "/y");
  REQUIRE(y.shape() == Shape{s[0], s[1], s[2], s[3]});
  return narrow::error(to_host_f64(y), recorded.values(group + "/y"));
}

Torch7Bytes::Fields options(FastNeuralStyle& file, const std::string& layers, const std::string& padding, bool instance) {
  return {{"arch", file.t.text(layers)},
          {"padding_type", file.t.text(padding)},
          {"use_instance_norm", file.t.number(instance ? 1 : 0)},
          {"preprocessing", file.t.text("vgg")}};
}

const std::string small = "c9s1-4,d6,R6,u4,c9s1-3";

TransformWeights read_bytes(const std::string& bytes) {
  const Folder folder;
  spill(folder / "net.t7", bytes);
  return read_transform(folder / "net.t7");
}

// What is said of the small network with one of its modules changed.
std::string refused(
    const FastNeuralStyle::Change& change, const std::function<void(FastNeuralStyle&)>& also = [](FastNeuralStyle&) {}) {
  const TransformWeights weights = narrow::transform_weights("transform:" + small);
  FastNeuralStyle file(weights, change);
  file.opt = options(file, small, "reflect-start", true);
  also(file);
  return refusal([&] { read_bytes(file.bytes()); });
}
void nothing(size_t, std::string&, Torch7Bytes::Fields&) {}

// Module `place` gets another value in a field.
FastNeuralStyle::Change with(size_t place, const std::string& field, const std::string& value) {
  return [=](size_t at, std::string&, Torch7Bytes::Fields& fields) {
    for (auto& [name, held] : fields)
      if (at == place && name == field) held = value;
  };
}
FastNeuralStyle::Change of_type(size_t place, const std::string& type) {
  return [=](size_t at, std::string& now, Torch7Bytes::Fields&) {
    if (at == place) now = type;
  };
}

}  // namespace

TEST_CASE("a checkpoint that File.lua wrote paints what PyTorch paints") {
  const TransformWeights read = read_transform(data("fast_neural_style.t7"));
  CHECK(read.architecture.text() == "transform:" + small);
  CHECK(read.preprocessing.name == "caffe");
  for (const auto& [name, array] : narrow::transform_weights("transform:" + small).parameters) {
    CAPTURE(name);
    CHECK(read.parameters.at(name).values == array.values);
  }
  CHECK(error_of(read, "reflect_start", 100) < 1e-11);
}

TEST_CASE("batch norm comes with its statistics, from cudnn's modules and as 1 / sqrt(var + eps) too") {
  TransformWeights read = read_transform(data("fast_neural_style_batch.t7"));
  CHECK(read.architecture.text() == "transform:" + small + ";padding=zero;norm=batch");
  CHECK(read.preprocessing.name == "torch");
  const TransformWeights wanted = narrow::transform_weights("transform:" + small + ";padding=zero;norm=batch");
  for (const auto& [name, array] : wanted.parameters) {
    CAPTURE(name);
    if (name == "up1/running_var")
      for (size_t i = 0; i < 4; ++i) CHECK(read.parameters.at(name).values[i] == doctest::Approx(array.values[i]).epsilon(1e-6));
    else
      CHECK(read.parameters.at(name).values == array.values);
  }
  read.preprocessing = preprocessing("unit");  // as recorded: pixels times 1 / 255
  CHECK(error_of(read, "batch_norm", 100) < 1e-6);
}

TEST_CASE("checkpoints of every kind of layer and padding are read as they are built") {
  struct Network {
    std::string layers, padding;
    bool instance;
  };
  const std::string all = "c3s1-4,d6,C6,R6,f5s2-4,d6,U2,f3s1-4,c9s1-3";
  for (const Network& n : {Network{small, "reflect-start", true},
                           {small, "none", true},
                           {small, "zero", true},
                           {all, "replicate", true},
                           {all, "reflect", true},
                           {all, "zero", false},
                           {small, "replicate", false},
                           {"c9s1-3", "zero", true}}) {
    CAPTURE(n.layers);
    CAPTURE(n.padding);
    const std::string text =
        "transform:" + n.layers + (n.padding == "reflect-start" ? "" : ";padding=" + n.padding) + (n.instance ? "" : ";norm=batch");
    TransformWeights weights = narrow::transform_weights(text);
    weights.architecture.output_scale = 120;
    FastNeuralStyle file(weights);
    file.opt = options(file, n.layers, n.padding, n.instance);
    const TransformWeights read = read_bytes(file.bytes());
    CHECK(read.architecture.text() == weights.architecture.text());
    REQUIRE(read.parameters.size() == weights.parameters.size());
    for (const auto& [name, array] : weights.parameters) CHECK(read.parameters.at(name).values == array.values);
  }
}

TEST_CASE("a network that training has not padded yet is one without padding") {
  const TransformWeights weights = narrow::transform_weights("transform:" + small + ";padding=none");
  FastNeuralStyle file(weights);
  file.opt = options(file, small, "reflect-start", true);
  CHECK(read_bytes(file.bytes()).architecture.text() == "transform:" + small + ";padding=none");
}

TEST_CASE("what opt does not say has the defaults of its time") {
  const TransformWeights weights = narrow::transform_weights("transform:" + small + ";norm=batch");
  FastNeuralStyle file(weights);
  file.opt = {{"arch", file.t.text(small)}};
  const TransformWeights read = read_bytes(file.bytes());
  CHECK(read.architecture.text() == "transform:" + small + ";norm=batch");
  CHECK(read.preprocessing.name == "caffe");
}

TEST_CASE("modules that are not those of the architecture are refused by their places") {
  // 1 pad, 2 conv, 3 norm, 4 ReLU, 5 conv, 6 norm, 7 ReLU, 8 block, 9 full conv, 10 norm, 11 ReLU, 12 conv, 13 Tanh, 14, 15
  CHECK(refused(nothing) == "");
  Torch7Bytes t;
  CHECK(has(refused(of_type(4, "nn.ELU")), "model.modules[4] is \"nn.ELU\" where the network of its opt.arch has nn.ReLU"));
  CHECK(has(refused(of_type(4, "")), "model.modules[4] is \"nn.SpatialConvolution\" where"));
  CHECK(has(refused(of_type(3, "nn.SpatialBatchNormalization")), "has nn.InstanceNormalization"));
  CHECK(has(refused(of_type(9, "nn.SpatialConvolution")), "has nn.SpatialFullConvolution"));
  CHECK(has(refused(of_type(13, "nn.Sigmoid")), "has nn.Tanh"));
  CHECK(has(refused(of_type(15, "nn.ReLU")), "has nn.TotalVariation"));
  CHECK(refused(of_type(15, "")) == "");
  CHECK(has(refused(nothing, [](FastNeuralStyle& file) { file.more_modules = {file.t.object("nn.ReLU", {})}; }), "goes on behind the end"));
  CHECK(has(refused([](size_t at, std::string& type, Torch7Bytes::Fields&) {
              if (at > 8) type = "";
            }),
            "model ends before"));
  CHECK(has(refused(with(1, "pad_t", t.number(5))), "has pad_t 5, needs 4"));
  for (const auto& [place, field, needs] : {std::tuple(2, "kW", "9"),
                                            {2, "kH", "9"},
                                            {2, "padW", "4"},
                                            {5, "dH", "2"},
                                            {5, "nInputPlane", "4"},
                                            {5, "nOutputPlane", "6"},
                                            {9, "adjW", "1"},
                                            {9, "padH", "1"},
                                            {10, "eps", "1e-05"}}) {
    CAPTURE(std::string(field));
    CHECK(has(refused(with(static_cast<size_t>(place), field, t.number(7))), std::string("has ") + field + " 7, needs " + needs));
  }
  CHECK(has(refused(with(8, "modules", t.integer(3) + t.integer(90000) + t.integer(0))), "model.modules[8] ends before"));
  CHECK(has(refused(with(8, "modules", t.number(1))), "has no list of modules"));
}

TEST_CASE("numbers that do not fit their modules are refused") {
  Torch7Bytes t;
  const auto tensor = [](const std::vector<int64_t>& shape, size_t count) {
    return [=](FastNeuralStyle& file) { return file.t.tensor(shape, ramp(count)); };
  };
  const auto weight = [&](size_t place, const char* field, const std::vector<int64_t>& shape, size_t count) {
    const TransformWeights weights = narrow::transform_weights("transform:" + small);
    FastNeuralStyle* now = nullptr;
    FastNeuralStyle file(weights, [&](size_t at, std::string&, Torch7Bytes::Fields& fields) {
      for (auto& [name, held] : fields)
        if (at == place && name == field) held = tensor(shape, count)(*now);
    });
    now = &file;
    file.opt = options(file, small, "reflect-start", true);
    return refusal([&] { read_bytes(file.bytes()); });
  };
  CHECK(weight(5, "weight", {6, 4, 3, 3}, 216) == "");
  CHECK(weight(5, "weight", {6, 36}, 216) == "");
  CHECK(has(weight(5, "weight", {4, 6, 3, 3}, 216), "model.modules[5].weight is [4,6,3,3], needs [6,4,3,3]"));
  CHECK(has(weight(5, "weight", {36, 6}, 216), "is [36,6], needs [6,4,3,3]"));
  CHECK(has(weight(9, "weight", {4, 6, 3, 3}, 216), "is [4,6,3,3], needs [6,4,3,3]"));
  CHECK(has(weight(5, "bias", {7}, 7), "model.modules[5].bias is [7], needs [6]"));
  CHECK(has(refused(with(5, "bias", t.nil())), "model.modules[5].bias is missing"));
  CHECK(has(refused(with(3, "weight", t.number(1))), "model.modules[3].weight is missing"));
}

TEST_CASE("options that are none, and files without them, are refused") {
  const auto opt = [&](const char* field, const std::string& value) {
    return refused(nothing, [&](FastNeuralStyle& file) {
      for (auto& [name, held] : file.opt)
        if (name == field) held = file.t.text(value);
    });
  };
  CHECK(opt("arch", small) == "");
  CHECK(has(opt("arch", "c9s1-4,q6"), "\"q6\" is no layer"));
  CHECK(has(opt("arch", small + ";styles=3"), "is no list of layers"));
  CHECK(has(opt("arch", "c9s1-4,c3s2-6,R6,n2-4,c9s1-3"), "which fast-neural-style does not know"));
  CHECK(has(opt("padding_type", "same"), "its opt.padding_type is \"same\", which fast-neural-style does not know"));
  CHECK(has(opt("preprocessing", "unit"), "its opt.preprocessing is \"unit\""));
  Torch7Bytes t;
  const auto file = [](const std::string& bytes) { return refusal([&] { read_bytes(bytes); }); };
  CHECK(has(file(t.table({})), "holds no table with opt and model"));
  CHECK(has(file(t.object("nn.Sequential", {{"modules", t.list({})}})), "holds no table with opt and model"));
  CHECK(has(file(t.table({{"opt", t.table({})}, {"model", t.object("nn.Sequential", {})}})), "does not say its arch"));
  CHECK(has(file(t.table({{"opt", t.table({{"arch", t.text(small)}})}, {"model", t.table({})}})), "model is no module of Torch7"));
}

TEST_CASE("a running_std that belongs to no variance is refused") {
  const TransformWeights weights = narrow::transform_weights("transform:" + small + ";norm=batch");
  const auto std_of = [&](float value) {
    FastNeuralStyle* now = nullptr;
    FastNeuralStyle file(weights, [&](size_t at, std::string&, Torch7Bytes::Fields& fields) {
      for (auto& [name, held] : fields)
        if (at == 3 && name == "running_var") {
          name = "running_std";
          held = now->t.tensor({4}, {1, 1, 1, value});
        }
    });
    now = &file;
    file.opt = options(file, small, "reflect-start", false);
    return refusal([&] { read_bytes(file.bytes()); });
  };
  CHECK(std_of(1) == "");
  for (const float wrong : {0.0f, 1e6f}) CHECK(has(std_of(wrong), "model.modules[3] has a running_std that belongs to no variance"));
}
