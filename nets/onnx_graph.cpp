#include "nets/onnx_graph.h"

namespace impasto {

std::string OnnxGraph::add(const std::string& op, const std::string& name, std::vector<std::string> inputs,
                           std::map<std::string, OnnxAttribute> attributes) {
  model.nodes.push_back({op, name, std::move(inputs), {name}, std::move(attributes)});
  return name;
}

std::string OnnxGraph::integers(const std::string& name, const Ints& values) {
  model.initialisers[name] = {OnnxTensor::Type::i64, {int64_t(values.size())}, {}, values};
  return name;
}

std::string OnnxGraph::floats(const std::string& name, const std::vector<float>& values) {
  model.initialisers[name] = {OnnxTensor::Type::f32, {int64_t(values.size())}, values, {}};
  return name;
}

std::string OnnxGraph::parameter(const std::string& name, const Array& array) {
  model.initialisers[name] = {OnnxTensor::Type::f32, array.shape, array.values, {}};
  return name;
}

std::string OnnxGraph::pad(const std::string& layer, const std::string& x, int width, const std::string& mode) {
  const std::string widths = integers("pads_" + std::to_string(width), {0, 0, width, width, 0, 0, width, width});
  return add("Pad", layer + "/Pad", {x, widths}, {{"mode", mode}});
}

std::string OnnxGraph::nearest(const std::string& layer, const std::string& x, int factor) {
  const std::string scales = floats("times_" + std::to_string(factor), {1, 1, float(factor), float(factor)});
  return add("Resize", layer + "/Resize", {x, "", scales},
             {{"mode", "nearest"}, {"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}});
}

}  // namespace impasto
