#include "nets/adain_onnx.h"

#include "layers/adain.h"
#include "nets/onnx_graph.h"

namespace impasto {
namespace {

using Ints = OnnxGraph::Ints;

std::string convolution(OnnxGraph& graph, const std::string& name, std::string x, bool relu) {
  x = graph.add("Conv", name + "/Conv", {graph.pad(name, x, 1, "reflect"), name + "/weight", name + "/bias"}, {{"kernel_shape", Ints{3, 3}}});
  return relu ? graph.add("Relu", name + "/Relu", {x}) : x;
}

// From red, green, blue of 0..1 to the numbers the encoder was trained on: scale (255 x - mean), in its order of channels.
std::string colours(OnnxGraph& graph, const Preprocessing& how) {
  Array weight{{3, 3, 1, 1}, std::vector<float>(9)}, bias{{3}, std::vector<float>(3)};
  for (size_t c = 0; c < 3; c++) {
    weight.values[3 * c + (how.bgr ? 2 - c : c)] = float(255 * how.scale[c]);
    bias.values[c] = float(-how.mean[c] * how.scale[c]);
  }
  const std::vector<std::string> inputs{"image", graph.parameter("colours/weight", weight), graph.parameter("colours/bias", bias)};
  return graph.add("Conv", "colours/Conv", inputs, {{"kernel_shape", Ints{1, 1}}});
}

// As far as relu4_1.
std::string encoded(OnnxGraph& graph, const VggWeights& encoder) {
  std::string x = colours(graph, encoder.preprocessing);
  for (size_t b = 0; b < 4; b++) {
    if (b > 0)
      x = graph.add("MaxPool", "encoder/pool" + std::to_string(b) + "/MaxPool", {x},
                    {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t(1)}});
    for (size_t c = 0; c < (b < 3 ? encoder.architecture.blocks[b].size() : 1); c++) {
      const std::string theirs = "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1), name = "encoder/" + theirs;
      for (const char* part : {"/weight", "/bias"}) graph.parameter(name + part, encoder.parameters.at(theirs + part));
      x = convolution(graph, name, x, true);
    }
  }
  return x;
}

std::string decoded(OnnxGraph& graph, const AdainWeights& decoder, std::string x) {
  if (const auto scale = decoder.decoder.find("features/scale"); scale != decoder.decoder.end()) {
    const Array row{{1, int64_t(scale->second.values.size()), 1, 1}, scale->second.values};
    x = graph.add("Mul", "decoder/features/Mul", {x, graph.parameter("decoder/features/scale", row)});
  }
  const auto convolutions = adain_decoder(decoder.encoder);
  for (size_t i = 0; i < convolutions.size(); i++) {
    const std::string& theirs = convolutions[i].first;
    const std::string name = "decoder/" + theirs;
    for (const char* part : {"/weight", "/bias"}) graph.parameter(name + part, decoder.decoder.at(theirs + part));
    if (i > 0 && theirs[4] != convolutions[i - 1].first[4]) x = graph.nearest(name, x, 2);  // the first of a block, "conv3_3"
    x = convolution(graph, name, x, i + 1 < convolutions.size());
  }
  return x;
}

}  // namespace

OnnxModel adain_onnx(const VggWeights& encoder, const AdainWeights& decoder) {
  OnnxGraph graph;
  std::string x = encoded(graph, encoder);
  // Instance norm, whose gamma and beta are the painting's statistics.
  x = graph.add("InstanceNormalization", "adain/InstanceNormalization", {x, "style_deviation", "style_mean"}, {{"epsilon", float(adain_eps)}});
  decoded(graph, decoder, x);
  OnnxModel model = std::move(graph.model);
  model.nodes.back().outputs = {"painting"};
  model.producer = "impasto";
  const int64_t channels = encoder.architecture.blocks[3][0];
  model.inputs = {{"image", {int64_t{1}, int64_t{3}, "h", "w"}}, {"style_mean", {channels}}, {"style_deviation", {channels}}};
  model.outputs = {{"painting", {int64_t{1}, int64_t{3}, "H", "W"}}};
  return model;
}

}  // namespace impasto
