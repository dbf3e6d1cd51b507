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

#include "loaders/picture_set.h"

namespace impasto {

struct BatchSettings {
  int size = 256;  ///< of the squares, in pixels
  int batch = 4;
  uint64_t seed = 0;
  bool augment = true;  ///< random squares, half of them flipped (loaders/crop.h); else the middle one
  int threads = 1;
  int queue = 4;  ///< batches that are made ahead, at most
};

/// A picture that could not be used, and why.
struct Broken {
  std::string name, reason;
};

/// Position p shows picture p % N of epoch p / N's order (loaders/training_order.h). In place of a broken one (FileError, NaN, or a shorter
/// side below a quarter of `size`) comes the next in that order that is whole; the crop is that of the position.
class BatchLoader {
 public:
  /// Starts at `position`, counted in pictures, and begins to read. Throws UsageError for settings that cannot be, Error for an empty set.
  BatchLoader(std::shared_ptr<const PictureSet> pictures, BatchSettings settings, int64_t position = 0);
  /// Waits for the pictures that are being read.
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  struct Batch {
    std::vector<float> rgb;  ///< [batch, 3, size, size], 0..1
    int64_t position;        ///< behind this batch: where to continue
  };
  /// In order. Throws Error when every picture is broken, and whatever else a thread met (MemoryError); after that it throws the same.
  Batch next();

  /// Seconds that next() has waited for pictures, in total.
  double waited() const;
  /// Each once, in the order of the set, as far as they have been met; pictures read ahead count.
  std::vector<Broken> broken() const;

 private:
  struct Pending {
    Batch batch;
    int missing;  // pictures
    std::exception_ptr problem;
  };
  void work();
  void fill(int64_t position, float* out);
  std::string flaw(const Picture& picture) const;
  std::shared_ptr<const std::vector<int64_t>> order_of(int64_t epoch);
  void stop();

  const std::shared_ptr<const PictureSet> pictures;
  const BatchSettings settings;
  mutable std::mutex mutex;  // of all below
  std::condition_variable room, ready;
  std::deque<Pending> pending;  // the front is next
  int64_t delivered, claimed;   // positions: where the front begins, and what a thread takes next
  bool stopped = false;
  double seconds_waited = 0;
  std::map<int64_t, std::string> reasons;  // of broken pictures
  std::map<int64_t, std::shared_ptr<const std::vector<int64_t>>> orders;
  std::vector<std::thread> threads;
};

}  // namespace impasto
