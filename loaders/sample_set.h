// What batches for training are made of, by number.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace impasto {

/// All of it may be called from any thread.
class SampleSet {
 public:
  virtual ~SampleSet() = default;
  virtual int64_t size() const = 0;
  /// For messages: a file's path.
  virtual std::string name(int64_t i) const = 0;
  /// Of one sample.
  virtual size_t numbers() const = 0;
  /// Writes sample i as position `position` of the training order shows it, which decides what is random about it.
  /// Throws FileError if it is broken or cannot be used.
  virtual void write(int64_t i, int64_t position, float* out) const = 0;
};

}  // namespace impasto
