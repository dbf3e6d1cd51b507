#include "tools/train_transform_options.h"

#include <CLI/CLI.hpp>

#include "tools/settings.h"

namespace impasto {

void add_train_flags(CLI::App& command, TrainOptions& o) {
  add_run_flags(command, o);
  const CLI::Range at_least_1(1, 1'000'000), from_0(0, 1'000'000);
  command.add_option("PAINTING", o.paintings, "The style: one picture, or several for a network that holds them all")->group(data_group);
  command.add_option("--photos", o.photos, "What it learns on: a folder of pictures, or a set (`impasto dataset make`)")->group(data_group);

  command.add_option("--arch", o.arch, "pytorch-examples, johnson, johnson-half, lengstrom, or a whole architecture string")
      ->capture_default_str()
      ->group(network_group);
  command.add_option("--space", o.space, "How it sees pictures: torch, caffe, unit or byte")
      ->capture_default_str()
      ->check(CLI::IsMember({"torch", "caffe", "unit", "byte"}))
      ->group(network_group);
  command.add_flag("--add-style", o.add_style, "Of --init, a network of several styles, teach only further ones: its gammas and betas")
      ->group(network_group);

  command.add_option("--size", o.size, "Pixels on each side of what it learns on")
      ->capture_default_str()
      ->check(CLI::Range(16, 2048))
      ->group(data_group);
  command.add_option("--style-size", o.style_size, "Longest side of the paintings: smaller makes finer strokes; none is enlarged")
      ->capture_default_str()
      ->check(CLI::Range(16, 4096))
      ->group(data_group);

  add_objective_flags(command, o.loss, loss_group);
  command.add_option("--pixel-weight", o.pixel_weight, "Likeness to the photo, pixel by pixel")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(loss_group);
  command.add_option("--style-target", o.style_target, "What of features is style: gram (matrices) or mean")
      ->capture_default_str()
      ->check(CLI::IsMember({"gram", "mean"}))
      ->group(loss_group);
  command.add_option("--loss-net", o.loss_net, "VGG weights: ours, or a Keras .h5 (default: vgg16.h5 of the cache, see `impasto weights get`)")
      ->group(loss_group);

  command.add_option("--identity-steps", o.identity_steps, "So many of the steps only teach it to give its input back")
      ->capture_default_str()
      ->check(from_0)
      ->group(work_group);
  command.add_option("--style-warmup", o.style_warmup, "Part of the other steps in which style comes in, from a hundredth of its weight")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->group(work_group);

  command.add_option("--title", o.titles, "What a painting is, like \"Katsushika Hokusai, The Great Wave, 1831\"; once for each, kept in the network's file")
      ->allow_extra_args(false)
      ->group(run_group);

  command.add_option("--preview", o.previews, "A photo to paint on the way, into NAME-preview.jpg; once for each")
      ->allow_extra_args(false)
      ->group(reports_group);
  command.add_option("--preview-every", o.preview_every, "Steps")->capture_default_str()->check(at_least_1)->group(reports_group);
  command.add_option("--validation", o.validation, "Other photos, a folder or a set, to measure the losses on (default: the set's own, if any)")
      ->group(reports_group);
}

TrainOptions options_of(const std::string& settings, const std::string& source) {
  CLI::App program, *command = program.add_subcommand("transform");
  TrainOptions options;
  add_train_flags(*command, options);
  apply_settings(*command, parse_settings(settings, source), source);
  return options;
}

TransformTrainingSettings training_settings(const TrainOptions& o) {
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
  s.rate = o.rates();
  s.steps = o.iterations;
  s.identity_steps = o.identity_steps;
  s.style_warmup = o.style_warmup;
  s.norms_only = o.add_style;
  return s;
}

}  // namespace impasto
