// What `impasto optimize` writes down: losses and gradients step by step, and the whole run as JSON.
#pragma once
#include <fstream>
#include <string>
#include <vector>

#include "nets/gradient_norms.h"
#include "tools/optimize_options.h"

namespace impasto {

/// Lines of a CSV file, there as soon as they are written, so that a run can be watched. "" is no file, "-" standard output.
/// Throws FileError if the file cannot be written.
class CsvFile {
 public:
  CsvFile(const std::string& path, const std::vector<std::string>& columns);
  bool wanted() const { return !path_.empty(); }
  void line(const std::vector<std::string>& fields);

 private:
  std::string path_;
  std::ofstream file_;
};

/// A number with all its digits.
std::string csv_number(double value);

struct OptimizeReport {
  std::string network, backend, ending = {};
  int width = 0, height = 0;
  Painted painted = {};
  std::vector<OptimizeStep> history = {};  // losses before each step
  size_t pool_peak = 0;
};

/// seconds: of all steps alone; seconds_per_step and min_s: median and minimum at the last scale; peak_memory_bytes: of the process
/// (VmHWM).
void write_report(const OptimizeOptions& options, const OptimizeReport& report);
/// What --memory-plan found: bytes of tensors, and of everything else.
void write_plan(const OptimizeOptions& options, size_t pool, size_t program);

}  // namespace impasto
