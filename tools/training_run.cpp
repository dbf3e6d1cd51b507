#include "tools/training_run.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "loaders/atomic_file.h"
#include "tools/command.h"
#include "tools/losses_text.h"
#include "tools/memory.h"
#include "tools/prepare.h"
#include "tools/progress.h"
#include "tools/settings.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

constexpr int timed_steps = 20;  // that --minutes is judged by

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + ptrdiff_t(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

std::string TrainingTask::text(const std::vector<double>& losses) const {
  const std::vector<std::string> names = term_names();
  return losses_text(losses[0], {names.begin() + 1, names.end()}, {losses.begin() + 1, losses.end()});
}

TrainingRun::TrainingRun(const RunOptions& o, const CLI::App& command, Backend& backend, TrainingTask& task,
                         std::shared_ptr<const SampleSet> samples, std::vector<float> validation, std::optional<Checkpoint> from)
    : o_(o),
      command_(command),
      backend_(backend),
      task_(task),
      history_(o, task.term_names(), from ? std::move(from->history) : LossTable{}, from ? std::move(from->validation) : LossTable{}),
      samples_(std::move(samples)),
      loader_(samples_, {.batch = o.batch, .seed = o.seed, .threads = o.threads}, int64_t(from ? from->position : 0)),
      validation_(std::move(validation)),
      steps_(o.iterations) {
  if (!from) return;
  task_.restore_slots(from->slots, int(from->step));
  position_ = int64_t(from->position);
}

void TrainingRun::go() {
  const int first = task_.steps_done();
  Progress progress(std::max(1, steps_ - first));
  if (first > 0) std::cerr << "going on from step " << first << " of " << o_.checkpoint() << '\n';
  for (begin_ = Clock::now(); task_.steps_done() < steps_;) {
    const double begin = seconds();
    const std::vector<double> losses = step();
    step_seconds_.push_back(seconds() - begin);
    const int done = task_.steps_done();
    plan_by_minutes(done - first);
    progress.show(done - first, task_.text(losses));
    report(done);
    if (interrupt_.wanted() && done < steps_) {
      progress.end();
      save(true);
      throw Error("interrupted after step " + std::to_string(done) + "; --resume goes on from " + o_.checkpoint());
    }
  }
  progress.end();
  finish(task_.steps_done() - first);
}

std::vector<double> TrainingRun::step() {
  BatchLoader::Batch batch = loader_.next();
  const int before = task_.steps_done();
  std::vector<double> losses = task_.step(batch.values);
  if (history_.diverged(before, losses[0], task_.first_alike(before))) diverge(losses[0]);
  position_ = batch.position;
  last_batch_ = std::move(batch.values);
  history_.add(before, losses);
  return losses;
}

void TrainingRun::diverge(double loss) const {
  const std::string remedy =
      fs::exists(o_.checkpoint()) ? "the last good state is in " + o_.checkpoint() + ": begin from it by --init with" : "begin again with";
  throw Error("the loss came to " + number_text(loss) + " at step " + std::to_string(task_.steps_done()) + ", so this leads nowhere; " +
              remedy + " a smaller --rate or smaller weights");
}

// So many steps as fit: those of the beginning, which cost less, are not counted.
void TrainingRun::plan_by_minutes(int made) {
  if (!o_.minutes || planned_) return;
  const int done = task_.steps_done() - task_.first_alike(steps_);
  if (done == 1 || made == 1) timed_from_ = {task_.steps_done(), seconds()};
  if (done < 1 || task_.steps_done() - timed_from_.first < timed_steps) return;
  const double each = (seconds() - timed_from_.second) / timed_steps;
  steps_ = task_.steps_done() + std::max(1, int((*o_.minutes * 60 - seconds()) / each));
  task_.set_steps(steps_);
  planned_ = true;
  std::cerr << steps_ << " steps fit into " << number_text(*o_.minutes) << " minutes\n";
}

void TrainingRun::report(int done) {
  const auto due = [&](int every) { return done % every == 0 || done == steps_; };
  if (!validation_.empty() && task_.can_be_judged() && due(o_.validate_every)) history_.add_validation(done, task_.judge(validation_));
  task_.preview(done, done == steps_);
  if (due(o_.checkpoint_every)) save(false);
}

WeightFile TrainingRun::file() const {
  WeightFile file = task_.weight_file();
  Json settings = settings_of(command_, learning_groups());
  settings["iterations"] = steps_;
  file.settings = settings.dump();
  return file;
}

// The losses so far were from before the last step: what is kept shall be good behind it, too.
void TrainingRun::check_sound() const {
  const double loss = task_.judge(last_batch_)[0];
  const int done = task_.steps_done();
  if (task_.can_be_judged() ? history_.diverged(done, loss, task_.first_alike(done)) : !std::isfinite(loss)) diverge(loss);
}

// A disk that is full now may have room later: training goes on, and the last checkpoint stays.
void TrainingRun::save(bool last_chance) {
  check_sound();
  Checkpoint c;
  c.weights = file();
  c.step = uint32_t(task_.steps_done());
  c.slots = task_.slots();
  c.random_key = o_.seed;
  c.random_counter = c.step;
  c.position = uint64_t(position_);
  c.epoch = c.position / uint64_t(samples_->size());
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

void TrainingRun::finish(int made) {
  WeightFile network = file();
  if (made == 0) task_.preview(task_.steps_done(), true);
  task_.finish(network);
  write_weight_file(o_.out, network, o_.storage == "f32" ? Storage::f32 : Storage::f16);
  const double spent = seconds(), each = made > 0 ? spent / made : 0;
  for (const Broken& broken : loader_.broken()) std::cerr << "left out: " << broken.name << ": " << broken.reason << '\n';
  std::cerr << o_.out << ": " << task_.steps_done() << " steps, " << made << " of them now in " << clock_text(spent) << " ("
            << number_text(each) << " s a step, of which " << number_text(made > 0 ? loader_.waited() / made : 0)
            << " waiting for photos)\n";
  write_report(network, made, spent);
}

void TrainingRun::write_report(const WeightFile& network, int made, double spent) const {
  Json losses = Json::object();
  const LossTable& table = history_.validation().rows() > 0 ? history_.validation() : history_.history();
  for (size_t c = 1; c < table.columns.size() && table.rows() > 0; c++)
    losses[table.columns[c]] = table.values[table.values.size() - table.columns.size() + c];
  write_json(o_.json, {{"impasto", program_version},
                       {"output", o_.out},
                       {"settings", Json::parse(network.settings)},
                       {"backend", backend_.name()},
                       {"device", device_json(backend_.name())},
                       {"steps", task_.steps_done()},
                       {"steps_now", made},
                       {"losses", losses},
                       {"seconds", spent},
                       {"seconds_per_step", made > 0 ? spent / made : 0},
                       {"median_seconds", median(step_seconds_)},
                       {"minimum_seconds", step_seconds_.empty() ? 0 : *std::min_element(step_seconds_.begin(), step_seconds_.end())},
                       {"seconds_waiting_for_photos", loader_.waited()},
                       {"broken_photos", loader_.broken().size()},
                       {"peak_memory_bytes", peak_memory()}});
}

std::optional<Checkpoint> prepared_run(RunOptions& o, CLI::App& command) {
  std::optional<Checkpoint> from;
  if (o.resume) remove_abandoned(o.out);
  if (o.resume && fs::exists(o.checkpoint())) from = read_checkpoint(o.checkpoint());
  complete_settings(command, o, from);
  check_run_options(o);
  o.backend.name = chosen_backend(o.backend.name);
  for (const std::string* path : {&o.out, &o.log, &o.curve, &o.json}) check_writable(*path);
  return from;
}

std::vector<float> validation_samples(std::shared_ptr<const SampleSet> samples, int most) {
  const int count = int(std::min<int64_t>(samples->size(), most));
  return BatchLoader(std::move(samples), {.batch = count}).next().values;
}

}  // namespace impasto
