// The flags that every `impasto train` has: the run, how it learns, its reports.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loaders/checkpoint.h"
#include "nets/rate_schedule.h"
#include "tools/backend_choice.h"

namespace CLI {
class App;
}

namespace impasto {

/// Headings of --help. What stands under those of learning_groups() decides what is learnt.
inline constexpr const char *network_group = "The network", *data_group = "Pictures", *loss_group = "What counts",
                            *work_group = "How it learns", *run_group = "The run", *reports_group = "Reports";

struct RunOptions {
  std::string out, config, init;

  int batch = 4, iterations = 10000;
  std::optional<double> minutes;
  double rate = 1e-3, last_rate = 1e-5;
  std::string schedule = "cosine", precision = "auto";
  int halve_every = 10000;
  uint64_t seed = 0;

  bool resume = false;
  int checkpoint_every = 500, threads = 1;
  BackendChoice backend;
  std::string storage = "f16", licence;

  std::string log, curve, json, validation;
  int validate_every = 500, validation_photos = 16;

  /// "NET.h5" has "NET.checkpoint.h5" beside it.
  std::string checkpoint() const;
  RateSchedule rates() const;
};

/// The groups of flags that decide what is learnt: what a result keeps, and what may not change when a run goes on.
const std::vector<std::string>& learning_groups();

/// Binds the flags; `options` must outlive the parsing.
void add_run_flags(CLI::App& command, RunOptions& options);

/// Throws UsageError for what the flags' own checks cannot see: the names of files.
void check_run_options(const RunOptions& options);

/// Settings of --config, and of the checkpoint that a run goes on from, where the command line is silent. Throws UsageError for settings
/// that are not the checkpoint's; --iterations may be.
void complete_settings(CLI::App& command, const RunOptions& options, const std::optional<Checkpoint>& checkpoint);

}  // namespace impasto
