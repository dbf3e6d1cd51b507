// impasto train transform: a feed-forward network learns to paint photographs like a painting (Johnson et al. 2016).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

#include "loaders/atomic_file.h"
#include "loaders/batch_loader.h"
#include "nets/transform_file.h"
#include "nets/vgg_file.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/losses_text.h"
#include "tools/memory.h"
#include "tools/prepare.h"
#include "tools/progress.h"
#include "tools/settings.h"
#include "tools/train_report.h"
#include "tools/train_start.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

constexpr int timed_steps = 20;  // that --minutes is judged by

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + ptrdiff_t(values.size() / 2), values.end());
  return values[values.size() / 2];
}

class Run {
 public:
  Run(const TrainOptions& o, const CLI::App& command, std::optional<Checkpoint> from)
      : o_(o),
        command_(command),
        settings_(training_settings(o)),
        start_(started(from)),
        backend_(make_backend(o.backend.name, chosen_precision(o.precision, o.backend.name), o.backend)),
        training_(*backend_, start_, read_vgg(judging_network_file(o.loss_net, "--loss-net")), training_paintings(o), settings_),
        history_(o, training_.term_names(), from ? std::move(from->history) : LossTable{}, from ? std::move(from->validation) : LossTable{}),
        previews_(read_previews(o)),
        photos_(open_picture_set(o.photos, Split::train)),
        loader_(photos_, {.size = o.size, .batch = o.batch, .seed = o.seed, .threads = o.threads}, int64_t(from ? from->position : 0)) {
    start_.parameters.clear();
    if (from) {
      training_.restore_slots(from->slots, int(from->step));
      position_ = int64_t(from->position);
    }
    if (const auto others = validation_set(o)) {
      const int count = int(std::min<int64_t>(others->size(), o.validation_photos));
      BatchLoader squares(others, {.size = o.size, .batch = count, .augment = false});
      validation_ = squares.next().rgb;
    }
  }

  void go() {
    const int first = training_.steps_done();
    Progress progress(std::max(1, steps() - first));
    if (first > 0) std::cerr << "going on from step " << first << " of " << o_.checkpoint() << '\n';
    for (begin_ = Clock::now(); training_.steps_done() < steps();) {
      const double begin = seconds();
      const std::vector<double> losses = step();
      step_seconds_.push_back(seconds() - begin);
      const int done = training_.steps_done();
      plan_by_minutes(done - first);
      const std::vector<std::string> names = training_.term_names();
      progress.show(done - first, losses_text(losses[0], {names.begin() + 1, names.end()}, {losses.begin() + 1, losses.end()}));
      report(done);
      if (interrupt_.wanted() && done < steps()) {
        progress.end();
        save(true);
        throw Error("interrupted after step " + std::to_string(done) + "; --resume goes on from " + o_.checkpoint());
      }
    }
    progress.end();
    finish(training_.steps_done() - first);
  }

 private:
  using Clock = std::chrono::steady_clock;
  int steps() const { return settings_.steps; }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  TransformWeights started(const std::optional<Checkpoint>& from) {
    TransformWeights start = from ? read_transform(o_.checkpoint()) : start_of_training(o_, settings_.first_style);
    if (from) settings_.first_style = std::max(0, start.architecture.styles - int(o_.paintings.size()));
    describe(start, o_, settings_.first_style);
    return start;
  }

  std::vector<double> step() {
    BatchLoader::Batch batch = loader_.next();
    const int before = training_.steps_done();
    std::vector<double> losses = training_.step(batch.rgb, o_.batch, o_.size);
    if (history_.diverged(before, losses[0], settings_.identity_steps)) diverge(losses[0]);
    position_ = batch.position;
    last_batch_ = std::move(batch.rgb);
    history_.add(before, losses);
    return losses;
  }

  [[noreturn]] void diverge(double loss) const {
    const std::string remedy = fs::exists(o_.checkpoint()) ? "the last good state is in " + o_.checkpoint() + ": begin from it by --init with"
                                                           : "begin again with";
    throw Error("the loss came to " + number_text(loss) + " at step " + std::to_string(training_.steps_done()) +
                ", so this leads nowhere; " + remedy + " a smaller --rate or smaller weights");
  }

  // So many steps as fit: those of the beginning, which cost less, are not counted.
  void plan_by_minutes(int made) {
    if (!o_.minutes || planned_) return;
    const int done = training_.steps_done() - settings_.identity_steps;
    if (done == 1 || made == 1) timed_from_ = {training_.steps_done(), seconds()};
    if (done < 1 || training_.steps_done() - timed_from_.first < timed_steps) return;
    const double each = (seconds() - timed_from_.second) / timed_steps;
    settings_.steps = training_.steps_done() + std::max(1, int((*o_.minutes * 60 - seconds()) / each));
    training_.set_steps(settings_.steps);
    planned_ = true;
    std::cerr << settings_.steps << " steps fit into " << number_text(*o_.minutes) << " minutes\n";
  }

  void report(int done) {
    const auto due = [&](int every) { return done % every == 0 || done == steps(); };
    if (!validation_.empty() && !training_.in_identity() && due(o_.validate_every)) {
      const int count = int(validation_.size() / (3 * size_t(o_.size) * size_t(o_.size)));
      history_.add_validation(done, training_.judge(validation_, count, o_.size));
    }
    if (!previews_.empty() && due(o_.preview_every)) preview_ = write_previews(o_, previews_, *backend_, training_.weights(), done);
    if (due(o_.checkpoint_every)) save(false);
  }

  WeightFile file() const {
    WeightFile file = transform_weight_file(training_.weights());
    Json settings = settings_of(command_, learning_groups());
    settings["iterations"] = steps();
    file.settings = settings.dump();
    return file;
  }

  // The losses so far were from before the last step: what is kept shall be good behind it, too.
  void check_sound() const {
    const double loss = training_.judge(last_batch_, o_.batch, o_.size)[0];
    if (training_.in_identity() ? !std::isfinite(loss) : history_.diverged(training_.steps_done(), loss, settings_.identity_steps))
      diverge(loss);
  }

  // A disk that is full now may have room later: training goes on, and the last checkpoint stays.
  void save(bool last_chance) {
    check_sound();
    Checkpoint c;
    c.weights = file();
    c.step = uint32_t(training_.steps_done());
    c.slots = training_.slots();
    c.random_key = o_.seed;
    c.random_counter = c.step;
    c.position = uint64_t(position_);
    c.epoch = c.position / uint64_t(photos_->size());
    c.order_seed = o_.seed;
    c.history = history_.history();
    c.validation = history_.validation();
    try {
      write_checkpoint(o_.checkpoint(), c);
    } catch (const FileError& error) {
      if (last_chance) throw;
      std::cerr << "impasto: " << error.what() << " (training goes on; the next attempt is in " << o_.checkpoint_every << " steps)\n";
    }
    history_.draw();
  }

  void finish(int made) {
    WeightFile network = file();
    if (made == 0 && !previews_.empty()) preview_ = write_previews(o_, previews_, *backend_, training_.weights(), steps());
    if (preview_.width > 0) network.preview = small_preview(preview_);
    write_weight_file(o_.out, network, o_.storage == "f32" ? Storage::f32 : Storage::f16);
    const double spent = seconds(), each = made > 0 ? spent / made : 0;
    for (const Broken& broken : loader_.broken()) std::cerr << "left out: " << broken.name << ": " << broken.reason << '\n';
    std::cerr << o_.out << ": " << training_.steps_done() << " steps, " << made << " of them now in " << clock_text(spent) << " ("
              << number_text(each) << " s a step, of which " << number_text(made > 0 ? loader_.waited() / made : 0)
              << " waiting for photos)\n";
    Json losses = Json::object();
    const LossTable& table = history_.validation().rows() > 0 ? history_.validation() : history_.history();
    for (size_t c = 1; c < table.columns.size() && table.rows() > 0; c++)
      losses[table.columns[c]] = table.values[table.values.size() - table.columns.size() + c];
    write_json(o_.json, {{"impasto", program_version},
                         {"output", o_.out},
                         {"settings", Json::parse(network.settings)},
                         {"backend", backend_->name()},
                         {"device", device_json(backend_->name())},
                         {"steps", training_.steps_done()},
                         {"steps_now", made},
                         {"losses", losses},
                         {"seconds", spent},
                         {"seconds_per_step", each},
                         {"median_seconds", median(step_seconds_)},
                         {"minimum_seconds", step_seconds_.empty() ? 0 : *std::min_element(step_seconds_.begin(), step_seconds_.end())},
                         {"seconds_waiting_for_photos", loader_.waited()},
                         {"broken_photos", loader_.broken().size()},
                         {"peak_memory_bytes", peak_memory()}});
  }

  const TrainOptions& o_;
  const CLI::App& command_;
  TransformTrainingSettings settings_;
  TransformWeights start_;
  std::unique_ptr<Backend> backend_;
  TransformTraining training_;
  TrainHistory history_;
  std::vector<PreviewPhoto> previews_;
  std::shared_ptr<const PictureSet> photos_;
  BatchLoader loader_;
  int64_t position_ = 0;
  std::vector<float> last_batch_, validation_;
  std::vector<double> step_seconds_;
  Picture preview_;
  Interrupt interrupt_;
  Clock::time_point begin_;
  bool planned_ = false;
  std::pair<int, double> timed_from_{0, 0};
};

void train(TrainOptions& o, CLI::App& command) {
  std::optional<Checkpoint> from;
  if (o.resume) remove_abandoned(o.out);
  if (o.resume && fs::exists(o.checkpoint())) from = read_checkpoint(o.checkpoint());
  complete_settings(command, o, from);
  training_settings(o);
  o.backend.name = chosen_backend(o.backend.name);
  for (const std::string* path : {&o.out, &o.log, &o.curve, &o.json}) check_writable(*path);
  Run(o, command, std::move(from)).go();
}

}  // namespace

void add_train_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train", "Teach networks");
  command->require_subcommand(1);
  CLI::App* transform = command->add_subcommand("transform", "A network that paints photos like a painting, in one pass");
  const auto options = std::make_shared<TrainOptions>();
  add_train_flags(*transform, *options);
  transform->callback([options, transform] { train(*options, *transform); });
}

}  // namespace impasto
