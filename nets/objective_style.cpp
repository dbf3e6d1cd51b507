// The paintings: what their style is, and whose each picture is to have.
#include <algorithm>

#include "layers/gram.h"
#include "layers/mean.h"
#include "layers/planar.h"
#include "nets/objective.h"

namespace impasto {
Variable Objective::style_of(const Variable& features) const {
  return statistic_ == StyleStatistic::gram ? gram(features) : spatial_mean(features);
}

std::map<std::string, Tensor> Objective::style_of_painting(const Tensor& painting) const {
  std::map<std::string, Tensor> styles;
  network_->visit(Variable(painting), layers(Kind::style),
                  [&](const std::string& layer, const Variable& features) { styles[layer] = style_of(features).value(); });
  return styles;
}

void Objective::set_styles(const std::vector<Tensor>& paintings) {
  if (paintings.empty()) throw UsageError("a style needs at least one painting");
  if (masked_paintings_ > 0) throw UsageError("pictures of a style each take no masks on paintings");
  styles_.clear();
  if (layers(Kind::style).empty()) return;
  const NoGrad no_grad;
  for (const Tensor& painting : paintings) styles_.push_back(style_of_painting(painting));
}

void Objective::choose_styles(const std::vector<int>& painting_of_picture) {
  for (const int k : painting_of_picture)
    if (!styles_.empty() && (k < 0 || size_t(k) >= styles_.size()))
      throw UsageError("there is no painting " + std::to_string(k) + " among " + std::to_string(styles_.size()));
  for (Term& term : terms_) {
    if (term.kind != Kind::style) continue;
    if (styles_.empty()) throw Error("the objective has no paintings to choose from yet");
    Shape all = styles_[0].at(term.layer).shape();
    all.n = int(painting_of_picture.size());
    if (!term.target.defined() || term.target.shape() != all || term.target.frozen()) term.target = planar(network_->backend(), all);
    for (int i = 0; i < all.n; i++) {
      Tensor one = term.target.images(i, 1);
      spread(styles_[size_t(painting_of_picture[size_t(i)])].at(term.layer), 1, {one});
    }
  }
}

void Objective::set_style(const std::vector<Tensor>& paintings, std::vector<double> blend, const std::vector<Mask>& masks) {
  blend = blend_of(std::move(blend), paintings.size());
  if (masks.size() != masked_paintings_ || (!masks.empty() && masks.size() != paintings.size()))
    throw UsageError("there are " + std::to_string(masks.size()) + " masks for " + std::to_string(paintings.size()) +
                     " paintings, of which " + std::to_string(masked_paintings_) + " were to have one; give each painting a mask, or none");
  const std::vector<std::string> wanted = layers(Kind::style);
  if (wanted.empty()) return;
  const NoGrad no_grad;
  for (Term& term : terms_)
    if (term.kind == Kind::style) term.target = {};
  for (size_t k = 0; k < paintings.size(); k++) {
    std::optional<MaskLevels> levels;
    if (!masks.empty()) levels.emplace(network_->backend(), masks[k]);
    network_->visit(Variable(paintings[k]), wanted, [&](const std::string& layer, const Variable& features) {
      const Tensor g = style_of(features).value();
      const auto term = std::find_if(terms_.begin(), terms_.end(), [&](const Term& t) {
        return t.kind == Kind::style && t.layer == layer && t.painting == (levels ? k : 0);
      });
      if (levels) {
        term->share = blend[k] * double(paintings.size());
        term->mask = levels->at(halvings(layer), layer);
        term->target = g;
      } else {
        if (k == 0) term->target = planar(network_->backend(), g.shape());
        spread(g, blend[k], {term->target, k > 0});
      }
    });
  }
  for (Term& term : terms_)
    if (term.kind == Kind::style) term.target.freeze();
}

}  // namespace impasto
