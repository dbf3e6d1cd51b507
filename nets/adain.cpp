#include "nets/adain.h"

#include <cmath>

#include "engine/error.h"
#include "engine/random.h"
#include "layers/adain.h"
#include "layers/arithmetic.h"
#include "layers/conv2d.h"
#include "layers/planar.h"
#include "layers/pooling.h"
#include "nets/activations.h"

namespace impasto {
namespace {

constexpr size_t depth = 4;  // blocks of the encoder
const std::string scale_name = "features/scale";

// As far as relu4_1.
VggArchitecture encoder_part(const VggArchitecture& whole) {
  if (whole.blocks.size() < depth)
    throw UsageError("an encoder of AdaIN needs 4 blocks, and " + whole.name + " has " + std::to_string(whole.blocks.size()));
  VggArchitecture part{whole.name, {whole.blocks.begin(), whole.blocks.begin() + depth}};
  part.blocks.back().resize(1);
  return part;
}

const VggWeights& fitting(const VggWeights& encoder, const AdainWeights& decoder) {
  if (encoder_part(encoder.architecture).blocks != encoder_part(decoder.encoder).blocks)
    throw UsageError(decoder.source + " is for the encoder " + decoder.encoder.name + ", and " + encoder.source + " is a " +
                     encoder.architecture.name + "; give the encoder it was trained with");
  return encoder;
}

// The first one of a block begins at twice the size.
bool enlarges(const VggArchitecture& encoder, size_t i) {
  const std::string name = adain_decoder(encoder)[i].first;
  return i > 0 && name[4] != adain_decoder(encoder)[i - 1].first[4];
}

}  // namespace

std::vector<std::pair<std::string, Shape>> adain_decoder(const VggArchitecture& encoder) {
  const auto blocks = encoder_part(encoder).blocks;
  std::vector<std::pair<std::string, Shape>> all;
  for (size_t b = depth; b-- > 0;)
    for (size_t c = blocks[b].size(); c-- > 0;) {
      const int inputs = blocks[b][c], outputs = c > 0 ? blocks[b][c - 1] : b > 0 ? blocks[b - 1].back() : 3;
      all.emplace_back("conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1), Shape{outputs, inputs, 3, 3});
    }
  return all;
}

Parameters adain_parameters(Backend& backend, const AdainWeights& weights, Parameters::Use use) {
  Parameters parameters;
  for (const auto& [name, shape] : adain_decoder(weights.encoder)) {
    parameters.declare(name + "/weight", shape, use);
    parameters.declare(name + "/bias", {1, shape.n, 1, 1}, use);
  }
  if (weights.decoder.contains(scale_name))
    parameters.declare(scale_name, {1, weights.encoder.blocks[depth - 1][0], 1, 1}, Parameters::Use::frozen);
  parameters.fill(backend, weights.decoder, weights.source, "the AdaIN decoder of " + weights.encoder.name);
  return parameters;
}

Adain::Adain(Backend& backend, const VggWeights& encoder, const AdainWeights& decoder, Parameters::Use use)
    : source_(decoder.source),
      encoder_(backend, fitting(encoder, decoder), {layers().back()}, Pooling::max, Borders::reflected),
      parameters_(adain_parameters(backend, decoder, use)) {
  if (decoder.decoder.contains(scale_name)) scale_ = parameters_[scale_name];
}

const std::vector<std::string>& Adain::layers() {
  static const std::vector<std::string> all{"relu1_1", "relu2_1", "relu3_1", "relu4_1"};
  return all;
}

void Adain::visit(const Variable& rgb, const Vgg::Visitor& visitor) const {
  encoder_.visit(between_spaces(scale(rgb, 255), preprocessing("byte"), encoder_.preprocessing()), layers(), visitor);
}

Variable Adain::encode(const Variable& rgb) const {
  const Variable picture = between_spaces(scale(rgb, 255), preprocessing("byte"), encoder_.preprocessing());
  return encoder_.features(picture, {layers().back()}).at(layers().back());
}

Vgg::Features Adain::undone(const Variable& rgb) const {
  std::vector<std::string> relus{layers().back()};
  const auto convolutions = adain_decoder(encoder_.architecture());
  for (size_t i = 1; i < convolutions.size(); i++) relus.push_back("relu" + convolutions[i].first.substr(4));
  const Variable picture = between_spaces(scale(rgb, 255), preprocessing("byte"), encoder_.preprocessing());
  Vgg::Features seen = encoder_.features(picture, relus), undone;
  undone["relu4_1"] = seen.at("relu4_1");
  for (size_t i = 0; i + 1 < convolutions.size(); i++) {
    const Variable& input = seen.at(relus[i + 1]);
    undone[convolutions[i].first] = enlarges(encoder_.architecture(), i + 1) ? max_pool(input, 2, 2) : input;
  }
  return undone;
}

Variable Adain::decode(const Variable& features) const {
  return decode(features, [](const std::string&, const Variable& y) { return y; });
}

Variable Adain::decode(const Variable& features, const Convolved& convolved) const {
  Variable x = to_activations(features);
  if (scale_.defined()) x = x * scale_;
  const auto convolutions = adain_decoder(encoder_.architecture());
  for (size_t i = 0; i < convolutions.size(); i++) {
    const std::string& name = convolutions[i].first;
    const LayerScope scope("decoder " + name);
    x = conv2d(x, parameters_[name + "/weight"], parameters_[name + "/bias"],
               {.pad = 1,
                .padding = Padding::reflect,
                .upsample = enlarges(encoder_.architecture(), i) ? 2 : 1,
                .relu = i + 1 < convolutions.size()});
    x = convolved(name, x);
  }
  return from_activations(x);
}

ChannelStatistics channel_statistics(const Tensor& features) {
  const Shape s = features.shape();
  Tensor mean = planar(features.backend(), {s.n, s.c, 1, 1}), variance = mean.like();
  features.backend().channel_moments(features, mean, variance);
  const NoGrad no_grad;
  return {mean, square_root(Variable(variance), adain_eps).value()};
}

Variable adain(const Variable& content, const ChannelStatistics& style) {
  return adain(content, Variable(style.mean), Variable(style.deviation));
}

AdainWeights fresh_adain(const VggArchitecture& encoder, uint64_t seed) {
  AdainWeights fresh{"fresh weights of seed " + std::to_string(seed), encoder, {}};
  uint64_t position = 0;
  for (const auto& [name, s] : adain_decoder(encoder)) {
    const float bound = std::sqrt(6 / float(9 * s.c));
    Array weight{{s.n, s.c, 3, 3}, std::vector<float>(size_t(s.elements()))};
    for (float& value : weight.values) value = bound * (2 * random::uniform(seed, position++) - 1);
    fresh.decoder[name + "/weight"] = std::move(weight);
    fresh.decoder[name + "/bias"] = {{s.n}, std::vector<float>(size_t(s.n))};
  }
  return fresh;
}

}  // namespace impasto
