// impasto train adain: a decoder learns to paint photographs in the style of any picture (Huang and Belongie 2017).
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "loaders/photo_squares.h"
#include "loaders/resize.h"
#include "loaders/style_pairs.h"
#include "nets/adain_file.h"
#include "nets/adain_training.h"
#include "nets/vgg_file.h"
#include "tools/command.h"
#include "tools/objective_options.h"
#include "tools/precision.h"
#include "tools/sheet.h"
#include "tools/step_name.h"
#include "tools/train_commands.h"
#include "tools/training_run.h"

namespace impasto {
namespace {

constexpr int scaling_photos = 16;  // that the encoder is scaled by
constexpr int preview_side = 512;

struct AdainOptions : RunOptions {
  AdainOptions() {
    batch = 8;
    rate = 1e-4;
    last_rate = 1e-6;
    schedule = "inverse";
  }
  std::string photos, encoder, style_loss = "means", validation_paintings;
  std::vector<std::string> paintings, previews;
  int size = 256, preview_every = 500, identity_steps = 500;
  double content_weight = 1, tv_weight = 0;
  std::optional<double> style_weight;
};

AdainTrainingSettings training_settings(const AdainOptions& o) {
  AdainTrainingSettings s;
  const bool sums = o.style_loss == "sums";
  s.loss = sums ? AdainTrainingSettings::Loss::sums : AdainTrainingSettings::Loss::means;
  s.content_weight = o.content_weight;
  s.style_weight = o.style_weight.value_or(sums ? 1e-2 : 10);
  s.tv_weight = o.tv_weight;
  s.identity_steps = o.identity_steps;
  s.rate = o.rates();
  s.steps = o.iterations;
  return s;
}

// A photo of --preview and its painting, as they are painted.
struct PreviewPair {
  Picture photo, painting;
};

std::vector<PreviewPair> read_previews(const std::vector<std::string>& names) {
  std::vector<PreviewPair> all;
  const auto read = [](const std::string& name) {
    const Picture picture = read_picture(name);
    return resize_longest(picture, std::min(preview_side, std::max(picture.width, picture.height)));
  };
  for (size_t i = 0; i + 1 < names.size(); i += 2) all.push_back({read(names[i]), read(names[i + 1])});
  return all;
}

Variable unit(Backend& backend, const Picture& picture) {
  return Variable(from_host(backend, {1, 3, picture.height, picture.width}, picture.rgb.data()));
}

Picture painted(const Adain& net, const PreviewPair& pair) {
  const NoGrad no_grad;
  const ChannelStatistics style = channel_statistics(net.encode(unit(net.backend(), pair.painting)).value());
  const Tensor y = net.decode(adain(net.encode(unit(net.backend(), pair.photo)), style)).value();
  Picture picture;
  picture.width = y.shape().w;
  picture.height = y.shape().h;
  picture.rgb = to_host(y);
  return picture;
}

class AdainTask : public TrainingTask {
 public:
  AdainTask(const AdainOptions& o, Backend& backend, VggWeights encoder, const AdainWeights& start, const std::vector<float>& plain,
            std::shared_ptr<const StylePairs> pairs)
      : o_(o),
        pairs_(std::move(pairs)),
        backend_(backend),
        encoder_(std::move(encoder)),
        training_(backend, encoder_, start, plain, o.size, training_settings(o)),
        previews_(read_previews(o.previews)) {}

  int steps_done() const override { return training_.steps_done(); }
  void set_steps(int steps) override { training_.set_steps(steps); }
  int first_alike(int step) const override { return step < o_.identity_steps ? 0 : o_.identity_steps; }
  bool can_be_judged() const override { return !training_.in_identity(); }
  std::vector<std::string> term_names() const override { return training_.term_names(); }
  std::vector<double> step(const std::vector<float>& samples) override { return training_.step(samples); }
  std::vector<double> judge(const std::vector<float>& samples) const override { return training_.judge(samples); }
  NamedArrays slots() const override { return training_.slots(); }
  void restore_slots(const NamedArrays& slots, int steps_done) override { training_.restore_slots(slots, steps_done); }
  WeightFile weight_file() const override {
    WeightFile file = adain_weight_file(training_.weights());
    file.created_by = std::string("impasto ") + program_version;
    file.licence = o_.licence.empty() ? "not stated" : o_.licence;
    file.provenance = "trained by impasto";
    return file;
  }
  void finish(WeightFile&) override {
    for (const std::string& problem : pairs_->broken()) std::cerr << "left out: " << problem << '\n';
  }
  void preview(int step, bool last) override {
    if (previews_.empty() || (!last && step % o_.preview_every != 0)) return;
    const Adain net(backend_, encoder_, training_.weights());
    std::vector<std::vector<Tile>> rows;
    for (const PreviewPair& pair : previews_) rows.push_back({{pair.photo, ""}, {pair.painting, ""}, {painted(net, pair), ""}});
    const std::filesystem::path out(o_.out);
    write_picture(with_step((out.parent_path() / (out.stem().string() + "-preview.jpg")).string(), step), sheet(rows, LabelPlace::below));
  }

 private:
  const AdainOptions& o_;
  std::shared_ptr<const StylePairs> pairs_;
  Backend& backend_;
  VggWeights encoder_;
  AdainTraining training_;
  std::vector<PreviewPair> previews_;
};

void check(const AdainOptions& o) {
  if (o.photos.empty()) throw UsageError("--photos is missing: a folder of pictures to learn on, or a set made by `impasto dataset make`");
  if (o.paintings.empty()) throw UsageError("--paintings is missing: a folder of pictures whose styles are to be learnt");
  if (o.size % 8 != 0) throw UsageError("--size must be a multiple of 8");
  if (o.previews.size() % 2 != 0) throw UsageError("--preview takes a photo and a painting");
  if (o.validation.empty() != o.validation_paintings.empty())
    throw UsageError("--validation and --validation-paintings belong together: photos and paintings that nothing is learnt from");
}

std::shared_ptr<const SampleSet> squares(const std::string& path, int size, uint64_t seed, bool augment) {
  return photo_squares(open_picture_set(path, Split::train), {.size = size, .seed = seed, .augment = augment});
}

// Crops of paintings are others than those of photos.
std::shared_ptr<const StylePairs> pairs(const std::string& photos, const std::vector<std::string>& paintings, const AdainOptions& o,
                                        bool augment) {
  std::vector<std::shared_ptr<const SampleSet>> styles;
  for (size_t i = 0; i < paintings.size(); i++) styles.push_back(squares(paintings[i], o.size, ~o.seed - i, augment));
  return std::make_shared<StylePairs>(squares(photos, o.size, o.seed, augment), std::move(styles), o.seed);
}

AdainWeights start_of(const AdainOptions& o, const VggWeights& encoder, bool going_on) {
  if (going_on) return read_adain(o.checkpoint());
  if (o.init.empty()) return fresh_adain(encoder.architecture, o.seed);
  AdainWeights start = read_adain(o.init);
  const int channels = start.encoder.blocks[3][0];
  start.decoder.try_emplace("features/scale", Array{{channels}, std::vector<float>(size_t(channels), 1)});  // what it has learnt to read
  return start;
}

void train(AdainOptions& o, CLI::App& command) {
  std::optional<Checkpoint> from = prepared_run(o, command);
  if (from && o.licence.empty()) o.licence = from->weights.licence;
  check(o);
  const auto backend = make_backend(o.backend.name, chosen_precision(o.precision, o.backend.name), o.backend);
  const auto samples = pairs(o.photos, o.paintings, o, true);
  VggWeights encoder = read_vgg(judging_network_file(o.encoder, "--encoder"));
  const AdainWeights start = start_of(o, encoder, from.has_value());
  const std::vector<float> plain = validation_samples(squares(o.photos, o.size, o.seed, false), scaling_photos);
  AdainTask task(o, *backend, std::move(encoder), start, plain, samples);
  std::vector<float> validation;
  if (!o.validation.empty())
    validation = validation_samples(pairs(o.validation, {o.validation_paintings}, o, false), o.validation_photos);
  TrainingRun(o, command, *backend, task, samples, std::move(validation), std::move(from)).go();
}

void add_flags(CLI::App& command, AdainOptions& o) {
  add_run_flags(command, o);
  command.add_option("--photos", o.photos, "What it learns to paint: a folder of pictures, or a set (`impasto dataset make`)")->group(data_group);
  command
      .add_option("--paintings", o.paintings, "Styles: a folder of pictures, or a set; once for each, and all count the same (see `impasto dataset textures`)")
      ->allow_extra_args(false)
      ->group(data_group);
  command.add_option("--size", o.size, "Pixels on each side of what it learns on: a multiple of 8")
      ->capture_default_str()
      ->check(CLI::Range(16, 2048))
      ->group(data_group);
  command.add_option("--encoder", o.encoder, "VGG weights: ours, or a Keras .h5 (default: vgg16.h5 of the cache, see `impasto weights get`)")
      ->group(network_group);
  const auto weight = [&](const char* name, double& value, const char* what) {
    command.add_option(name, value, what)->capture_default_str()->check(CLI::NonNegativeNumber)->group(loss_group);
  };
  weight("--content-weight", o.content_weight, "Likeness to the features that it paints from");
  command.add_option("--style-weight", o.style_weight, "Likeness to the style's statistics (default: 10, for sums 0.01)")
      ->check(CLI::NonNegativeNumber)
      ->group(loss_group);
  weight("--tv-weight", o.tv_weight, "Smoothness");
  command.add_option("--identity-steps", o.identity_steps, "The first steps teach it to give a photo back, convolution by convolution")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000))
      ->group(work_group);
  command
      .add_option("--loss", o.style_loss, "Of the statistics' differences: means over channels (as pytorch-AdaIN) or sums (as AdaIN-style)")
      ->capture_default_str()
      ->check(CLI::IsMember({"means", "sums"}))
      ->group(loss_group);
  command.add_option("--preview", o.previews, "A photo and a painting, painted on the way into NAME-preview-<step>.jpg; once for each pair")
      ->type_size(2)
      ->group(reports_group);
  command.add_option("--preview-every", o.preview_every, "Steps")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000))
      ->group(reports_group);
  command.add_option("--validation", o.validation, "Other photos, a folder or a set, to measure the losses on")->group(reports_group);
  command.add_option("--validation-paintings", o.validation_paintings, "Other paintings, for those")->group(reports_group);
}

}  // namespace

void add_train_adain_command(CLI::App& train_command) {
  CLI::App* adain = train_command.add_subcommand("adain", "A network that paints photos in the style of any picture");
  const auto options = std::make_shared<AdainOptions>();
  add_flags(*adain, *options);
  adain->callback([options, adain] { train(*options, *adain); });
}

}  // namespace impasto
