#include "tools/train_options.h"

#include <CLI/CLI.hpp>

#include <filesystem>

#include "loaders/extension.h"
#include "tools/precision.h"
#include "tools/prepare.h"
#include "tools/settings.h"

namespace impasto {
namespace {

const char *const network = "The network", *const data = "Pictures", *const loss = "What counts", *const work = "How it learns",
                  *const run = "The run", *const reports = "Reports";

}  // namespace

std::string TrainOptions::checkpoint() const {
  const std::filesystem::path path(out);
  return (path.parent_path() / (path.stem().string() + ".checkpoint" + path.extension().string())).string();
}

const std::vector<std::string>& learning_groups() {
  static const std::vector<std::string> groups{network, data, loss, work};
  return groups;
}

void add_train_flags(CLI::App& command, TrainOptions& o) {
  const CLI::Range at_least_1(1, 1'000'000), from_0(0, 1'000'000);
  command.add_option("PAINTING", o.paintings, "The style: one picture, or several for a network that holds them all")->group(data);
  command.add_option("-o,--output", o.out, "The network, .h5; a checkpoint stands beside it as NAME.checkpoint.h5")->required()->group(run);
  command.add_option("--photos", o.photos, "What it learns on: a folder of pictures, or a set (`impasto dataset make`)")->group(data);
  command.add_option("--config", o.config, "Settings that are not given here, as JSON: {\"iterations\": 10000}; or a trained network, for its own")
      ->group(run);

  command.add_option("--arch", o.arch, "pytorch-examples, johnson, johnson-half, lengstrom, or a whole architecture string")
      ->capture_default_str()
      ->group(network);
  command.add_option("--space", o.space, "How it sees pictures: torch, caffe, unit or byte")
      ->capture_default_str()
      ->check(CLI::IsMember({"torch", "caffe", "unit", "byte"}))
      ->group(network);
  command.add_option("--init", o.init, "Begin with the weights of this network")->group(network);
  command.add_flag("--add-style", o.add_style, "Of --init, a network of several styles, teach only further ones: its gammas and betas")
      ->group(network);

  command.add_option("--size", o.size, "Pixels on each side of what it learns on")
      ->capture_default_str()
      ->check(CLI::Range(16, 2048))
      ->group(data);
  command.add_option("--style-size", o.style_size, "Longest side of the paintings: smaller makes finer strokes; none is enlarged")
      ->capture_default_str()
      ->check(CLI::Range(16, 4096))
      ->group(data);

  add_objective_flags(command, o.loss, loss);
  command.add_option("--pixel-weight", o.pixel_weight, "Likeness to the photo, pixel by pixel")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(loss);
  command.add_option("--style-target", o.style_target, "What of features is style: gram (matrices) or mean")
      ->capture_default_str()
      ->check(CLI::IsMember({"gram", "mean"}))
      ->group(loss);
  command.add_option("--loss-net", o.loss_net, "VGG weights: ours, or a Keras .h5 (default: vgg16.h5 of the cache, see `impasto weights get`)")
      ->group(loss);

  command.add_option("--iterations", o.iterations, "Steps in all")->capture_default_str()->check(at_least_1)->group(work);
  command.add_option("--minutes", o.minutes, "As many steps as fit into so many minutes, judged by the first ones")
      ->check(CLI::PositiveNumber)
      ->group(run);
  command.add_option("--batch", o.batch, "Pictures a step")->capture_default_str()->check(CLI::Range(1, 64))->group(work);
  command.add_option("--identity-steps", o.identity_steps, "So many of the steps only teach it to give its input back")
      ->capture_default_str()
      ->check(from_0)
      ->group(work);
  command.add_option("--style-warmup", o.style_warmup, "Part of the other steps in which style comes in, from a hundredth of its weight")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->group(work);
  command.add_option("--rate", o.rate, "Adam's")->capture_default_str()->check(CLI::PositiveNumber)->group(work);
  command.add_option("--schedule", o.schedule, "How the rate falls: cosine (to --last-rate), halved (every --halve-every steps) or constant")
      ->capture_default_str()
      ->check(CLI::IsMember({"cosine", "halved", "constant"}))
      ->group(work);
  command.add_option("--last-rate", o.last_rate, "Where cosine ends")->capture_default_str()->check(CLI::NonNegativeNumber)->group(work);
  command.add_option("--halve-every", o.halve_every, "Steps")->capture_default_str()->check(at_least_1)->group(work);
  command.add_option("--seed", o.seed, "Of the first weights and the order of photos; the same seed gives the same bytes")
      ->capture_default_str()
      ->group(work);
  add_precision_option(command, o.precision)->group(work);

  command.add_flag("--resume", o.resume, "Go on from the checkpoint, with its settings; without one, begin")->group(run);
  command.add_option("--checkpoint-every", o.checkpoint_every, "Steps")->capture_default_str()->check(at_least_1)->group(run);
  command.add_option("--threads", o.threads, "That read photos, beside those that compute")
      ->capture_default_str()
      ->check(CLI::Range(1, 64))
      ->group(run);
  command.add_option("--storage", o.storage, "Of the network's file: f16, half the size, or f32")
      ->capture_default_str()
      ->check(CLI::IsMember({"f16", "f32"}))
      ->group(run);
  command.add_option("--title", o.titles, "What a painting is, like \"Katsushika Hokusai, The Great Wave, 1831\"; once for each, kept in the network's file")
      ->allow_extra_args(false)
      ->group(run);
  command.add_option("--licence", o.licence, "Of the network, kept in its file")->group(run);
  add_backend_options(command, o.backend, run);

  command.add_option("--log", o.log, "CSV: every loss term, step by step")->group(reports);
  command.add_option("--curve", o.curve, "The losses as a picture, .svg, drawn anew with each checkpoint")->group(reports);
  command.add_option("--preview", o.previews, "A photo to paint on the way, into NAME-preview.jpg; once for each")
      ->allow_extra_args(false)
      ->group(reports);
  command.add_option("--preview-every", o.preview_every, "Steps")->capture_default_str()->check(at_least_1)->group(reports);
  command.add_option("--validation", o.validation, "Other photos, a folder or a set, to measure the losses on (default: the set's own, if any)")
      ->group(reports);
  command.add_option("--validate-every", o.validate_every, "Steps")->capture_default_str()->check(at_least_1)->group(reports);
  command.add_option("--validation-photos", o.validation_photos, "So many of them")->capture_default_str()->check(at_least_1)->group(reports);
  command.add_option("--json", o.json, "Settings, losses, seconds, memory; - is standard output, on one line")->group(reports);
}

TrainOptions options_of(const std::string& settings, const std::string& source) {
  CLI::App program, *command = program.add_subcommand("transform");
  TrainOptions options;
  add_train_flags(*command, options);
  apply_settings(*command, parse_settings(settings, source), source);
  return options;
}

TransformTrainingSettings training_settings(const TrainOptions& o) {
  check_distinct({{"-o", o.out}, {"the checkpoint", o.checkpoint()}, {"--log", o.log}, {"--curve", o.curve}, {"--json", o.json}});
  if (extension(o.out) != ".h5") throw UsageError("-o " + o.out + " must end in .h5; `impasto weights export` makes other formats of it");
  if (!o.curve.empty() && extension(o.curve) != ".svg") throw UsageError("--curve " + o.curve + " must end in .svg");
  if (o.photos.empty()) throw UsageError("--photos is missing: a folder of pictures to learn on, or a set made by `impasto dataset make`");
  if (o.paintings.empty()) throw UsageError("PAINTING is missing: the picture whose style is to be learnt");
  if (o.add_style && o.init.empty()) throw UsageError("--add-style needs --init, the network of several styles that gets a further one");
  if (!o.titles.empty() && o.titles.size() != o.paintings.size())
    throw UsageError("the paintings are " + std::to_string(o.paintings.size()) + " and the --title " + std::to_string(o.titles.size()) + "; give one each");
  if (o.identity_steps >= o.iterations && !o.minutes)
    throw UsageError("all " + std::to_string(o.iterations) + " steps would only copy the photo; give fewer --identity-steps");
  TransformTrainingSettings s;
  s.objective = objective_settings(o.loss);
  s.objective.pixel_weight = o.pixel_weight;
  s.objective.statistic = o.style_target == "mean" ? StyleStatistic::mean : StyleStatistic::gram;
  s.rate.kind = o.schedule == "halved"     ? RateSchedule::Kind::halved
                : o.schedule == "constant" ? RateSchedule::Kind::constant
                                           : RateSchedule::Kind::cosine;
  s.rate.rate = o.rate;
  s.rate.last_rate = o.last_rate;
  s.rate.halve_every = o.halve_every;
  s.steps = o.iterations;
  s.identity_steps = o.identity_steps;
  s.style_warmup = o.style_warmup;
  s.norms_only = o.add_style;
  return s;
}

}  // namespace impasto
