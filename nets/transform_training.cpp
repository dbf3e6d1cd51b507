#include "nets/transform_training.h"

#include <algorithm>
#include <cmath>

#include "nets/activations.h"
#include "nets/conditional.h"

namespace impasto {
namespace {

ObjectiveSettings pixels_alone() {
  ObjectiveSettings s;
  s.content_weight = s.style_weight = s.tv_weight = 0;
  s.pixel_weight = 1;
  return s;
}

// A judge of pixels alone needs no layer, but a network has at least one.
std::vector<std::string> judged_layers(const ObjectiveSettings& settings) {
  std::vector<std::string> layers = settings.layers();
  if (layers.empty()) layers.push_back("relu1_1");
  return layers;
}

AdamOptions adam(const RateSchedule& rate) { return {.rate = rate.rate}; }

}  // namespace

TransformTraining::TransformTraining(Backend& backend, const TransformWeights& start, const VggWeights& judge,
                                     const std::vector<Picture>& paintings, const TransformTrainingSettings& settings,
                                     const std::optional<DepthWeights>& depth)
    : backend_(&backend),
      start_{start.source, start.architecture, start.preprocessing, {}, start.styles, start.licence, start.provenance, start.settings},
      settings_(settings),
      paintings_(int(paintings.size())),
      judge_(backend, judge, judged_layers(settings.objective)),
      depth_(depth ? std::make_optional<DepthNetwork>(backend, *depth) : std::nullopt),
      objective_(judge_, settings.objective, depth_ ? &*depth_ : nullptr),
      pixels_(judge_, pixels_alone()),
      other_(objective_),
      net_(backend, start, Parameters::Use::trained, settings.norms_only ? Learning::norms : Learning::all),
      step_(net_, objective_, adam(settings.rate)) {
  const int styles = std::max(1, start.architecture.styles);
  if (paintings.empty() || settings.first_style + paintings_ != styles)
    throw UsageError(start.source + " holds " + std::to_string(styles) + (styles == 1 ? " style" : " styles") + ", of which " +
                     std::to_string(styles - settings.first_style) + " are to be learnt, and the paintings given are " +
                     std::to_string(paintings.size()) + "; give one each");
  std::vector<Tensor> pictures;
  for (const Picture& painting : paintings) pictures.push_back(to_network(backend, painting, judge_.preprocessing()));
  objective_.set_styles(pictures);
  other_ = objective_;
}

double TransformTraining::rate() const {
  const int done = steps_done() - settings_.identity_steps;
  return done < 0 ? settings_.rate.rate : settings_.rate.at(done, settings_.steps - settings_.identity_steps);
}

double TransformTraining::style_scale() const {
  const double steps = settings_.style_warmup * (settings_.steps - settings_.identity_steps), done = steps_done() - settings_.identity_steps;
  if (done < 0 || done >= steps) return 1;
  return std::pow(first_style_scale, 1 - std::floor(done / steps * warmup_stairs) / warmup_stairs);
}

void TransformTraining::scale_style() {
  const double scale = style_scale();
  if (scale == style_scale_) return;
  style_scale_ = scale;
  objective_.scale_style(scale);
  step_.forget();
}

Tensor TransformTraining::in_space(const std::vector<float>& rgb, int batch, int side, const Preprocessing& space) const {
  const NoGrad no_grad;
  std::vector<float> bytes(rgb);
  for (float& v : bytes) v *= 255;
  const Tensor pictures = from_host(*backend_, {batch, 3, side, side}, bytes.data());
  return between_spaces(Variable(pictures), preprocessing("byte"), space).value();
}

// In turn, so that each learns as often as the others.
std::vector<int> TransformTraining::paintings_of(int64_t first_picture, int batch) const {
  std::vector<int> all;
  for (int i = 0; i < batch; i++) all.push_back(int((first_picture + i) % paintings_));
  return all;
}

Variable TransformTraining::blend_of(int64_t first_picture, int batch) const {
  const int styles = start_.architecture.styles;
  if (styles == 0) return {};
  std::vector rows(size_t(batch), std::vector<double>(size_t(styles), 0.0));
  const std::vector<int> paintings = paintings_of(first_picture, batch);
  for (size_t i = 0; i < rows.size(); i++) rows[i][size_t(settings_.first_style + paintings[i])] = 1;
  return style_blend(*backend_, rows);
}

std::vector<double> TransformTraining::step(const std::vector<float>& rgb, int batch, int side) {
  const int64_t first = int64_t(steps_done()) * batch;
  const bool identity = in_identity();
  const Objective& judged_by = identity ? pixels_ : objective_;
  step_.judge_by(identity ? pixels_ : objective_);
  step_.adam().set_rate(rate());
  scale_style();
  if (!identity) objective_.choose_styles(paintings_of(first, batch));
  return numbers(judged_by, step_(in_space(rgb, batch, side, net_.preprocessing()), blend_of(first, batch)), style_scale_);
}

Tensor TransformTraining::painted_for_judging(const TransformNet& painter, const std::vector<float>& photo, int side, int number) const {
  const NoGrad no_grad;
  other_.choose_styles(paintings_of(number, 1));
  other_.set_content(in_space(photo, 1, side, judge_.preprocessing()));
  const Variable x = to_activations(Variable(in_space(photo, 1, side, painter.preprocessing())));
  const Variable painted = from_activations(painter(x, blend_of(number, 1)));
  return between_spaces(painted, painter.preprocessing(), judge_.preprocessing()).value();
}

// One by one, so that only one picture's activations are alive at a time.
std::vector<double> TransformTraining::judge(const std::vector<float>& rgb, int batch, int side) const {
  const NoGrad no_grad;
  const TransformNet painter(*backend_, weights());
  std::vector<double> means(term_names().size());
  const auto one = ptrdiff_t(rgb.size()) / batch;
  for (int i = 0; i < batch; i++) {
    const Tensor painted = painted_for_judging(painter, {rgb.begin() + i * one, rgb.begin() + (i + 1) * one}, side, i);
    const std::vector<double> losses = numbers(other_, other_.evaluate(Variable(painted)));
    for (size_t k = 0; k < means.size(); k++) means[k] += losses[k] / batch;
  }
  return means;
}

std::vector<GradientNorm> TransformTraining::gradient_norms(const std::vector<float>& rgb, int side) const {
  const std::vector<float> photo(rgb.begin(), rgb.begin() + ptrdiff_t(3) * side * side);
  return impasto::gradient_norms(other_, painted_for_judging(TransformNet(*backend_, weights()), photo, side, 0));
}

std::vector<std::string> TransformTraining::term_names() const {
  std::vector<std::string> names{"total"};
  for (const Objective* objective : {&std::as_const(objective_), &pixels_})
    for (const std::string& name : objective->term_names())
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  if (settings_.identity_steps == 0 && !(settings_.objective.pixel_weight > 0)) names.pop_back();  // pixels
  return names;
}

std::vector<double> TransformTraining::numbers(const Objective& objective, const Objective::Losses& losses, double style_scale) const {
  const std::vector<std::string> names = term_names();
  std::vector<double> all(names.size());
  all[0] = scalar(losses.total.value());
  for (size_t i = 0; i < losses.terms.size(); i++) {
    const Objective::Term& term = objective.terms()[i];
    const double loss = scalar(losses.terms[i].value());
    const double whole = term.kind == Objective::Kind::style ? loss / style_scale : loss;
    all[size_t(std::find(names.begin(), names.end(), term.name) - names.begin())] = whole;
    all[0] += whole - loss;
  }
  return all;
}

TransformWeights TransformTraining::weights() const {
  TransformWeights weights = start_;
  weights.parameters = arrays_of(net_.parameters());
  return weights;
}

NamedArrays TransformTraining::slots() const { return slots_of(step_.adam(), step_.parameter_names()); }

void TransformTraining::restore_slots(const NamedArrays& slots, int steps_done) {
  impasto::restore_slots(step_.adam(), step_.parameter_names(), slots, steps_done);
}

}  // namespace impasto
