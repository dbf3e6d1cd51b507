#include "tools/optimize_options.h"

#include <CLI/CLI.hpp>

#include <charconv>

#include "tools/precision.h"
#include "tools/prepare.h"

namespace impasto {
namespace {

std::vector<double> numbers(const std::string& list) {
  std::vector<double> values;
  const char *at = list.data(), *const end = list.data() + list.size();
  while (at < end) {
    double value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || (next != end && (*next != ',' || next + 1 == end)))
      throw UsageError("--style-blend \"" + list + "\" is not a list of numbers like 0.7,0.3");
    values.push_back(value);
    at = next + 1;
  }
  return values;
}

}  // namespace

void add_optimize_flags(CLI::App& command, OptimizeOptions& o) {
  const CLI::Range at_least_1(1, 1'000'000);
  command.add_option("PHOTO", o.photo, "What is painted: JPEG, PNG or WebP; - is standard input")->required();
  command.add_option("PAINTING", o.paintings, "How it is painted: one picture or several")->required();
  command.add_option("-o,--output", o.out, "The result: .png, .jpg or .webp; - is standard output, as PNG")->required();

  const std::string result = "The result", loss = "What counts", work = "How it is found", reports = "Reports";
  command.add_option("--size", o.size, "Longest side in pixels (default: the photo's, at most " + std::to_string(o.default_size) + ")")
      ->check(CLI::Range(1, 65535))
      ->group(result);
  command
      .add_option("--style-size", o.style_size,
                  "Longest side of the paintings: smaller makes finer strokes (default: the result's, at most their own)")
      ->check(CLI::Range(1, 65535))
      ->group(result);
  command.add_option("--style-blend", o.style_blend, "Share of each painting, like 0.7,0.3 (default: alike)")->group(result);
  command.add_option("--save-every", o.save_every, "Also write every N steps, with the step's number in the name")
      ->check(at_least_1)
      ->group(result);

  add_objective_flags(command, o.loss, loss);
  command
      .add_option("--content-mask", o.content_mask,
                  "Where the photo counts: a picture, bright is much, stretched to the photo; or depth, the photo's own, far is much; or "
                  "gradient:top, :bottom, :left, :right or :centre. Behind it any of :invert, :stretch, :linear(a,b), :range(a,b), :sigmoid(k,c), like depth.png:linear(0.8,1)")
      ->group(loss);
  command
      .add_option("--style-mask", o.style_masks,
                  "Where a painting counts, written like --content-mask; once for each painting, in their order")
      ->allow_extra_args(false)
      ->group(loss);
  command.add_option("--depth", o.depth, "The photo's depth for masks by depth, a grey picture of which far is bright (default: as --depth-net sees it)")
      ->group(loss);
  command.add_option("--pooling", o.pooling, "max or average, which is smoother")
      ->capture_default_str()
      ->check(CLI::IsMember({"max", "average"}))
      ->group(loss);
  command.add_option("--net", o.net, "VGG weights: ours, or a Keras .h5 (default: vgg16.h5 of the cache, see `impasto weights get vgg16`)")
      ->group(loss);

  command.add_option("--iterations", o.iterations, "Steps at each scale")->capture_default_str()->check(at_least_1)->group(work);
  command
      .add_option(
          "--scales", o.scales,
          "Coarse to fine, each scale twice the size of the one before; more make broader strokes (default: 2, for small pictures 1)")
      ->check(CLI::Range(1, 8))
      ->group(work);
  command.add_option("--optimizer", o.optimizer, "adam or lbfgs")
      ->capture_default_str()
      ->check(CLI::IsMember({"adam", "lbfgs"}))
      ->group(work);
  command.add_option("--learning-rate", o.learning_rate, "Grey levels a step for adam (default 3), step length for lbfgs (default 1)")
      ->check(CLI::PositiveNumber)
      ->group(work);
  command.add_option("--init", o.init, "Begin with the photo or with noise")
      ->capture_default_str()
      ->check(CLI::IsMember({"photo", "noise"}))
      ->group(work);
  command.add_option("--seed", o.seed, "Of the noise; the same seed gives the same bytes")->capture_default_str()->group(work);
  add_backend_options(command, o.backend, work);
  add_precision_option(command, o.precision)->group(work);

  command.add_option("--log", o.log, "CSV: every loss term, step by step")->group(reports);
  command.add_option("--json", o.json, "Settings, losses, seconds, memory; - is standard output, on one line")->group(reports);
  command.add_option("--gradients", o.gradients, "CSV: each term's share of the gradient, step by step (several times slower)")
      ->group(reports);
  command.add_flag("--memory-plan", o.memory_plan, "Say how much memory this would need, and stop")->group(reports);
}

PaintSettings paint_settings(const OptimizeOptions& o) {
  check_distinct({{"-o", o.out}, {"--log", o.log}, {"--json", o.json}, {"--gradients", o.gradients}});
  if (o.out == "-" && o.save_every > 0) throw UsageError("--save-every needs a file to be named after; give -o a name");
  picture_format(o.out);
  PaintSettings s;
  s.objective = objective_settings(o.loss);
  s.optimize.steps = o.iterations;
  s.optimize.method = o.optimizer == "lbfgs" ? Method::lbfgs : Method::adam;
  s.optimize.rate = o.learning_rate.value_or(s.optimize.method == Method::lbfgs ? 1 : 3);
  s.optimize.last_rate = s.optimize.rate / 20;  // a rate that stays leaves a grain
  s.blend = numbers(o.style_blend);
  if (!s.blend.empty() && s.blend.size() != o.paintings.size())
    throw UsageError("--style-blend has " + std::to_string(s.blend.size()) + " numbers for " + std::to_string(o.paintings.size()) +
                     " paintings; give one each");
  if (!o.content_mask.empty()) s.content_mask = parse_mask(o.content_mask);
  for (const std::string& mask : o.style_masks) s.style_masks.push_back(parse_mask(mask));
  if (!s.style_masks.empty() && s.style_masks.size() != o.paintings.size())
    throw UsageError("--style-mask is given " + std::to_string(s.style_masks.size()) + " times for " + std::to_string(o.paintings.size()) +
                     " paintings; give it once for each, in their order, or not at all");
  s.scales = o.scales.value_or(1);
  s.start = o.init == "noise" ? Start::noise : Start::photo;
  s.seed = o.seed;
  return s;
}

}  // namespace impasto
