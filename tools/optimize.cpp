// impasto optimize: a photo painted in the style of paintings, by changing the picture itself (Gatys et al. 2016).
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "kernels/plan/backend.h"
#include "loaders/resize.h"
#include "nets/gradient_norms.h"
#include "nets/vgg_file.h"
#include "tools/command.h"
#include "tools/csv_file.h"
#include "tools/interrupt.h"
#include "tools/judging_depth.h"
#include "tools/losses_text.h"
#include "tools/mask_pictures.h"
#include "tools/memory.h"
#include "tools/optimize_report.h"
#include "tools/prepare.h"
#include "tools/progress.h"
#include "tools/step_name.h"

namespace impasto {
namespace {

/// Everything that was read, at the sizes to work at.
struct Inputs {
  VggWeights weights;
  std::optional<DepthWeights> depth;
  Picture photo;
  std::vector<Picture> paintings;
};

// Asked for, a size is met; otherwise no picture is enlarged.
Picture sized(const Picture& picture, std::optional<int> asked, int otherwise) {
  return resize_longest(picture, asked.value_or(std::min(otherwise, std::max(picture.width, picture.height))));
}

std::vector<MaskSpec*> masks_of(PaintSettings& settings) {
  std::vector<MaskSpec*> all;
  if (settings.content_mask) all.push_back(&*settings.content_mask);
  for (MaskSpec& mask : settings.style_masks) all.push_back(&mask);
  return all;
}

bool needs_depth_network(const OptimizeOptions& o, PaintSettings settings) {
  const bool masked = any_of_depth(masks_of(settings));
  if (!o.depth.empty() && !masked) throw UsageError("--depth " + o.depth + " is used by nothing; give --content-mask depth or --style-mask depth");
  return o.loss.depth_weight > 0 || (masked && o.depth.empty());
}

Inputs read_inputs(const OptimizeOptions& o, const PaintSettings& settings) {
  Inputs inputs{read_vgg(judging_network_file(o.net, "--net")),
                needs_depth_network(o, settings) ? std::make_optional(judging_depth(o.loss.depth_net)) : std::nullopt, sized(read_picture(o.photo), o.size, o.default_size), {}};
  const int longest = std::max(inputs.photo.width, inputs.photo.height);
  for (const std::string& painting : o.paintings) inputs.paintings.push_back(sized(read_picture(painting), o.style_size, longest));
  return inputs;
}

Vgg make_network(Backend& backend, const OptimizeOptions& o, const PaintSettings& settings, const VggWeights& weights) {
  return Vgg(backend, weights, settings.objective.layers(), o.pooling == "average" ? Pooling::average : Pooling::max);
}

// The pool's peak, by a run of two steps that allocates everything and computes nothing. Coarser scales need less.
// Masks as they stand or, of depth that is not known yet, full ones.
size_t planned_pool(const OptimizeOptions& o, PaintSettings settings, const Inputs& inputs) {
  for (MaskSpec* mask : masks_of(settings)) *mask = parse_mask("gradient:centre:linear(1,1)");
  const auto backend = make_plan_backend({.fast = chosen_precision(o.precision).fast});
  const Vgg network = make_network(*backend, o, settings, inputs.weights);
  std::optional<DepthNetwork> depth;
  if (inputs.depth) depth.emplace(*backend, *inputs.depth);
  const int steps = settings.optimize.steps;
  settings.scales = 1;
  settings.optimize.steps = std::min(steps, 2);
  paint(network, inputs.photo, inputs.paintings, settings, {}, depth ? &*depth : nullptr);
  size_t peak = backend->pool()->usage().peak;
  // Gradients that are all 0 teach L-BFGS nothing to remember: two pictures a step.
  if (settings.optimize.method == Method::lbfgs)
    peak += size_t(std::min(steps, settings.optimize.history)) * 2 * inputs.photo.rgb.size() * sizeof(float);
  return peak;
}

/// Follows the run: the bar, the logs, the pictures on the way.
class Follower {
 public:
  Follower(const OptimizeOptions& o, const std::vector<std::string>& terms, const std::vector<float>& alpha)
      : options_(o),
        alpha_(alpha),
        progress_(o.iterations * o.scales.value_or(1)),
        log_(o.log, columns(terms)),
        gradients_(o.gradients, {"step", "term", "gradient_norm", "share", "layer_gradient_norm"}) {}

  bool operator()(const PaintProgress& p) {
    if (p.step == 1 && options_.loss.depth_weight > 0)
      std::cerr << "of the gradient behind the first step: " << shares_text(gradient_norms(p.objective, p.tensor)) << '\n';
    history.push_back(p.losses);
    history.back().step = p.step - 1;
    std::vector<std::string> fields{std::to_string(p.step - 1), std::to_string(p.width), std::to_string(p.height),
                                    csv_number(p.losses.total)};
    for (const double term : p.losses.terms) fields.push_back(csv_number(term));
    log_.line(fields);
    if (gradients_.wanted())
      for (const GradientNorm& n : gradient_norms(p.objective, p.tensor))
        gradients_.line({std::to_string(p.step), n.term, csv_number(n.at_picture), csv_number(n.share), csv_number(n.at_layer)});
    if (options_.save_every > 0 && p.step % options_.save_every == 0 && p.step < p.steps) {
      Picture picture = p.picture();
      if (picture.pixels() == alpha_.size()) picture.alpha = alpha_;
      write_picture(with_step(options_.out, p.step), picture);
    }
    progress_.show(p.step, losses_text(p.losses.total, p.objective.term_names(), p.losses.terms));
    return !interrupt_.wanted();
  }
  void end() { progress_.end(); }

  std::vector<OptimizeStep> history;

 private:
  static std::vector<std::string> columns(const std::vector<std::string>& terms) {
    std::vector<std::string> names{"step", "width", "height", "total"};
    names.insert(names.end(), terms.begin(), terms.end());
    return names;
  }
  const OptimizeOptions& options_;
  const std::vector<float>& alpha_;
  Progress progress_;
  CsvFile log_, gradients_;
  Interrupt interrupt_;
};

int default_scales(const Inputs& inputs) {
  int least = std::min(inputs.photo.width, inputs.photo.height);
  for (const Picture& painting : inputs.paintings) least = std::min({least, painting.width, painting.height});
  return least >= OptimizeOptions::least_side_of_two ? OptimizeOptions::default_scales : 1;
}

void run(OptimizeOptions o) {
  paint_settings(o);
  if (o.memory_plan && o.backend.name == "cuda") throw UsageError("--memory-plan plans for the cpu backend; leave --backend cuda out");
  o.backend.name = o.memory_plan ? "cpu" : chosen_backend(o.backend.name);
  const Precision precision = chosen_precision(o.precision, o.backend.name);
  for (const std::string* path : {&o.out, &o.log, &o.json, &o.gradients}) check_writable(*path);
  Inputs inputs = read_inputs(o, paint_settings(o));
  if (!o.scales) o.scales = default_scales(inputs);
  PaintSettings settings = paint_settings(o);

  if (o.backend.name == "cpu") {  // a GPU's memory says itself what it lacks
    const size_t program = resident_memory(), pool = planned_pool(o, settings, inputs);
    if (o.memory_plan) {
      std::cout << "memory for " << inputs.photo.width << 'x' << inputs.photo.height << ": " << memory_text(pool + program) << " (tensors "
                << memory_text(pool) << ", program and pictures " << memory_text(program) << ")\n";
      write_plan(o, pool, program);
      return;
    }
    check_memory(pool, inputs.photo.width, inputs.photo.height, precision.fast ? "" : " or --precision fast");
  }

  const std::unique_ptr<Backend> backend = make_backend(o.backend.name, precision, o.backend);
  const Vgg network = make_network(*backend, o, settings, inputs.weights);
  inputs.weights.parameters.clear();
  std::optional<DepthNetwork> depth;
  if (inputs.depth) depth.emplace(*backend, *inputs.depth);
  inputs.depth.reset();
  read_mask_pictures(masks_of(settings), o.depth, depth ? &*depth : nullptr, inputs.photo);
  if (o.loss.depth_weight > 0) settings.objective.depth_variance = depth_variance(*depth, {inputs.photo});
  Follower follow(o, Objective(network, objective_of(settings), depth ? &*depth : nullptr).term_names(), inputs.photo.alpha);
  OptimizeReport report{
      .network = network.architecture().name, .backend = backend->name(), .width = inputs.photo.width, .height = inputs.photo.height};
  report.painted = paint(network, inputs.photo, inputs.paintings, settings, std::ref(follow), depth ? &*depth : nullptr);
  follow.end();
  write_picture(o.out, report.painted.picture);

  const OptimizeResult& result = report.painted.result;
  report.ending = result.ending == Ending::finished ? "finished" : result.ending == Ending::stopped ? "interrupted" : "diverged";
  report.history = std::move(follow.history);
  report.pool_peak = backend->pool()->usage().peak;
  write_report(o, report);

  const std::string where = o.out == "-" ? "standard output" : o.out, steps = std::to_string(report.painted.steps);
  if (result.ending == Ending::stopped) throw Error("interrupted after step " + steps + "; the picture so far is in " + where);
  if (result.ending == Ending::diverged)
    throw Error("the loss came to " + number_text(result.last.total) + " after step " + steps +
                ", so this leads nowhere; the last good picture is in " + where + ": use a smaller --learning-rate or smaller weights");
  double seconds = 0;
  for (const OptimizeStep& step : report.history) seconds += step.seconds;
  std::cerr << where << ": " << report.width << 'x' << report.height << ", " << steps << " steps in " << number_text(seconds) << " s\n";
}

}  // namespace

void add_optimize_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("optimize", "Paint a photo in the style of paintings, by changing the picture itself");
  const auto options = std::make_shared<OptimizeOptions>();
  add_optimize_flags(*command, *options);
  command->callback([options] { run(*options); });
}

}  // namespace impasto
