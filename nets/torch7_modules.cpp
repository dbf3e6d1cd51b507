#include "nets/torch7_modules.h"

#include <cmath>
#include <sstream>

#include "engine/error.h"
#include "loaders/signature.h"

namespace impasto {
namespace {

using Kind = Torch7Value::Kind;

constexpr size_t most_children = 1000;

std::string text(double number) {
  std::ostringstream out;
  out << number;
  return out.str();
}

std::string text(const std::vector<int64_t>& shape) {
  std::string out;
  for (const int64_t size : shape) out += (out.empty() ? "[" : ",") + std::to_string(size);
  return (out.empty() ? "[" : out) + ']';
}

int64_t product(const std::vector<int64_t>& shape, size_t from) {
  int64_t all = 1;
  for (size_t i = from; i < shape.size(); ++i) all *= shape[i];
  return all;
}

}  // namespace

Torch7Module::Torch7Module(const Torch7File& file, const Torch7Value& object, std::string path)
    : file_(&file), object_(&object), path_(std::move(path)) {
  if (object.kind != Kind::object) throw ShapeError(path_ + " is no module of Torch7");
}

std::string Torch7Module::type() const {
  std::string name = object_->text;
  if (name.starts_with("cudnn.")) name.replace(0, 5, "nn");
  return name == "nn.SpatialConvolutionMM" ? "nn.SpatialConvolution" : name;
}

std::vector<Torch7Module> Torch7Module::children() const {
  const Torch7Value* list = file_->field(*object_, "modules");
  if (list == nullptr || list->kind != Kind::table || list->entries.size() > most_children)
    throw ShapeError(path_ + " has no list of modules, or one of more than " + std::to_string(most_children));
  std::vector<Torch7Module> found;
  for (size_t i = 1; i <= list->entries.size(); ++i) {
    const Torch7Value* module = file_->item(*list, static_cast<int>(i));
    const std::string path = path_ + ".modules[" + std::to_string(i) + ']';
    if (module == nullptr) throw ShapeError(path + " is missing");
    found.emplace_back(*file_, *module, path);
  }
  return found;
}

void Torch7Module::require_type(const std::string& wanted, const std::string& of) const {
  if (type() != wanted) throw ShapeError(path_ + " is " + printable(object_->text) + " where " + of + " has " + wanted);
}

double Torch7Module::number(const std::string& field) const {
  const Torch7Value* value = file_->field(*object_, field);
  if (value == nullptr || value->kind != Kind::number) throw ShapeError(path_ + " does not say its " + field);
  return value->number;
}

void Torch7Module::require(const std::string& field, double value, std::optional<double> otherwise) const {
  const double found = otherwise && !has(field) ? *otherwise : number(field);
  if (found != value) throw ShapeError(path_ + " (" + type() + ") has " + field + " " + text(found) + ", needs " + text(value));
}

Array Torch7Module::parameter(const std::string& field, const std::vector<int64_t>& shape) const {
  const std::string called = path_ + '.' + field;
  const Torch7Value* tensor = file_->field(*object_, field);
  if (tensor == nullptr || tensor->kind != Kind::tensor) throw ShapeError(called + " is missing");
  const std::vector<int64_t> flat{shape[0], product(shape, 1)};
  if (tensor->view->shape != shape && (shape.size() != 4 || tensor->view->shape != flat))
    throw ShapeError(called + " is " + text(tensor->view->shape) + ", needs " + text(shape));
  Array array = file_->array(*tensor, called);
  array.shape = shape;
  return array;
}

void take_convolution(const Torch7Module& module, const Torch7Convolution& wanted, const std::string& of, const std::string& name,
                      NamedArrays& parameters) {
  module.require_type(wanted.transposed ? "nn.SpatialFullConvolution" : "nn.SpatialConvolution", of);
  module.require("nInputPlane", wanted.inputs);
  module.require("nOutputPlane", wanted.outputs);
  for (const char* field : {"kW", "kH"}) module.require(field, wanted.kernel);
  for (const char* field : {"dW", "dH"}) module.require(field, wanted.stride, 1);
  const double old_pad = module.has("padding") ? module.number("padding") : 0;  // of both sides, in old versions of nn
  for (const char* field : {"padW", "padH"}) module.require(field, wanted.pad, old_pad);
  if (wanted.transposed)
    for (const char* field : {"adjW", "adjH"}) module.require(field, wanted.stride - 1, 0);
  module.require("groups", 1, 1);
  const int64_t k = wanted.kernel, first = wanted.transposed ? wanted.inputs : wanted.outputs,
                second = wanted.transposed ? wanted.outputs : wanted.inputs;
  parameters[name + "/weight"] = module.parameter("weight", {first, second, k, k});
  parameters[name + "/bias"] = module.parameter("bias", {wanted.outputs});
}

void take_statistics(const Torch7Module& module, int channels, const std::string& name, NamedArrays& parameters) {
  parameters[name + "/running_mean"] = module.parameter("running_mean", {channels});
  if (module.has("running_var")) {
    parameters[name + "/running_var"] = module.parameter("running_var", {channels});
    return;
  }
  Array variance = module.parameter("running_std", {channels});  // until version 2 of the class: 1 / sqrt(var + eps)
  const double eps = module.number("eps");
  for (float& value : variance.values) value = float(1 / (double(value) * value) - eps);
  for (const float value : variance.values)
    if (!std::isfinite(value) || value < 0) throw ShapeError(module.path() + " has a running_std that belongs to no variance");
  parameters[name + "/running_var"] = std::move(variance);
}

}  // namespace impasto
