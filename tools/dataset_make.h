// Photographs of a folder into one file to train from.
#pragma once
#include <cstdint>
#include <string>

namespace impasto {

struct DatasetOptions {
  std::string folder, validation, out;  ///< validation may be empty
  int size = 256;
  int64_t count = INT64_MAX;  ///< of each folder, at most
};

/// Writes loaders/dataset_part.h's file, with progress on standard error; broken photographs are left out and listed there. Goes on with
/// what an earlier run left. Throws Error when the user interrupts.
void make_dataset(const DatasetOptions& options);

}  // namespace impasto
