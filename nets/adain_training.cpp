#include "nets/adain_training.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "layers/arithmetic.h"
#include "layers/channel_moments.h"
#include "layers/losses.h"
#include "layers/mean.h"
#include "layers/total_variation.h"
#include "nets/activations.h"

namespace impasto {
namespace {

constexpr int most_together = 4;      // pictures of a part
constexpr float least_size = 0.1f;  // of a channel, in those of its layer
constexpr double pixel_weight = 10;  // a picture varies by a tenth or so
const std::string scale_name = "features/scale";

// Of `count` samples the photographs or the styles, [count, 3, side, side].
std::vector<float> pictures_of(const std::vector<float>& samples, int first, int count, int side, bool style) {
  const ptrdiff_t one = ptrdiff_t(3) * side * side;
  std::vector<float> all;
  for (int n = first; n < first + count; n++) {
    const auto begin = samples.begin() + (2 * n + (style ? 1 : 0)) * one;
    all.insert(all.end(), begin, begin + one);
  }
  return all;
}

int part_size(int batch) {
  int size = std::min(batch, most_together);
  while (batch % size != 0) size--;
  return size;
}

// w[k][c] *= output[k] / input[c]; an empty one is 1.
void rescale(NamedArrays& parameters, const std::string& name, const std::vector<float>& output, const std::vector<float>& input) {
  Array& weight = parameters.at(name + "/weight");
  Array& bias = parameters.at(name + "/bias");
  const size_t inputs = size_t(weight.shape[1]), kernel = size_t(weight.shape[2] * weight.shape[3]);
  for (size_t i = 0; i < weight.values.size(); i++) {
    if (!output.empty()) weight.values[i] *= output[i / kernel / inputs];
    if (!input.empty()) weight.values[i] /= input[i / kernel % inputs];
  }
  if (output.empty()) return;
  for (size_t k = 0; k < bias.values.size(); k++) bias.values[k] *= output[k];
}

std::string first_of(size_t block) { return "conv" + std::to_string(block + 1) + "_1"; }

// What stands behind the first convolution of a block: the next one, or the first of the next block.
std::string behind_first_of(const VggArchitecture& vgg, size_t block) {
  return vgg.blocks[block].size() > 1 ? "conv" + std::to_string(block + 1) + "_2" : first_of(block + 1);
}

std::vector<std::vector<float>> scales_for(Backend& backend, const VggWeights& encoder, const AdainWeights& start, const std::vector<float>& plain,
                                           int side) {
  std::vector<std::vector<float>> scales = activation_scales(backend, encoder, plain, side);
  const auto own = start.decoder.find(scale_name);
  if (own == start.decoder.end()) return scales;
  if (own->second.values.size() != scales.back().size()) throw ShapeError(start.source + ": features/scale does not fit " + encoder.source);
  scales.back() = own->second.values;
  return scales;
}

AdainWeights unscaled(AdainWeights weights) {
  weights.decoder.erase(scale_name);
  return weights;
}

}  // namespace

std::vector<std::vector<float>> activation_scales(Backend& backend, const VggWeights& encoder, const std::vector<float>& pictures, int side) {
  const NoGrad no_grad;
  const Adain net(backend, encoder, fresh_adain(encoder.architecture, 0));
  const size_t one = size_t(3) * size_t(side) * size_t(side), count = pictures.size() / one;
  std::vector<std::vector<float>> squares;  // their means
  for (size_t n = 0; n < count; n++) {
    size_t layer = 0;
    net.visit(Variable(from_host(backend, {1, 3, side, side}, pictures.data() + n * one)), [&](const std::string&, const Variable& x) {
      const ChannelMoments moments = channel_moments(x);
      const std::vector<float> mean = to_host(moments.mean.value()), variance = to_host(moments.variance.value());
      if (squares.size() == layer) squares.emplace_back(mean.size());
      for (size_t c = 0; c < mean.size(); c++) squares[layer][c] += (mean[c] * mean[c] + variance[c]) / float(count);
      layer++;
    });
  }
  for (std::vector<float>& of_layer : squares) {
    float all = 0;
    for (const float square : of_layer) all += square / float(of_layer.size());
    for (float& square : of_layer) square = 1 / std::sqrt(std::max(square, least_size * least_size * all));
  }
  return squares;
}

VggWeights scaled_encoder(VggWeights encoder, const std::vector<std::vector<float>>& scales) {
  for (size_t b = 0; b < scales.size(); b++) {
    rescale(encoder.parameters, first_of(b), scales[b], {});
    if (b + 1 < scales.size()) rescale(encoder.parameters, behind_first_of(encoder.architecture, b), {}, scales[b]);
  }
  return encoder;
}

AdainTraining::AdainTraining(Backend& backend, const VggWeights& encoder, const AdainWeights& start, const std::vector<float>& plain, int side,
                             const AdainTrainingSettings& settings)
    : backend_(&backend),
      side_(side),
      settings_(settings),
      scales_(scales_for(backend, encoder, start, plain, side)),
      start_(start),
      net_(backend, scaled_encoder(encoder, scales_), unscaled(start), Parameters::Use::trained),
      trained_(trained_parameters(net_.parameters(), start.source)),
      adam_(trained_.variables, {.rate = settings.rate.rate}),
      repeated_(backend, [this] {
        adam_.clear_grads();
        for (Part& part : parts_) copies_ ? copy(part) : descend(part);
        adam_.apply();
      }) {
  measure(plain);
}

std::vector<std::string> AdainTraining::term_names() const {
  std::vector<std::string> names{"total", "content " + Adain::layers().back()};
  for (const std::string& layer : Adain::layers()) names.push_back("style " + layer);
  if (settings_.tv_weight > 0) names.emplace_back("tv");
  if (settings_.identity_steps > 0) names.emplace_back("copy");
  return names;
}

AdainTraining::Targets AdainTraining::targets(const Part& part) const {
  const NoGrad no_grad;
  Targets targets;
  net_.visit(Variable(part.style), [&](const std::string&, const Variable& x) { targets.styles.push_back(channel_statistics(x.value())); });
  targets.features = adain(net_.encode(Variable(part.content)), targets.styles.back()).value();
  return targets;
}

// share: of the batch. Each layer is judged as soon as it is there, so that no gradient of a large one waits for those of the deep ones.
std::vector<Variable> AdainTraining::judged(const Variable& painted, const Targets& targets, double share) const {
  const AdainTrainingSettings& s = settings_;
  const bool sums = s.loss == AdainTrainingSettings::Loss::sums;
  std::vector<Variable> terms;
  Variable content;
  net_.visit(painted, [&](const std::string& layer, const Variable& x) {
    const ChannelStatistics& style = targets.styles[terms.size()];
    const ChannelMoments moments = channel_moments(x);
    const double weight = share * s.style_weight / (sums ? x.shape().n : x.shape().n * x.shape().c);
    terms.push_back(loss(Loss::squared, moments.mean, style.mean, {}, weight) +
                    loss(Loss::squared, channel_std(moments, double(x.shape().pixels())), style.deviation, {}, weight));
    if (layer == Adain::layers().back()) content = scale(mean_squared_error(x, targets.features), share * s.content_weight);
  });
  terms.insert(terms.begin(), content);
  if (s.tv_weight > 0) terms.push_back(total_variation(painted, Variation::squared, share * s.tv_weight / double(painted.shape().elements())));
  Variable total = terms[0];
  for (size_t i = 1; i < terms.size(); i++) total = total + terms[i];
  terms.insert(terms.begin(), total);
  return terms;
}

void AdainTraining::measure(const std::vector<float>& plain) {
  const NoGrad no_grad;
  const size_t one = size_t(3) * size_t(side_) * size_t(side_), count = plain.size() / one;
  for (size_t n = 0; n < count; n++)
    for (const auto& [name, x] : net_.undone(Variable(from_host(*backend_, {1, 3, side_, side_}, plain.data() + n * one))))
      sizes_[name] += scalar(mean(x * x).value()) / double(count);
  for (auto& [name, size] : sizes_) size = std::sqrt(size);
}

void AdainTraining::copy(Part& part) {
  const Vgg::Features wanted = [&] {
    const NoGrad no_grad;
    return net_.undone(Variable(part.content));
  }();
  Variable total;
  const auto teach = [&](const Variable& y, const Tensor& target, double weight) {
    const Variable error = scale(mean_squared_error(y, target), weight / double(parts_.size()));
    total = total.defined() ? total + error : error;
    return y.detach();
  };
  net_.decode(wanted.at(Adain::layers().back()), [&](const std::string& name, const Variable& y) {
    if (!wanted.contains(name)) return teach(as_planar(y), part.content, pixel_weight);
    return teach(y, scale(wanted.at(name).detach(), 1 / sizes_.at(name)).value(), 1);
  });
  backward(total);
  part.losses = {total.detach()};
}

void AdainTraining::descend(Part& part) {
  const Targets targets = this->targets(part);
  const Variable painted = net_.decode(Variable(targets.features));
  // A leaf of the same numbers: the judging tape ends there, and the decoder's begins.
  const Variable picture(painted.value(), true);
  std::vector<Variable> losses = judged(picture, targets, 1.0 / double(parts_.size()));
  backward(losses[0]);
  for (Variable& term : losses) term = term.detach();
  part.losses = std::move(losses);
  backward_from(painted, picture.grad());
}

// Where every step finds them.
void AdainTraining::take(const std::vector<float>& samples) {
  const int batch = int(samples.size() / (6 * size_t(side_) * size_t(side_))), together = part_size(batch);
  const Shape shape{together, 3, side_, side_};
  if (parts_.size() != size_t(batch / together) || parts_[0].content.shape() != shape) {
    parts_.clear();
    for (int first = 0; first < batch; first += together) {
      const Tensor content(*backend_, shape, 1, backend_->master_dtype());
      parts_.push_back({content, content.like(), {}});
    }
    repeated_.forget();
  }
  for (size_t i = 0; i < parts_.size(); i++) {
    backend_->upload(pictures_of(samples, int(i) * together, together, side_, false).data(), parts_[i].content);
    backend_->upload(pictures_of(samples, int(i) * together, together, side_, true).data(), parts_[i].style);
  }
}

std::vector<double> AdainTraining::step(const std::vector<float>& samples) {
  take(samples);
  if (copies_ != in_identity()) repeated_.forget();
  copies_ = in_identity();
  adam_.set_rate(settings_.rate.at(steps_done(), settings_.steps));
  adam_.advance();
  repeated_.run();
  std::vector<double> all(term_names().size());
  for (const Part& part : parts_)
    for (size_t i = 0; i < part.losses.size(); i++) all[i] += scalar(part.losses[i].value());
  if (copies_) all.back() = all[0];
  return all;
}

std::vector<double> AdainTraining::judge(const std::vector<float>& samples) const {
  const NoGrad no_grad;
  const int count = int(samples.size() / (6 * size_t(side_) * size_t(side_)));
  std::vector<double> means(term_names().size());
  for (int n = 0; n < count; n++) {
    const auto picture = [&](bool style) { return from_host(*backend_, {1, 3, side_, side_}, pictures_of(samples, n, 1, side_, style).data()); };
    const Targets towards = targets({picture(false), picture(true), {}});
    const std::vector<Variable> losses = judged(net_.decode(Variable(towards.features)), towards, 1);
    for (size_t i = 0; i < losses.size(); i++) means[i] += scalar(losses[i].value()) / count;
  }
  return means;
}

AdainWeights AdainTraining::weights() const {
  AdainWeights now{start_.source, start_.encoder, arrays_of(net_.parameters())};
  now.decoder[scale_name] = {{int64_t(scales_.back().size())}, scales_.back()};
  return now;
}

}  // namespace impasto
