// Checkpoints of fast-neural-style as models.lua would build them and train.lua save them, of any architecture, to be broken one by one.
#pragma once
#include <functional>
#include <string>

#include "nets/transform.h"
#include "tests/loaders/torch7_samples.h"

namespace impasto::samples {

class FastNeuralStyle {
 public:
  /// Changes a module before it is written: its place from 1 in the outermost list, its class (empty: it is left out) and its fields.
  using Change = std::function<void(size_t place, std::string& type, Torch7Bytes::Fields& fields)>;

  FastNeuralStyle(const TransformWeights& weights, Change change) : weights_(weights), change_(std::move(change)) {}
  explicit FastNeuralStyle(const TransformWeights& weights) : FastNeuralStyle(weights, [](size_t, std::string&, Torch7Bytes::Fields&) {}) {}

  Torch7Bytes t;
  Torch7Bytes::Fields opt;
  std::vector<std::string> more_modules;  // behind the last

  std::string bytes() {
    const TransformArchitecture& a = weights_.architecture;
    std::vector<std::string> modules;
    size_t place = 0;
    const auto add = [&](const std::string& type, Torch7Bytes::Fields fields) {
      std::string changed = type;
      change_(++place, changed, fields);
      if (!changed.empty()) modules.push_back(t.object(changed, fields, 2));
    };
    if (a.padding == TransformPadding::reflect_start) add("nn.SpatialReflectionPadding", around(a.start_pad()));
    const std::vector<std::string> names = transform_layer_names(a);
    channels_ = 3;
    for (size_t i = 0; i < names.size(); ++i) {
      layer(a.layers[i], names[i], add);
      if (i + 1 == names.size() || a.layers[i].kind == TransformLayer::Kind::residual) continue;
      if (a.layers[i].kind != TransformLayer::Kind::plain) add(norm_type(), norm(names[i]));
      add("nn.ReLU", {});
    }
    add("nn.Tanh", {});
    add("nn.MulConstant", {{"constant_scalar", t.number(a.output_scale)}});
    add("nn.TotalVariation", {{"strength", t.number(1e-6)}});
    modules.insert(modules.end(), more_modules.begin(), more_modules.end());
    return t.table({{"opt", t.table(opt)}, {"model", t.object("nn.Sequential", {{"modules", t.list(modules)}})}});
  }

 private:
  using Add = std::function<void(const std::string&, Torch7Bytes::Fields)>;
  using Kind = TransformLayer::Kind;

  Torch7Bytes::Fields around(int pixels) {
    Torch7Bytes::Fields fields;
    for (const char* field : {"pad_l", "pad_r", "pad_t", "pad_b"}) fields.emplace_back(field, t.number(pixels));
    return fields;
  }
  bool batch() const { return weights_.architecture.norm == TransformNorm::batch; }
  std::string norm_type() const { return batch() ? "nn.SpatialBatchNormalization" : "nn.InstanceNormalization"; }
  const char* outside() const {
    const TransformPadding padding = weights_.architecture.padding;
    return padding == TransformPadding::reflect     ? "nn.SpatialReflectionPadding"
           : padding == TransformPadding::replicate ? "nn.SpatialReplicationPadding"
                                                    : nullptr;
  }
  std::string parameter(const std::string& name) {
    const Array& array = weights_.parameters.at(name);
    const bool is_vector = array.shape.size() == 4 && array.shape[0] == 1 && array.shape[2] == 1 && array.shape[3] == 1;
    return t.tensor(is_vector ? std::vector<int64_t>{array.shape[1]} : array.shape, array.values);
  }

  Torch7Bytes::Fields convolution(const std::string& name, int outputs, int kernel, int stride, int pad, bool transposed) {
    Torch7Bytes::Fields fields;
    const auto say = [&](const char* field, double value) { fields.emplace_back(field, t.number(value)); };
    say("nInputPlane", channels_);
    say("nOutputPlane", outputs);
    for (const char* field : {"kW", "kH"}) say(field, kernel);
    for (const char* field : {"dW", "dH"}) say(field, stride);
    for (const char* field : {"padW", "padH"}) say(field, pad);
    for (const char* field : {"adjW", "adjH"})
      if (transposed) say(field, stride - 1);
    fields.emplace_back("weight", parameter(name + "/weight"));
    fields.emplace_back("bias", parameter(name + "/bias"));
    channels_ = outputs;
    return fields;
  }
  Torch7Bytes::Fields norm(const std::string& name) {
    Torch7Bytes::Fields fields{
        {"eps", t.number(weights_.architecture.eps)}, {"weight", parameter(name + "/gamma")}, {"bias", parameter(name + "/beta")}};
    for (const char* statistic : {"running_mean", "running_var"})
      if (batch()) fields.emplace_back(statistic, parameter(name + "/" + statistic));
    return fields;
  }

  void layer(const TransformLayer& layer, const std::string& name, const Add& add) {
    const int k = layer.kernel, s = layer.stride;
    switch (layer.kind) {
      case Kind::conv:
        if (outside()) add(outside(), around((k - 1) / 2));
        return add("nn.SpatialConvolution", convolution(name, layer.width, k, s, outside() ? 0 : (k - 1) / 2, false));
      case Kind::down: return add("nn.SpatialConvolution", convolution(name, layer.width, 3, 2, 1, false));
      case Kind::up:
      case Kind::full_conv: return add("nn.SpatialFullConvolution", convolution(name, layer.width, k, s, (k - 1) / 2, true));
      case Kind::nearest: return add("nn.SpatialUpSamplingNearest", {{"scale_factor", t.number(s)}});
      case Kind::plain: return add("nn.Sequential", {{"modules", t.list(block(name))}});
      case Kind::residual: {
        const bool shaved =
            weights_.architecture.padding == TransformPadding::reflect_start || weights_.architecture.padding == TransformPadding::none;
        const std::string body = t.object("nn.Sequential", {{"modules", t.list(block(name))}});
        const std::string shortcut = shaved ? t.object("nn.ShaveImage", {{"size", t.number(2)}}) : t.object("nn.Identity", {});
        const std::string paths = t.object("nn.ConcatTable", {{"modules", t.list({body, shortcut})}});
        return add("nn.Sequential", {{"modules", t.list({paths, t.object("nn.CAddTable", {})})}});
      }
      case Kind::nearest_conv: return;  // not of fast-neural-style
    }
  }

  std::vector<std::string> block(const std::string& name) {
    std::vector<std::string> modules;
    const int width = channels_, pad = weights_.architecture.padding == TransformPadding::zero ? 1 : 0;
    for (const char* half : {"/a", "/b"}) {
      if (outside()) modules.push_back(t.object(outside(), around(1)));
      modules.push_back(t.object("nn.SpatialConvolution", convolution(name + half, width, 3, 1, pad, false)));
      modules.push_back(t.object(norm_type(), norm(name + half), 2));
      if (half[1] == 'a') modules.push_back(t.object("nn.ReLU", {}));
    }
    return modules;
  }

  const TransformWeights& weights_;
  Change change_;
  int channels_ = 3;
};

}  // namespace impasto::samples
