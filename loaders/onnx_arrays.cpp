#include <algorithm>
#include <functional>
#include <numeric>

#include "engine/error.h"
#include "loaders/onnx.h"
#include "loaders/onnx_tensor.h"

namespace impasto {
namespace {

class Collector {
 public:
  explicit Collector(const OnnxModel& model) : model(model) {
    for (const auto& [name, tensor] : model.initialisers) add(name, tensor);
    for (const OnnxNode& node : model.nodes)
      if (node.op == "Constant") add_constant(node);
    for (const OnnxNode& node : model.nodes)
      if (node.op == "DequantizeLinear") add_dequantised(node);
  }

  NamedArrays arrays;

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw FileError(model.file, what); }

  void add(const std::string& name, Array array) {
    require_finite(model.file, name, array.values);
    if (!arrays.emplace(name, std::move(array)).second) refuse("is damaged, " + name + " is given twice; export the model anew");
  }

  void add(const std::string& name, const OnnxTensor& tensor) {
    if (type_info(tensor.type).real)
      add(name, Array{tensor.shape, tensor.floats});
    else
      integers.emplace(name, &tensor);
  }

  void add_constant(const OnnxNode& node) {
    if (node.outputs.size() != 1) refuse("the Constant node " + node.name + " has not one output; export the model anew");
    for (const auto& [name, value] : node.attributes) {
      if (const auto* tensor = std::get_if<OnnxTensor>(&value)) add(node.outputs[0], *tensor);
      if (const auto* one = std::get_if<float>(&value)) add(node.outputs[0], Array{{}, {*one}});
      if (const auto* many = std::get_if<std::vector<float>>(&value))
        add(node.outputs[0], Array{{static_cast<int64_t>(many->size())}, *many});
    }
  }

  /// What is no constant is a picture on its way through the network, not a weight.
  void add_dequantised(const OnnxNode& node) {
    if (node.inputs.size() < 2 || node.inputs.size() > 3 || node.outputs.size() != 1)
      refuse("the DequantizeLinear node " + node.name + " has not 2 or 3 inputs and one output; export the model anew");
    const auto quantised = integers.find(node.inputs[0]);
    if (quantised == integers.end()) return;
    const OnnxTensor& x = *quantised->second;
    const auto scale = arrays.find(node.inputs[1]);
    if (scale == arrays.end()) refuse("the scale of " + node.inputs[0] + " is no constant; export the model with constant weights");
    if (integer_attribute(node, "block_size", 0) != 0)
      refuse(node.inputs[0] + " is quantised in blocks; export it with one scale, or one a channel");
    const std::vector<float>& scales = scale->second.values;
    const std::vector<int64_t> zeros = zero_points(node, scales.size());
    const size_t run = run_length(node, x, scale->second);

    Array array{x.shape, std::vector<float>(x.integers.size())};
    for (size_t i = 0; i < array.values.size(); ++i) {
      const size_t channel = i / run % scales.size();
      array.values[i] = static_cast<float>(x.integers[i] - zeros[channel]) * scales[channel];
    }
    add(node.outputs[0], std::move(array));
  }

  std::vector<int64_t> zero_points(const OnnxNode& node, size_t count) const {
    if (node.inputs.size() < 3 || node.inputs[2].empty()) return std::vector<int64_t>(count);
    const auto found = integers.find(node.inputs[2]);
    if (found == integers.end() || found->second->integers.size() != count)
      refuse("the zero point of " + node.inputs[0] + " is no constant or does not fit its scale; export the model anew");
    return found->second->integers;
  }

  /// How many values in a row share a scale.
  size_t run_length(const OnnxNode& node, const OnnxTensor& x, const Array& scale) const {
    if (x.type == OnnxTensor::Type::i64 || x.type == OnnxTensor::Type::boolean)
      refuse(node.inputs[0] + " is of a type that cannot be dequantised; export the model anew");
    if (scale.values.size() == 1 && scale.shape.size() < 2) return std::max<size_t>(1, x.integers.size());
    const auto rank = static_cast<int64_t>(x.shape.size());
    int64_t axis = integer_attribute(node, "axis", 1);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank || scale.shape != std::vector<int64_t>{x.shape[static_cast<size_t>(axis)]} || scale.values.empty())
      refuse("the scale of " + node.inputs[0] + " does not fit its axis " + std::to_string(axis) + "; export the model anew");
    const int64_t run = std::accumulate(x.shape.begin() + axis + 1, x.shape.end(), int64_t{1}, std::multiplies<>());
    return static_cast<size_t>(std::max<int64_t>(1, run));
  }

  static int64_t integer_attribute(const OnnxNode& node, const std::string& name, int64_t otherwise) {
    const auto found = node.attributes.find(name);
    const auto* value = found == node.attributes.end() ? nullptr : std::get_if<int64_t>(&found->second);
    return value == nullptr ? otherwise : *value;
  }

  const OnnxModel& model;
  std::map<std::string, const OnnxTensor*> integers;
};

}  // namespace

NamedArrays onnx_arrays(const OnnxModel& model) { return std::move(Collector(model).arrays); }

}  // namespace impasto
