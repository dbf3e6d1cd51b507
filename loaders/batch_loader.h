// Batches for training, read ahead by threads of its own. What comes is a function of the pictures, the settings and the position alone:
// the same bytes for any number of threads, and a run that continues anywhere sees what an undisturbed one would have.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "loaders/sample_set.h"

namespace impasto {

struct BatchSettings {
  int batch = 4;
  uint64_t seed = 0;  ///< of the order
  int threads = 1;
  int queue = 4;  ///< batches that are made ahead, at most
};

/// A sample that could not be used, and why.
struct Broken {
  std::string name, reason;
};

/// Position p shows sample p % N of epoch p / N's order (loaders/training_order.h). In place of a broken one (FileError) comes the next in
/// that order that is whole.
class BatchLoader {
 public:
  /// Starts at `position`, counted in samples, and begins to read. Throws UsageError for settings that cannot be, Error for an empty set.
  BatchLoader(std::shared_ptr<const SampleSet> samples, BatchSettings settings, int64_t position = 0);
  /// Waits for the samples that are being read.
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  struct Batch {
    std::vector<float> values;  ///< sample behind sample
    int64_t position;           ///< behind this batch: where to continue
  };
  /// In order. Throws Error when every sample is broken, and whatever else a thread met (MemoryError); after that it throws the same.
  Batch next();

  /// Seconds that next() has waited for samples, in total.
  double waited() const;
  /// Each once, in the order of the set, as far as they have been met; those read ahead count.
  std::vector<Broken> broken() const;

 private:
  struct Pending {
    Batch batch;
    int missing;  // samples
    std::exception_ptr problem;
  };
  void work();
  void fill(int64_t position, float* out);
  std::shared_ptr<const std::vector<int64_t>> order_of(int64_t epoch);
  void stop();

  const std::shared_ptr<const SampleSet> samples;
  const BatchSettings settings;
  mutable std::mutex mutex;  // of all below
  std::condition_variable room, ready;
  std::deque<Pending> pending;  // the front is next
  int64_t delivered, claimed;   // positions: where the front begins, and what a thread takes next
  bool stopped = false;
  double seconds_waited = 0;
  std::map<int64_t, std::string> reasons;  // of broken samples
  std::map<int64_t, std::shared_ptr<const std::vector<int64_t>>> orders;
  std::vector<std::thread> threads;
};

}  // namespace impasto
