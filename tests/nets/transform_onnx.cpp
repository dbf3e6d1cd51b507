// The structure of the graph. That it computes what our networks do, ONNX Runtime says (tests/reference/check_exports.py).
#include "nets/transform_onnx.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/reference/varied.h"

using namespace impasto;

namespace {

using Ints = std::vector<int64_t>;

std::string operators(const OnnxModel& model) {
  std::string line;
  for (const OnnxNode& node : model.nodes) line += (line.empty() ? "" : " ") + node.op;
  return line;
}

const OnnxNode& node(const OnnxModel& model, const std::string& name) {
  const auto found = std::find_if(model.nodes.begin(), model.nodes.end(), [&](const OnnxNode& n) { return n.name == name; });
  REQUIRE(found != model.nodes.end());
  return *found;
}

OnnxModel exported(const std::string& text) { return transform_onnx(varied::network(text)); }

}  // namespace

TEST_CASE("every node reads what was computed before it, and every parameter is read") {
  for (const std::string& text : varied::architectures) {
    CAPTURE(text);
    const TransformWeights weights = varied::network(text);
    const OnnxModel model = transform_onnx(weights);
    std::set<std::string> known, read, names;
    for (const OnnxValue& input : model.inputs) known.insert(input.name);
    for (const auto& [name, tensor] : model.initialisers) known.insert(name);
    for (const OnnxNode& n : model.nodes) {
      CAPTURE(n.name);
      CHECK(names.insert(n.name).second);
      for (const std::string& input : n.inputs) {
        CHECK((input.empty() || known.contains(input)));
        read.insert(input);
      }
      for (const std::string& output : n.outputs) CHECK(known.insert(output).second);
    }
    REQUIRE(model.outputs.size() == 1);
    CHECK(model.nodes.back().outputs == std::vector<std::string>{model.outputs[0].name});
    for (const auto& [name, tensor] : model.initialisers) CHECK(read.contains(name));
    for (const auto& [name, array] : weights.parameters) {
      CHECK(model.initialisers.at(name).floats == array.values);
      CHECK(model.initialisers.at(name).shape == array.shape);
    }
    CHECK(model.inputs.size() == (weights.architecture.styles > 0 ? 2 : 1));
    CHECK(model.metadata.at("impasto.architecture") == weights.architecture.text());
  }
}

TEST_CASE("layers become operators in their order") {
  const std::string conv = "Conv InstanceNormalization Relu ", block = "Conv InstanceNormalization Relu Conv InstanceNormalization ";
  CHECK(operators(exported(varied::architectures[0])) == "Pad " + conv + conv + block + "Slice Add " + block +
                                                               "Slice Add ConvTranspose InstanceNormalization Relu Conv Tanh Mul");
  CHECK(operators(exported(varied::architectures[2])) ==
        "Pad Conv BatchNormalization Relu ConvTranspose BatchNormalization Relu Conv BatchNormalization Relu "
        "Pad Conv BatchNormalization Relu Pad Conv BatchNormalization Relu Resize BatchNormalization Relu "
        "Conv BatchNormalization Relu Pad Conv Tanh Mul");
  const std::string styled = "Pad Conv MatMul MatMul InstanceNormalization ";
  CHECK(operators(exported(varied::architectures[5])) == styled + "Relu " + styled + "Relu " + styled + "Relu " + styled + "Add Resize " + styled +
                                                               "Relu " + styled + "Sigmoid");
  CHECK(operators(exported(varied::architectures[4])).ends_with("Conv InstanceNormalization Tanh Mul Add"));
}

TEST_CASE("pads are those of the architecture") {
  const OnnxModel start = exported(varied::architectures[0]);
  CHECK(start.initialisers.at(node(start, "start/Pad").inputs[1]).integers == Ints{0, 0, 8, 8, 0, 0, 8, 8});  // two blocks at half the size
  CHECK(std::get<Ints>(node(start, "conv1/Conv").attributes.at("pads")) == Ints{4, 4, 4, 4});
  CHECK(std::get<Ints>(node(start, "res1/a/Conv").attributes.at("pads")) == Ints{0, 0, 0, 0});
  const OnnxModel edge = exported(varied::architectures[2]);
  CHECK(std::get<std::string>(node(edge, "conv1/Pad").attributes.at("mode")) == "edge");
  CHECK(std::get<Ints>(node(edge, "down1/Conv").attributes.at("pads")) == Ints{1, 1, 1, 1});
  CHECK(std::get<Ints>(node(edge, "conv1/Conv").attributes.at("pads")) == Ints{0, 0, 0, 0});
  const OnnxModel same = exported(varied::architectures[4]);
  CHECK(std::get<std::string>(node(same, "conv2/Conv").attributes.at("auto_pad")) == "SAME_UPPER");
  CHECK(!node(same, "conv2/Conv").attributes.contains("pads"));
  CHECK(std::get<Ints>(node(same, "up1/ConvTranspose").attributes.at("pads")) == Ints{0, 0, 1, 1});
}
