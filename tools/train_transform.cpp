// impasto train transform: a feed-forward network learns to paint photographs like a painting (Johnson et al. 2016).
#include <algorithm>
#include <iostream>
#include <memory>

#include "loaders/photo_squares.h"
#include "nets/transform_file.h"
#include "nets/vgg_file.h"
#include "tools/command.h"
#include "tools/judging_depth.h"
#include "tools/train_commands.h"
#include "tools/train_previews.h"
#include "tools/train_start.h"
#include "tools/training_run.h"

namespace impasto {
namespace {

class TransformTask : public TrainingTask {
 public:
  TransformTask(const TrainOptions& o, const TransformTrainingSettings& settings, Backend& backend,
                const std::optional<DepthWeights>& depth, bool going_on)
      : o_(o),
        settings_(settings),
        backend_(backend),
        training_(backend, started(going_on), read_vgg(judging_network_file(o.loss_net, "--loss-net")), training_paintings(o), settings_,
                  depth),
        previews_(read_previews(o)) {}

  int steps_done() const override { return training_.steps_done(); }
  void set_steps(int steps) override { training_.set_steps(steps); }
  int first_alike(int step) const override { return step < settings_.identity_steps ? 0 : settings_.identity_steps; }
  std::vector<std::string> term_names() const override { return training_.term_names(); }
  std::vector<double> step(const std::vector<float>& rgb) override {
    if (o_.loss.depth_weight > 0 && !shares_shown_ && !training_.in_identity()) {
      std::cerr << "of the gradient at step " << steps_done() << ": " << shares_text(training_.gradient_norms(rgb, o_.size)) << '\n';
      shares_shown_ = true;
    }
    return training_.step(rgb, o_.batch, o_.size);
  }
  std::vector<double> judge(const std::vector<float>& rgb) const override {
    return training_.judge(rgb, int(rgb.size() / (3 * size_t(o_.size) * size_t(o_.size))), o_.size);
  }
  bool can_be_judged() const override { return !training_.in_identity(); }
  NamedArrays slots() const override { return training_.slots(); }
  void restore_slots(const NamedArrays& slots, int steps_done) override { training_.restore_slots(slots, steps_done); }
  WeightFile weight_file() const override { return transform_weight_file(training_.weights()); }

  void preview(int step, bool last) override {
    if (!previews_.empty() && (last || step % o_.preview_every == 0))
      preview_ = write_previews(o_, previews_, backend_, training_.weights(), step);
  }
  void finish(WeightFile& file) override {
    if (preview_.width > 0) file.preview = small_preview(preview_);
  }

 private:
  TransformWeights started(bool going_on) {
    TransformWeights start = going_on ? read_transform(o_.checkpoint()) : start_of_training(o_, settings_.first_style);
    if (going_on) settings_.first_style = std::max(0, start.architecture.styles - int(o_.paintings.size()));
    describe(start, o_, settings_.first_style);
    return start;
  }

  const TrainOptions& o_;
  TransformTrainingSettings settings_;
  Backend& backend_;
  TransformTraining training_;
  std::vector<PreviewPhoto> previews_;
  Picture preview_;
  bool shares_shown_ = false;
};

// Of photographs that training begins with.
double variance_of(const DepthNetwork& network, const SampleSet& squares, const TrainOptions& o) {
  constexpr int64_t photographs = 8;
  std::vector<Picture> pictures;
  for (int64_t i = 0; i < std::min(photographs, squares.size()); i++) {
    Picture square;
    square.width = square.height = o.size;
    square.rgb.resize(squares.numbers());
    try {
      squares.write(i, i, square.rgb.data());
    } catch (const FileError&) {
      continue;  // the loader will say so
    }
    pictures.push_back(std::move(square));
  }
  if (pictures.empty()) throw Error("none of the first photographs of " + o.photos + " can be read");
  return depth_variance(network, pictures);
}

void train(TrainOptions& o, CLI::App& command) {
  std::optional<Checkpoint> from = prepared_run(o, command);
  TransformTrainingSettings settings = training_settings(o);
  const auto backend = make_backend(o.backend.name, chosen_precision(o.precision, o.backend.name), o.backend);
  const auto squares = photo_squares(open_picture_set(o.photos, Split::train), {.size = o.size, .seed = o.seed});
  std::optional<DepthWeights> depth;
  if (o.loss.depth_weight > 0) {
    depth = judging_depth(o.loss.depth_net);
    settings.objective.depth_variance = variance_of(DepthNetwork(*backend, *depth), *squares, o);
  }
  TransformTask task(o, settings, *backend, depth, from.has_value());
  std::vector<float> validation;
  if (const auto others = validation_set(o))
    validation = validation_samples(photo_squares(others, {.size = o.size, .augment = false}), o.validation_photos);
  TrainingRun(o, command, *backend, task, squares, std::move(validation), std::move(from)).go();
}

}  // namespace

void add_train_transform_command(CLI::App& train_command) {
  CLI::App* transform = train_command.add_subcommand("transform", "A network that paints photos like a painting, in one pass");
  const auto options = std::make_shared<TrainOptions>();
  add_train_flags(*transform, *options);
  transform->callback([options, transform] { train(*options, *transform); });
}

}  // namespace impasto
