// Photos worked on one by one: what goes wrong with one of several does not keep the others from being done.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "tools/photo_report.h"

namespace impasto {

/// Seconds since it was last asked.
class Lap {
 public:
  double operator()() {
    const auto now = Clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

/// Throws UsageError if the report would lie over a photo or a result, or go to standard output with one.
void check_report_name(const std::string& json, const PhotoList& list);

/// Reads, works on and writes one photo, and notes sizes and seconds as it comes along; what it throws becomes its failure.
using PhotoWork = std::function<void(DonePhoto&)>;

/// Does the whole list and tells of it: a line a photo on standard output, and the report. `out` is -o's. Throws what failed: of one photo
/// its own error, of several one Error that lists them; and an Error if it was interrupted, which it lets be after a photo.
void run_photos(const PhotoList& list, const std::string& out, const std::string& json, const RunFacts& facts, const PhotoWork& work);

}  // namespace impasto
