#include "nets/transform_onnx.h"

#include <algorithm>

#include "nets/onnx_graph.h"
#include "nets/transform_metadata.h"

namespace impasto {
namespace {

using Kind = TransformLayer::Kind;
using Ints = OnnxGraph::Ints;

enum class Border { none, zero, reflect, replicate, same };

class Export {
 public:
  explicit Export(const TransformWeights& weights) : a_(weights.architecture) {
    for (const auto& [name, array] : weights.parameters) graph_.parameter(name, array);
  }

  OnnxModel network() {
    std::string x = "image";
    if (const int border = a_.start_pad(); border > 0) x = graph_.pad("start", x, border, "reflect");
    const std::vector<std::string> names = transform_layer_names(a_);
    for (size_t i = 0; i < names.size(); ++i) x = layer(names[i], a_.layers[i], x, i + 1 == names.size());
    output(x);
    graph_.model.nodes.back().outputs = {"painting"};
    return std::move(graph_.model);
  }

 private:
  Border border() const {
    switch (a_.padding) {
      case TransformPadding::reflect: return Border::reflect;
      case TransformPadding::replicate: return Border::replicate;
      case TransformPadding::same: return Border::same;
      default: return Border::zero;
    }
  }
  Border block_border() const {
    return a_.padding == TransformPadding::reflect_start || a_.padding == TransformPadding::none ? Border::none : border();
  }

  std::vector<std::string> with_weights(const std::string& name, const std::string& x) const {
    std::vector<std::string> inputs{x, name + "/weight"};
    if (a_.bias) inputs.push_back(name + "/bias");
    return inputs;
  }

  std::string convolution(const std::string& name, std::string x, int kernel, int stride, Border border) {
    const int width = (kernel - 1) / 2;
    std::map<std::string, OnnxAttribute> attributes{{"kernel_shape", Ints{kernel, kernel}}, {"strides", Ints{stride, stride}}};
    if (border == Border::same) {
      attributes["auto_pad"] = "SAME_UPPER";  // the pads depend on whether a side is odd
    } else {
      attributes["pads"] = Ints(4, border == Border::zero ? width : 0);
    }
    if ((border == Border::reflect || border == Border::replicate) && width > 0)
      x = graph_.pad(name, x, width, border == Border::reflect ? "reflect" : "edge");
    return graph_.add("Conv", name + "/Conv", with_weights(name, x), std::move(attributes));
  }

  // To exactly stride times the size: `first` pixels are cut off at top and left; at the other end what is too much, or it is lengthened.
  std::string transposed(const std::string& name, const std::string& x, int kernel, int stride) {
    const int first = a_.padding == TransformPadding::same ? std::max(0, kernel - stride) / 2 : (kernel - 1) / 2;
    const int last = std::max(0, kernel - stride - first), lengthened = std::max(0, first + stride - kernel);
    return graph_.add("ConvTranspose", name + "/ConvTranspose", with_weights(name, x),
                      {{"kernel_shape", Ints{kernel, kernel}},
                       {"strides", Ints{stride, stride}},
                       {"pads", Ints{first, first, last, last}},
                       {"output_padding", Ints{lengthened, lengthened}}});
  }

  std::string norm(const std::string& name, const std::string& x) {
    std::string gamma = name + "/gamma", beta = name + "/beta";
    const std::map<std::string, OnnxAttribute> eps{{"epsilon", float(a_.eps)}};
    if (a_.norm == TransformNorm::batch)
      return graph_.add("BatchNormalization", name + "/BatchNormalization", {x, gamma, beta, name + "/running_mean", name + "/running_var"}, eps);
    if (a_.styles > 0) {
      gamma = graph_.add("MatMul", name + "/MatMul/gamma", {"style_weights", gamma});
      beta = graph_.add("MatMul", name + "/MatMul/beta", {"style_weights", beta});
    }
    return graph_.add("InstanceNormalization", name + "/InstanceNormalization", {x, gamma, beta}, eps);
  }

  std::string relu(const std::string& name, const std::string& x) { return graph_.add("Relu", name + "/Relu", {x}); }

  std::string block(const std::string& name, std::string x) {
    const auto half = [&](const std::string& part, const std::string& in) { return norm(part, convolution(part, in, 3, 1, block_border())); };
    return half(name + "/b", relu(name + "/a", half(name + "/a", x)));
  }

  std::string residual(const std::string& name, std::string x) {
    const std::string y = block(name, x);
    if (block_border() == Border::none)
      x = graph_.add("Slice", name + "/Slice", {x, graph_.integers("crop_starts", {2, 2}), graph_.integers("crop_ends", {-2, -2}), graph_.integers("crop_axes", {2, 3})});
    return graph_.add("Add", name + "/Add", {y, x});
  }

  std::string layer(const std::string& name, const TransformLayer& layer, std::string x, bool last) {
    if (layer.kind == Kind::residual) return residual(name, x);
    switch (layer.kind) {
      case Kind::plain: x = block(name, x); break;
      case Kind::down: x = convolution(name, x, 3, 2, a_.padding == TransformPadding::same ? Border::same : Border::zero); break;
      case Kind::up:
      case Kind::full_conv: x = transposed(name, x, layer.kernel, layer.stride); break;
      case Kind::nearest: x = graph_.nearest(name, x, layer.stride); break;
      case Kind::nearest_conv: x = convolution(name, graph_.nearest(name, x, layer.stride), layer.kernel, 1, border()); break;
      default: x = convolution(name, x, layer.kernel, layer.stride, border());
    }
    if (layer.kind != Kind::plain && (!last || a_.norm_last)) x = norm(name, x);
    return last ? x : relu(name, x);
  }

  void output(std::string x) {
    if (a_.output == TransformOutput::sigmoid) graph_.add("Sigmoid", "output/Sigmoid", {x});
    if (a_.output != TransformOutput::tanh) return;
    x = graph_.add("Tanh", "output/Tanh", {x});
    x = graph_.add("Mul", "output/Mul", {x, graph_.floats("output_scale", {float(a_.output_scale)})});
    if (a_.output_offset != 0) graph_.add("Add", "output/Add", {x, graph_.floats("output_offset", {float(a_.output_offset)})});
  }

  const TransformArchitecture& a_;
  OnnxGraph graph_;
};

}  // namespace

OnnxModel transform_onnx(const TransformWeights& weights) {
  OnnxModel model = Export(weights).network();
  model.producer = "impasto";
  model.inputs = {{"image", {int64_t{1}, int64_t{3}, "h", "w"}}};
  if (weights.architecture.styles > 0) model.inputs.push_back({"style_weights", {int64_t(weights.architecture.styles)}});
  model.outputs = {{"painting", {int64_t{1}, int64_t{3}, "H", "W"}}};
  model.metadata = transform_metadata(weights);
  return model;
}

}  // namespace impasto
