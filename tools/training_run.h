// The loop of every `impasto train`: steps, progress, checkpoints that a killed run goes on from, and what is written at the end.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/backend.h"
#include "loaders/batch_loader.h"
#include "loaders/checkpoint.h"
#include "tools/interrupt.h"
#include "tools/run_options.h"
#include "tools/train_history.h"

namespace CLI {
class App;
}

namespace impasto {

/// A network in training, as the loop sees it. Samples are those of the loader, `batch` at a time.
class TrainingTask {
 public:
  virtual ~TrainingTask() = default;
  virtual int steps_done() const = 0;
  virtual void set_steps(int steps) = 0;
  /// The first step whose losses can be compared with those of step `step`.
  virtual int first_alike(int /*step*/) const { return 0; }
  /// The first is the one that counts.
  virtual std::vector<std::string> term_names() const = 0;
  /// What is shown of them on the way: their sum, unless something else adds up.
  virtual std::string text(const std::vector<double>& losses) const;
  /// The losses from before the step.
  virtual std::vector<double> step(const std::vector<float>& samples) = 0;
  /// Those of samples that nothing is learnt from, by the network as it is used.
  virtual std::vector<double> judge(const std::vector<float>& samples) const = 0;
  /// Whether judge() says anything of the network as far as it is.
  virtual bool can_be_judged() const { return true; }
  virtual NamedArrays slots() const = 0;
  virtual void restore_slots(const NamedArrays& slots, int steps_done) = 0;
  /// Without settings.
  virtual WeightFile weight_file() const = 0;
  /// After each step; last: no step follows.
  virtual void preview(int /*step*/, bool /*last*/) {}
  /// What only the finished network's file has.
  virtual void finish(WeightFile& /*file*/) {}
};

class TrainingRun {
 public:
  /// validation: samples to judge by, or none. `from`: where an earlier run stopped; its weights are in the task already.
  TrainingRun(const RunOptions& options, const CLI::App& command, Backend& backend, TrainingTask& task,
              std::shared_ptr<const SampleSet> samples, std::vector<float> validation, std::optional<Checkpoint> from);
  /// Throws Error when the loss diverges or the user interrupts, FileError.
  void go();

 private:
  using Clock = std::chrono::steady_clock;
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  std::vector<double> step();
  [[noreturn]] void diverge(double loss) const;
  void plan_by_minutes(int made);
  void report(int done);
  WeightFile file() const;
  void check_sound() const;
  void save(bool last_chance);
  void finish(int made);
  void write_report(const WeightFile& network, int made, double spent) const;

  const RunOptions& o_;
  const CLI::App& command_;
  Backend& backend_;
  TrainingTask& task_;
  TrainHistory history_;
  std::shared_ptr<const SampleSet> samples_;
  BatchLoader loader_;
  std::vector<float> validation_, last_batch_;
  int steps_;
  int64_t position_ = 0;
  std::vector<double> step_seconds_;
  Interrupt interrupt_;
  Clock::time_point begin_;
  bool planned_ = false;
  std::pair<int, double> timed_from_{0, 0};
};

/// The checkpoint to go on from, if one is asked for and there; settings are completed, the backend is chosen, and files are found
/// writable.
std::optional<Checkpoint> prepared_run(RunOptions& options, CLI::App& command);

/// So many samples that are never learnt from, at most as many as there are.
std::vector<float> validation_samples(std::shared_ptr<const SampleSet> samples, int most);

}  // namespace impasto
