// A training run as a file: a weight file (loaders/weight_file.h) with all that the next step depends on beside the weights.
//   /optimizer                attributes kind (string), step (u32)
//   /optimizer/<parameter>/<slot>   f32, the parameter's shape: Adam's m and v
//   /random                   u64 [2]: key and counter of the run's random numbers
//   /loader                   u64 [3]: epoch, position in the order of pictures, seed of that order
//   /history, /validation     f32 [rows, columns], attribute columns: what the losses were
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/weight_file.h"

namespace impasto {

/// Rows of numbers under names.
struct LossTable {
  std::vector<std::string> columns;
  std::vector<float> values;  // [rows, columns]
  size_t rows() const { return columns.empty() ? 0 : values.size() / columns.size(); }
  bool operator==(const LossTable&) const = default;
};

struct Checkpoint {
  WeightFile weights;
  std::string optimizer = "adam";
  uint32_t step = 0;
  NamedArrays slots;  // "conv1/weight/m"
  uint64_t random_key = 0, random_counter = 0;
  uint64_t epoch = 0, position = 0, order_seed = 0;
  LossTable history, validation;
};

/// Appears under its name whole or not at all. Throws FileError, also for NaN and infinity among weights and slots.
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Throws FileError for what is no checkpoint of ours, or damaged.
Checkpoint read_checkpoint(const std::string& path);

}  // namespace impasto
