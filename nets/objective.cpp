#include "nets/objective.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "layers/arithmetic.h"
#include "layers/concat.h"
#include "layers/gram.h"
#include "layers/losses.h"
#include "layers/mean.h"
#include "layers/planar.h"
#include "layers/resize.h"
#include "layers/total_variation.h"

namespace impasto {
namespace {

// Of those that are there.
Variable sum_of(const std::vector<Variable>& terms) {
  Variable sum;
  for (const Variable& term : terms)
    if (term.defined()) sum = sum.defined() ? sum + term : term;
  return sum;
}

Tensor laid_out_as(const Tensor& pattern, const Tensor& x) {
  if (x.lanes() == pattern.lanes()) return x;
  Tensor y(x.backend(), x.shape(), pattern.lanes(), x.dtype());
  x.backend().convert(x, {y});
  return y;
}

// 1 where x is above 0, else 0: the gradient of a ReLU.
Tensor above_zero(const Tensor& x) {
  Tensor one = x.like(), y = x.like();
  x.backend().fill(one, 1);
  x.backend().unary_backward(Unary::relu, 0, 0, x, x, one, {y});
  return y;
}

// Enough to keep all processors busy in the deepest layers, too.
int images_at_a_time(const Shape& pictures) {
  constexpr int64_t pixels = 2 * 256 * 256;
  return int(std::clamp<int64_t>(pixels / pictures.pixels(), 1, pictures.n));
}

}  // namespace

Objective::Objective(const Vgg& network, const ObjectiveSettings& settings, const DepthNetwork* depth)
    : network_(&network),
      depth_(depth),
      depth_size_{settings.depth_width, settings.depth_height},
      depth_relu_mask_(settings.depth_relu_mask),
      masked_paintings_(size_t(std::max(0, settings.masked_paintings))),
      statistic_(settings.statistic) {
  const auto add = [&](Kind kind, const std::string& word, const std::vector<WeightedLayer>& layers, double weight, size_t terms) {
    check_weight(word, weight);
    std::vector<std::string> seen;
    for (const WeightedLayer& layer : layers) {
      check_weight(word + " " + layer.name, layer.weight);
      if (std::find(seen.begin(), seen.end(), layer.name) != seen.end())
        throw UsageError("the " + word + " layer " + layer.name + " is named twice");
      seen.push_back(layer.name);
      if (!(weight * layer.weight > 0)) continue;
      for (size_t k = 0; k < terms; k++) {
        const std::string number = terms > 1 ? " #" + std::to_string(k + 1) : "";
        terms_.push_back({word + " " + layer.name + number, kind, layer.name, weight * layer.weight, k});
      }
    }
  };
  add(Kind::content, "content", settings.content, settings.content_weight, 1);
  add(Kind::style, "style", settings.style, settings.style_weight, std::max<size_t>(1, masked_paintings_));
  check_weight("total variation", settings.tv_weight);
  check_weight("depth", settings.depth_weight);
  if (!(settings.depth_variance > 0)) throw UsageError("the variance of depth must be a number above 0");
  if (settings.depth_weight > 0 && !depth) throw UsageError("depth has a weight above 0, but there is no network that sees it");
  for (const Term& term : terms_) add_layer(layers_, term.layer);
  check_weight("pixels", settings.pixel_weight);
  if (layers_.empty() && !(settings.pixel_weight > 0))
    throw UsageError("neither content nor style has a layer with a weight above 0, so there is nothing to paint by");
  if (!layers_.empty()) network.least_side(layers_);  // throws for a layer that the network does not have
  if (masked_paintings_ > 0 && statistic_ != StyleStatistic::gram) throw UsageError("masks on paintings need Gram matrices as their style");
  if (settings.tv_weight > 0) terms_.push_back({"tv", Kind::variation, "", settings.tv_weight});
  if (settings.depth_weight > 0) terms_.push_back({"depth", Kind::depth, "", settings.depth_weight / settings.depth_variance});
  if (settings.pixel_weight > 0) terms_.push_back({"pixel", Kind::pixel, "", settings.pixel_weight});
}

std::vector<std::string> Objective::layers(Kind kind) const {
  std::vector<std::string> names;
  for (const Term& term : terms_)
    if (term.kind == kind) add_layer(names, term.layer);
  return names;
}

std::vector<std::string> Objective::term_names() const {
  std::vector<std::string> names;
  for (const Term& term : terms_) names.push_back(term.name);
  return names;
}

Variable Objective::depth_of(const Variable& picture) const {
  const Shape& s = picture.shape();
  const InputSize seen = depth_->seen_size(s.w, s.h, depth_size_);
  const Variable rgb = to_unit_rgb(picture, network_->preprocessing());
  return (*depth_)(s.w == seen.width && s.h == seen.height ? rgb : resize_bilinear(rgb, seen.height, seen.width));
}

int Objective::halvings(const std::string& layer) const { return std::countr_zero(unsigned(network_->least_side({layer}))); }

void Objective::set_content(const Tensor& photo, const std::optional<Mask>& mask) {
  const NoGrad no_grad;
  for (Term& term : terms_) {
    if (term.kind == Kind::depth) term.target = depth_of(Variable(photo)).value();
    if (term.kind == Kind::pixel) term.target = photo;
  }
  const std::vector<std::string> wanted = layers(Kind::content);
  if (wanted.empty()) return;
  const Vgg::Features features = network_->features(Variable(photo), wanted);
  std::optional<MaskLevels> levels;
  if (mask) levels.emplace(network_->backend(), *mask);
  for (Term& term : terms_) {
    if (term.kind != Kind::content) continue;
    term.target = features.at(term.layer).value();
    term.mask = levels ? levels->at(halvings(term.layer), term.layer) : Tensor{};
  }
}

Variable Objective::loss_of(const Term& term, const Variable& x) const {
  const LayerScope scope(term.name);
  const double images = x.shape().n;
  if (term.kind == Kind::variation) return total_variation(x, Variation::squared, term.weight / images);
  if (!term.target.defined()) throw Error("the objective has no target for " + term.name + " yet");
  if (term.kind == Kind::depth) {
    const Variable depth = depth_of(x);
    const Tensor mask = depth_relu_mask_ ? above_zero(depth.value()) : Tensor{};
    return loss(Loss::squared, depth, term.target, mask, term.weight / double(depth.shape().elements()));
  }
  if (term.kind == Kind::content) return loss(Loss::squared, x, term.target, term.mask, term.weight / double(x.shape().elements()));
  if (term.kind == Kind::pixel)
    return loss(Loss::squared, x, laid_out_as(x.value(), term.target), {}, term.weight / double(x.shape().elements()));
  const Variable g = term.mask.defined() ? masked_gram(x, term.mask) : style_of(x);
  return loss(Loss::squared, g, term.target, {}, style_scale_ * term.weight * term.share / images);
}

void Objective::evaluate_depth(const Variable& picture, const std::vector<Term>& terms, Losses& losses) const {
  for (size_t i = 0; i < terms.size(); i++)
    if (terms[i].kind == Kind::depth) losses.terms[i] = loss_of(terms[i], picture);
}

void Objective::evaluate_features(const Variable& picture, const std::vector<Term>& terms, Losses& losses) const {
  // The picture's own term first, each layer's as the layer comes: so their gradients are computed in turn, not all at the start.
  const auto add = [&](const std::string& layer, const Variable& x) {
    for (size_t i = 0; i < terms.size(); i++)
      if (terms[i].layer == layer && terms[i].kind != Kind::depth) losses.terms[i] = loss_of(terms[i], x);
  };
  add("", picture);
  if (!layers_.empty()) network_->visit(picture, layers_, add);
}

Objective::Losses Objective::evaluate(const Variable& picture) const {
  Losses losses{{}, std::vector<Variable>(terms_.size())};
  evaluate_depth(picture, terms_, losses);
  evaluate_features(picture, terms_, losses);
  losses.total = sum_of(losses.terms);
  return losses;
}

std::vector<Objective::Term> Objective::terms_of(int first, int count, int images) const {
  std::vector<Term> terms = terms_;
  const auto cut = [&](Tensor& each) {
    if (each.defined() && images > 1 && each.shape().n == images) each = each.images(first, count);
  };
  for (Term& term : terms) {
    term.weight *= double(count) / images;
    cut(term.target);
    cut(term.mask);
  }
  return terms;
}

Objective::Losses Objective::descend(const Variable& picture) const {
  const Shape s = picture.shape();
  const int group = images_at_a_time(s);
  Losses all{{}, std::vector<Variable>(terms_.size())};
  for (const auto part : {&Objective::evaluate_depth, &Objective::evaluate_features}) {
    for (int first = 0; first < s.n; first += group) {
      const int count = std::min(group, s.n - first);
      Losses losses{{}, std::vector<Variable>(terms_.size())};
      (this->*part)(count == s.n ? picture : slice_images(picture, first, count), terms_of(first, count, s.n), losses);
      if (const Variable total = sum_of(losses.terms); total.defined()) backward(total);
      for (size_t i = 0; i < terms_.size(); i++) {
        if (!losses.terms[i].defined()) continue;
        const Variable term = losses.terms[i].detach();
        all.terms[i] = first == 0 ? term : all.terms[i] + term;
      }
    }
  }
  all.total = sum_of(all.terms);
  return all;
}

}  // namespace impasto
