// The modules in the order of hourglass3 of princeton-vl/relative_depth.
#include "engine/error.h"
#include "nets/hourglass_architecture.h"
#include "nets/hourglass_file.h"
#include "nets/torch7_chain.h"

namespace impasto {
namespace {

const std::string title = "the depth hourglass";
constexpr double eps = 1e-5;

class Walk {
 public:
  explicit Walk(const Torch7Module& model) {
    model.require_type("nn.Sequential", title);
    Torch7Chain chain(model, title);
    convolution(chain, {"stem", 3, 128, 7, true, true});
    level(chain.next(), 4);
    convolution(chain, {"head", 64, 1, 3, false});
    chain.end();
  }

  NamedArrays parameters;

 private:
  // With its norm and ReLU.
  void convolution(Torch7Chain& chain, const HourglassConvolution& c) {
    take_convolution(chain.next(), {c.inputs, c.outputs, c.kernel, 1, (c.kernel - 1) / 2}, title, c.name, parameters);
    if (!c.normed) return;
    const Torch7Module& norm = chain.next("nn.SpatialBatchNormalization");
    norm.require("eps", eps);
    take_statistics(norm, c.outputs, c.name, parameters);
    if (norm.has("weight") != c.affine)
      throw ShapeError(norm.path() + (c.affine ? " lacks a weight" : " has a weight") + ", unlike that of " + title);
    if (c.affine) parameters[c.name + "/gamma"] = norm.parameter("weight", {c.outputs});
    if (c.affine) parameters[c.name + "/beta"] = norm.parameter("bias", {c.outputs});
    chain.next("nn.ReLU");
  }

  void level(const Torch7Module& module, size_t number) {
    module.require_type("nn.Sequential", title);
    Torch7Chain sum(module, title);
    Torch7Chain paths(sum.next("nn.ConcatTable"), title);
    const bool deep_first = number > 2;
    if (deep_first) deep(paths.next("nn.Sequential"), number);
    Torch7Chain skip(paths.next("nn.Sequential"), title);
    modules(skip, "level" + std::to_string(number) + "/skip", hourglass_level(number).skip, 1);
    skip.end();
    if (!deep_first) deep(paths.next("nn.Sequential"), number);
    paths.end();
    sum.next("nn.CAddTable");
    sum.end();
  }

  void deep(const Torch7Module& module, size_t number) {
    const HourglassLevel& level = hourglass_level(number);
    const std::string name = "level" + std::to_string(number) + "/deep";
    Torch7Chain chain(module, title);
    const Torch7Module& pool = chain.next(level.max_pooled ? "nn.SpatialMaxPooling" : "nn.SpatialAveragePooling");
    for (const char* field : {"kW", "kH", "dW", "dH"}) pool.require(field, 2);
    for (const char* field : {"padW", "padH"}) pool.require(field, 0, 0);
    modules(chain, name, level.before, 1);
    if (number > 1) this->level(chain.next(), number - 1);
    modules(chain, name, level.after, level.before.size() + 1);
    chain.next("nn.SpatialUpSamplingNearest").require("scale_factor", 2);
    chain.end();
  }

  void modules(Torch7Chain& chain, const std::string& name, std::string_view kinds, size_t number) {
    for (const char kind : kinds) inception(chain.next("nn.Concat"), name + std::to_string(number++), inception_module(kind));
  }

  void inception(const Torch7Module& module, const std::string& name, const InceptionModule& m) {
    module.require("dimension", 2);
    Torch7Chain branches(module, title);
    Torch7Chain narrow(branches.next("nn.Sequential"), title);
    convolution(narrow, {name + "/1x1", m.inputs, m.first, 1});
    narrow.end();
    for (const InceptionBranch& branch : m.branches) {
      Torch7Chain wide(branches.next("nn.Sequential"), title);
      convolution(wide, {name + '/' + branch.name() + "/in", m.inputs, branch.reduced, 1});
      convolution(wide, {name + '/' + branch.name() + "/out", branch.reduced, m.width, branch.kernel});
      wide.end();
    }
    branches.end();
  }
};

}  // namespace

NamedArrays hourglass_from_torch7(const Torch7File& file) {
  const Torch7Value* inner = file.root().kind == Torch7Value::Kind::table ? file.field(file.root(), "model") : &file.root();
  if (inner == nullptr) throw ShapeError("holds no network: it is a table without model");
  return Walk(Torch7Module(file, *inner, "model")).parameters;
}

}  // namespace impasto
