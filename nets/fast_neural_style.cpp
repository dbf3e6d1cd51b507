// The modules in the order in which fast_neural_style/models.lua adds them.
#include "nets/fast_neural_style.h"

#include <algorithm>

#include "engine/error.h"
#include "loaders/signature.h"
#include "nets/torch7_chain.h"
#include "nets/transform.h"

namespace impasto {
namespace {

using Kind = TransformLayer::Kind;
using Value = Torch7Value;

const std::string title = "the network of its opt.arch";

class Options {
 public:
  Options(const Torch7File& file, const Value& opt) : file_(file), opt_(opt) {}

  std::string text(const std::string& name, const std::string& otherwise) const {
    const Value* value = file_.field(opt_, name);
    if (value == nullptr && !otherwise.empty()) return otherwise;
    if (value == nullptr || value->kind != Value::Kind::text)
      throw ShapeError("its opt does not say its " + name + ", so it is no checkpoint of fast-neural-style");
    return value->text;
  }
  /// The one of `known` that it is.
  std::string choice(const std::string& name, const std::vector<std::string>& known) const {
    const std::string said = text(name, known[0]);
    if (std::find(known.begin(), known.end(), said) != known.end()) return said;
    throw ShapeError("its opt." + name + " is " + printable(said) + ", which fast-neural-style does not know");
  }
  bool instance_norm() const {
    const Value* value = file_.field(opt_, "use_instance_norm");
    return value != nullptr && value->number == 1;
  }

 private:
  const Torch7File& file_;
  const Value& opt_;
};

class Walk {
 public:
  Walk(const Options& options, const Torch7Module& model) {
    const std::string arch = options.text("arch", "");
    const std::string padding = options.choice("padding_type", {"reflect-start", "none", "zero", "reflect", "replicate"});
    if (arch.find(';') != std::string::npos) throw ShapeError("its opt.arch is " + printable(arch) + ", which is no list of layers");
    result.architecture = transform_architecture("transform:" + arch + ";padding=" + padding);
    result.preprocessing = options.choice("preprocessing", {"vgg", "resnet"}) == "vgg" ? "caffe" : "torch";
    // The first checkpoints do not say; they have batch norm.
    result.architecture.norm = options.instance_norm() ? TransformNorm::instance : TransformNorm::batch;
    result.architecture.eps = 0;
    network(model);
    if (result.architecture.eps == 0) result.architecture.eps = TransformArchitecture{}.eps;  // a network without a norm
    result.architecture.check();
  }

  NamedTransform result;

 private:
  void network(const Torch7Module& model) {
    model.require_type("nn.Sequential", title);
    Torch7Chain chain(model, title);
    start(chain);
    const std::vector<std::string> names = transform_layer_names(result.architecture);
    for (size_t i = 0; i < names.size(); ++i) layer(chain, result.architecture.layers[i], names[i], i + 1 == names.size());
    chain.next("nn.Tanh");
    result.architecture.output_scale = chain.next("nn.MulConstant").number("constant_scalar");
    if (chain.peek() != nullptr) chain.next("nn.TotalVariation");  // adds to the gradient alone
    chain.end();
  }

  void start(Torch7Chain& chain) {
    TransformArchitecture& a = result.architecture;
    if (a.padding != TransformPadding::reflect_start) return;
    if (chain.peek() != nullptr && chain.peek()->type() == "nn.SpatialReflectionPadding") return around(chain, a.start_pad());
    a.padding = TransformPadding::none;
  }

  void layer(Torch7Chain& chain, const TransformLayer& layer, const std::string& name, bool last) {
    const int k = layer.kernel, s = layer.stride;
    switch (layer.kind) {
      case Kind::conv: {
        const bool outside = padded_outside();
        if (outside) around(chain, (k - 1) / 2);
        convolution(chain, {channels_, layer.width, k, s, outside ? 0 : (k - 1) / 2}, name);
        break;
      }
      case Kind::down: convolution(chain, {channels_, layer.width, 3, 2, 1}, name); break;
      case Kind::up:
      case Kind::full_conv: convolution(chain, {channels_, layer.width, k, s, (k - 1) / 2, true}, name); break;
      case Kind::nearest: chain.next("nn.SpatialUpSamplingNearest").require("scale_factor", s); break;
      case Kind::residual: residual(chain, name); return;
      case Kind::plain:
        block(chain.next("nn.Sequential"), name);
        if (!last) chain.next("nn.ReLU");
        return;
      case Kind::nearest_conv:
        throw ShapeError("its opt.arch has the layer \"" + layer.text() + "\", which fast-neural-style does not know");
    }
    if (last) return;
    norm(chain, name);
    chain.next("nn.ReLU");
  }

  void residual(Torch7Chain& chain, const std::string& name) {
    Torch7Chain sum(chain.next("nn.Sequential"), title);
    Torch7Chain paths(sum.next("nn.ConcatTable"), title);
    block(paths.next("nn.Sequential"), name);
    if (is_unpadded())
      paths.next("nn.ShaveImage").require("size", 2);
    else
      paths.next("nn.Identity");
    paths.end();
    sum.next("nn.CAddTable");
    sum.end();
  }

  void block(const Torch7Module& module, const std::string& name) {
    Torch7Chain chain(module, title);
    for (const char* half : {"/a", "/b"}) {
      if (padded_outside()) around(chain, 1);
      convolution(chain, {channels_, channels_, 3, 1, result.architecture.padding == TransformPadding::zero ? 1 : 0}, name + half);
      norm(chain, name + half);
      if (half[1] == 'a') chain.next("nn.ReLU");
    }
    chain.end();
  }

  void convolution(Torch7Chain& chain, const Torch7Convolution& wanted, const std::string& name) {
    take_convolution(chain.next(), wanted, title, name, result.parameters);
    channels_ = wanted.outputs;
  }

  void norm(Torch7Chain& chain, const std::string& name) {
    const bool batch = result.architecture.norm == TransformNorm::batch;
    const Torch7Module& module = chain.next(batch ? "nn.SpatialBatchNormalization" : "nn.InstanceNormalization");
    double& eps = result.architecture.eps;
    if (eps == 0) eps = module.number("eps");
    module.require("eps", eps);
    result.parameters[name + "/gamma"] = module.parameter("weight", {channels_});
    result.parameters[name + "/beta"] = module.parameter("bias", {channels_});
    if (batch) take_statistics(module, channels_, name, result.parameters);
  }

  bool is_unpadded() const {
    return result.architecture.padding == TransformPadding::reflect_start || result.architecture.padding == TransformPadding::none;
  }
  bool padded_outside() const {
    return result.architecture.padding == TransformPadding::reflect || result.architecture.padding == TransformPadding::replicate;
  }
  void around(Torch7Chain& chain, int pixels) {
    const Torch7Module& module = chain.next(result.architecture.padding == TransformPadding::replicate ? "nn.SpatialReplicationPadding"
                                                                                                       : "nn.SpatialReflectionPadding");
    for (const char* field : {"pad_l", "pad_r", "pad_t", "pad_b"}) module.require(field, pixels);
  }

  int channels_ = 3;
};

}  // namespace

NamedTransform transform_from_fast_neural_style(const Torch7File& file) {
  const Value *opt = file.field(file.root(), "opt"), *model = file.field(file.root(), "model");
  if (opt == nullptr || model == nullptr)
    throw ShapeError(
        "holds no table with opt and model, so it is no checkpoint of fast-neural-style; other networks of Torch7 are not read");
  return Walk(Options(file, *opt), Torch7Module(file, *model, "model")).result;
}

}  // namespace impasto
