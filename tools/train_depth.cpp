// impasto train depth: a network learns to see depth (Chen et al. 2016), from pictures whose depth is known.
#include <memory>

#include "loaders/depth_samples.h"
#include "nets/depth_map.h"
#include "nets/depth_training.h"
#include "nets/vgg_file.h"
#include "tools/command.h"
#include "tools/judging_depth.h"
#include "tools/objective_options.h"
#include "tools/precision.h"
#include "tools/progress.h"
#include "tools/train_commands.h"
#include "tools/training_run.h"

namespace impasto {
namespace {

struct DepthOptions : RunOptions {
  std::vector<std::string> pairs;
  double unit = 0.001;
  std::string network = "hourglass", trunk;
  int width = 320, height = 240;
  DepthLossSettings loss;
};

class DepthTask : public TrainingTask {
 public:
  /// plain: the pairs as they are, to calibrate with.
  DepthTask(const DepthOptions& o, Backend& backend, const DepthWeights& start, std::shared_ptr<const SampleSet> plain)
      : o_(o),
        backend_(backend),
        plain_(std::move(plain)),
        training_(backend, start, o.width, o.height, {o.loss, o.rates(), o.iterations, o.seed}) {}

  int steps_done() const override { return training_.steps_done(); }
  void set_steps(int steps) override { training_.set_steps(steps); }
  std::vector<std::string> term_names() const override { return training_.term_names(); }
  std::string text(const std::vector<double>& l) const override {
    return "loss " + number_text(l[0]) + " = rank " + number_text(l[1]) + " + log " + number_text(l[2]) + " + gradient " +
           number_text(l[3]) + "; wrong order " + number_text(100 * l[4]) + " %";
  }
  std::vector<double> step(const std::vector<float>& samples) override { return training_.step(samples); }
  std::vector<double> judge(const std::vector<float>& samples) const override { return training_.judge(samples); }
  NamedArrays slots() const override { return training_.slots(); }
  void restore_slots(const NamedArrays& slots, int steps_done) override { training_.restore_slots(slots, steps_done); }
  WeightFile weight_file() const override { return file_of(training_.weights()); }
  void finish(WeightFile& file) override {
    DepthWeights weights = training_.weights();
    const double variance = calibrated(weights);
    std::visit(
        [&](auto& w) {
          if constexpr (requires { w.output_variance; }) {
            w.output_variance = variance;
            w.trained_width = o_.width;
            w.trained_height = o_.height;
          }
        },
        weights);
    if (auto* vgg = std::get_if<VggDepthWeights>(&weights); vgg && o_.trunk.empty()) *vgg = without_trunk(std::move(*vgg));
    const std::string settings = file.settings;
    file = file_of(weights);
    file.settings = settings;
  }

 private:
  WeightFile file_of(const DepthWeights& weights) const {
    WeightFile file = depth_weight_file(weights);
    file.created_by = std::string("impasto ") + program_version;
    file.licence = o_.licence.empty() ? "not stated" : o_.licence;
    file.provenance = "trained by impasto";
    return file;
  }

  // One picture after another: they are small, and few are alive at a time.
  double calibrated(const DepthWeights& weights) const {
    constexpr int64_t pictures = 32;
    const DepthNetwork network(backend_, weights);
    std::vector<float> sample(plain_->numbers());
    double sum = 0;
    int seen = 0;
    for (int64_t i = 0; i < plain_->size() && seen < pictures; i++) {
      try {
        plain_->write(i, i, sample.data());
      } catch (const FileError&) {
        continue;  // the loader has said so
      }
      sum += output_variance(network, Variable(from_host(backend_, {1, 3, o_.height, o_.width}, sample.data())));
      seen++;
    }
    return sum / seen;  // a run without one whole pair does not come here
  }

  const DepthOptions& o_;
  Backend& backend_;
  std::shared_ptr<const SampleSet> plain_;
  DepthTraining training_;
};

void check(const DepthOptions& o) {
  if (o.pairs.empty()) throw UsageError("PAIRS is missing: a folder of pictures with their depth, such as `impasto dataset scenes` draws");
  const int multiple = o.network == "hourglass" ? 16 : VggDepth::multiple;
  if (o.width % multiple != 0 || o.height % multiple != 0)
    throw UsageError("--width and --height must be multiples of " + std::to_string(multiple));
}

std::shared_ptr<const DepthSet> pairs_of(const std::vector<std::string>& paths, double unit) {
  std::vector<std::unique_ptr<DepthSet>> sets;
  for (const std::string& path : paths) sets.push_back(open_depth_set(path, unit));
  return joined(std::move(sets));
}

DepthWeights start_of(const DepthOptions& o, bool going_on) {
  if (going_on) return read_depth_network(o.checkpoint());
  if (!o.init.empty()) return depth_network(o.init);
  if (o.network == "hourglass") return fresh_hourglass(o.seed);
  return fresh_vgg_depth(read_vgg(judging_network_file(o.trunk, "--trunk")), o.seed);
}

void train(DepthOptions& o, CLI::App& command) {
  std::optional<Checkpoint> from = prepared_run(o, command);
  if (from && o.licence.empty()) o.licence = from->weights.licence;
  check(o);
  const auto backend = make_backend(o.backend.name, chosen_precision(o.precision, o.backend.name), o.backend);
  const auto pairs = pairs_of(o.pairs, o.unit);
  DepthTask task(o, *backend, start_of(o, from.has_value()), depth_samples(pairs, {o.width, o.height, 0, false}));
  const auto samples = depth_samples(pairs, {o.width, o.height, o.seed, true});
  std::vector<float> validation;
  if (!o.validation.empty())
    validation = validation_samples(depth_samples(pairs_of({o.validation}, o.unit), {o.width, o.height, 0, false}), o.validation_photos);
  TrainingRun(o, command, *backend, task, samples, std::move(validation), std::move(from)).go();
}

void add_flags(CLI::App& command, DepthOptions& o) {
  add_run_flags(command, o);
  command
      .add_option("PAIRS", o.pairs,
                  "Folders of NAME_rgb.jpg beside NAME_depth.png or NAME_disp.png (16 bits), or files like NYU Depth v2's .mat")
      ->group(data_group);
  command.add_option("--unit", o.unit, "Metres of a step of NAME_depth.png")
      ->capture_default_str()
      ->check(CLI::PositiveNumber)
      ->group(data_group);
  command.add_option("--width", o.width, "Of what it learns on, in pixels: a multiple of 16")
      ->capture_default_str()
      ->check(CLI::Range(16, 2048))
      ->group(data_group);
  command.add_option("--height", o.height, "Likewise")->capture_default_str()->check(CLI::Range(16, 2048))->group(data_group);
  command.add_option("--network", o.network, "hourglass, or vgg-depth: a small network on VGG-16's features, taught in few steps")
      ->capture_default_str()
      ->check(CLI::IsMember({"hourglass", "vgg-depth"}))
      ->group(network_group);
  command.add_option("--trunk", o.trunk, "VGG-16 weights for vgg-depth (default: vgg16, see `impasto weights get`; that is then left out of NET.h5)")->group(network_group);
  const auto weight = [&](const char* name, double& value, const char* what) {
    command.add_option(name, value, what)->capture_default_str()->check(CLI::NonNegativeNumber)->group(loss_group);
  };
  weight("--rank-weight", o.loss.rank_weight, "Which of two pixels is farther (Chen et al. 2016)");
  weight("--log-weight", o.loss.log_weight, "The logarithm of depth, up to a constant (Eigen et al. 2014)");
  weight("--gradient-weight", o.loss.gradient_weight, "Its differences between neighbours, at four scales (Li and Snavely 2018)");
  weight("--sharpness", o.loss.sharpness, "Of --rank-weight: how soon a difference of depth is large enough");
  command.add_option("--point-pairs", o.loss.pairs, "Pairs of pixels of a picture, for --rank-weight")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000))
      ->group(loss_group);
  command.add_option("--validation", o.validation, "Other pairs, to measure on")->group(reports_group);
}

}  // namespace

void add_train_depth_command(CLI::App& train_command) {
  CLI::App* depth = train_command.add_subcommand("depth", "A network that sees how far everything in a picture is");
  const auto options = std::make_shared<DepthOptions>();
  add_flags(*depth, *options);
  depth->callback([options, depth] { train(*options, *depth); });
}

}  // namespace impasto
