#include "tools/run_options.h"

#include <CLI/CLI.hpp>

#include <filesystem>

#include "loaders/extension.h"
#include "tools/precision.h"
#include "tools/prepare.h"
#include "tools/settings.h"

namespace impasto {

std::string RunOptions::checkpoint() const {
  const std::filesystem::path path(out);
  return (path.parent_path() / (path.stem().string() + ".checkpoint" + path.extension().string())).string();
}

RateSchedule RunOptions::rates() const {
  RateSchedule s;
  s.kind = schedule == "halved"     ? RateSchedule::Kind::halved
           : schedule == "constant" ? RateSchedule::Kind::constant
           : schedule == "inverse"  ? RateSchedule::Kind::inverse
                                    : RateSchedule::Kind::cosine;
  s.rate = rate;
  s.last_rate = last_rate;
  s.halve_every = halve_every;
  return s;
}

const std::vector<std::string>& learning_groups() {
  static const std::vector<std::string> groups{network_group, data_group, loss_group, work_group};
  return groups;
}

void add_run_flags(CLI::App& command, RunOptions& o) {
  const CLI::Range at_least_1(1, 1'000'000);
  command.add_option("-o,--output", o.out, "The network, .h5; a checkpoint stands beside it as NAME.checkpoint.h5")
      ->required()
      ->group(run_group);
  command
      .add_option("--config", o.config,
                  "Settings that are not given here, as JSON: {\"iterations\": 10000}; or a trained network, for its own")
      ->group(run_group);
  command.add_option("--init", o.init, "Begin with the weights of this network")->group(network_group);
  command.add_option("--iterations", o.iterations, "Steps in all")->capture_default_str()->check(at_least_1)->group(work_group);
  command.add_option("--minutes", o.minutes, "As many steps as fit into so many minutes, judged by the first ones")
      ->check(CLI::PositiveNumber)
      ->group(run_group);
  command.add_option("--batch", o.batch, "Pictures a step")->capture_default_str()->check(CLI::Range(1, 64))->group(work_group);
  command.add_option("--rate", o.rate, "Adam's")->capture_default_str()->check(CLI::PositiveNumber)->group(work_group);
  command
      .add_option("--schedule", o.schedule, "How the rate falls: cosine (to --last-rate), halved (every --halve-every steps), inverse (over 1 + 5e-5 step) or constant")
      ->capture_default_str()
      ->check(CLI::IsMember({"cosine", "halved", "inverse", "constant"}))
      ->group(work_group);
  command.add_option("--last-rate", o.last_rate, "Where cosine ends")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(work_group);
  command.add_option("--halve-every", o.halve_every, "Steps")->capture_default_str()->check(at_least_1)->group(work_group);
  command.add_option("--seed", o.seed, "Of the first weights and the order of photos; the same seed gives the same bytes")
      ->capture_default_str()
      ->group(work_group);
  add_precision_option(command, o.precision)->group(work_group);
  command.add_flag("--resume", o.resume, "Go on from the checkpoint, with its settings; without one, begin")->group(run_group);
  command.add_option("--checkpoint-every", o.checkpoint_every, "Steps")->capture_default_str()->check(at_least_1)->group(run_group);
  command.add_option("--threads", o.threads, "That read photos, beside those that compute")
      ->capture_default_str()
      ->check(CLI::Range(1, 64))
      ->group(run_group);
  command.add_option("--storage", o.storage, "Of the network's file: f16, half the size, or f32")
      ->capture_default_str()
      ->check(CLI::IsMember({"f16", "f32"}))
      ->group(run_group);
  command.add_option("--licence", o.licence, "Of the network, kept in its file")->group(run_group);
  add_backend_options(command, o.backend, run_group);
  command.add_option("--log", o.log, "CSV: every loss term, step by step")->group(reports_group);
  command.add_option("--curve", o.curve, "The losses as a picture, .svg, drawn anew with each checkpoint")->group(reports_group);
  command.add_option("--validate-every", o.validate_every, "Steps")->capture_default_str()->check(at_least_1)->group(reports_group);
  command.add_option("--validation-photos", o.validation_photos, "So many of them")
      ->capture_default_str()
      ->check(at_least_1)
      ->group(reports_group);
  command.add_option("--json", o.json, "Settings, losses, seconds, memory; - is standard output, on one line")->group(reports_group);
}

void check_run_options(const RunOptions& o) {
  check_distinct({{"-o", o.out}, {"the checkpoint", o.checkpoint()}, {"--log", o.log}, {"--curve", o.curve}, {"--json", o.json}});
  if (extension(o.out) != ".h5") throw UsageError("-o " + o.out + " must end in .h5; `impasto weights export` makes other formats of it");
  if (!o.curve.empty() && extension(o.curve) != ".svg") throw UsageError("--curve " + o.curve + " must end in .svg");
}

void complete_settings(CLI::App& command, const RunOptions& o, const std::optional<Checkpoint>& checkpoint) {
  if (!o.config.empty()) {
    const bool network = extension(o.config) == ".h5";
    apply_settings(command, network ? parse_settings(read_weight_description(o.config).settings, o.config) : read_settings(o.config),
                   o.config);
  }
  if (!checkpoint) return;
  const Json before = parse_settings(checkpoint->weights.settings, o.checkpoint());
  apply_settings(command, before, o.checkpoint());
  const Json now = settings_of(command, learning_groups());
  for (const auto& [key, value] : now.items())
    if (key != "iterations" && (!before.contains(key) || before.at(key) != value))
      throw UsageError("--" + key + " is " + value.dump() + ", but " + o.checkpoint() + " was made with " +
                       (before.contains(key) ? before.at(key).dump() : "none") + "; leave it out to go on, or begin anew without --resume");
}

}  // namespace impasto
