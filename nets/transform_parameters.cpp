// What the parameters of a feed-forward network are called, their shapes, and how training starts them.
#include <cmath>

#include "engine/random.h"
#include "nets/transform.h"

namespace impasto {
namespace {

using Kind = TransformLayer::Kind;

struct Parameter {
  std::string name;
  Shape shape;
  float start;       // the value that all begin with,
  float spread = 0;  // or uniform within this much of it
};

const char* family(Kind kind) {
  switch (kind) {
    case Kind::conv:
      return "conv";
    case Kind::down:
      return "down";
    case Kind::residual:
      return "res";
    case Kind::plain:
      return "plain";
    default:
      return "up";
  }
}

class Listing {
 public:
  explicit Listing(const TransformArchitecture& architecture) : a_(architecture) {}

  // Of the whole network, layer by layer.
  std::vector<Parameter> all() {
    const std::vector<std::string> names = transform_layer_names(a_);
    int inputs = 3;
    for (size_t i = 0; i < names.size(); i++) {
      add_layer(names[i], a_.layers[i], inputs, i + 1 == names.size());
      if (a_.layers[i].kind != Kind::nearest) inputs = a_.layers[i].width;
    }
    return all_;
  }

 private:
  void add_layer(const std::string& name, const TransformLayer& layer, int inputs, bool last) {
    const int k = layer.kernel, width = layer.width;
    switch (layer.kind) {
      case Kind::residual:
      case Kind::plain:
        add_convolution(name + "/a", {width, inputs, k, k}, inputs, width);
        add_norm(name + "/a", width);
        add_convolution(name + "/b", {width, width, k, k}, width, width);
        add_norm(name + "/b", width);
        return;
      case Kind::up:
      case Kind::full_conv:
        add_convolution(name, {inputs, width, k, k}, inputs, width);
        break;
      case Kind::nearest:
        break;
      default:
        add_convolution(name, {width, inputs, k, k}, inputs, width);
    }
    if (!last || a_.norm_last) add_norm(name, layer.kind == Kind::nearest ? inputs : width);
  }

  void add_convolution(const std::string& name, Shape weight, int inputs, int outputs) {
    const float bound = 1 / std::sqrt(float(weight.h * weight.w * inputs));
    all_.push_back({name + "/weight", weight, 0, bound});
    if (a_.bias) all_.push_back({name + "/bias", {1, outputs, 1, 1}, 0, bound});
  }

  void add_norm(const std::string& name, int channels) {
    const Shape vector{1, channels, 1, 1}, rows = a_.styles > 0 ? Shape{1, 1, a_.styles, channels} : vector;
    all_.push_back({name + "/gamma", rows, 1});
    all_.push_back({name + "/beta", rows, 0});
    if (a_.norm == TransformNorm::instance) return;
    all_.push_back({name + "/running_mean", vector, 0});
    all_.push_back({name + "/running_var", vector, 1});
  }

  const TransformArchitecture& a_;
  std::vector<Parameter> all_;
};

}  // namespace

std::vector<std::string> transform_layer_names(const TransformArchitecture& architecture) {
  std::map<std::string, int> count;
  std::vector<std::string> names;
  for (const TransformLayer& layer : architecture.layers) {
    const std::string name = family(layer.kind);
    names.push_back(name + std::to_string(++count[name]));
  }
  return names;
}

std::vector<std::pair<std::string, Shape>> transform_parameters(const TransformArchitecture& architecture) {
  std::vector<std::pair<std::string, Shape>> all;
  for (const Parameter& parameter : Listing(architecture).all()) all.emplace_back(parameter.name, parameter.shape);
  return all;
}

bool is_running_statistic(const std::string& parameter) {
  return parameter.ends_with("/running_mean") || parameter.ends_with("/running_var");
}

TransformWeights fresh_transform(const TransformArchitecture& architecture, const std::string& preprocessing_name, uint64_t seed) {
  architecture.check();
  TransformWeights fresh{"fresh weights of seed " + std::to_string(seed), architecture, preprocessing(preprocessing_name), {}, {}, "", ""};
  uint64_t position = 0;  // one stream for all, in order
  for (const Parameter& parameter : Listing(architecture).all()) {
    Array array{dims_in_file(parameter.shape), std::vector<float>(size_t(parameter.shape.elements()), parameter.start)};
    if (parameter.spread > 0)
      for (float& value : array.values) value = parameter.spread * (2 * random::uniform(seed, position++) - 1);
    fresh.parameters[parameter.name] = std::move(array);
  }
  return fresh;
}

}  // namespace impasto
