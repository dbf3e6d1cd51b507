// In which order training sees its photographs: each epoch is a permutation of all of them, by seed and epoch alone.
#pragma once
#include <cstdint>
#include <vector>

#include "engine/random.h"

namespace impasto {

enum class TrainingStream : uint32_t { crops = 1, order = 2, colours = 3, pairs = 4, styles = 5 };

/// Four random words of a stream; those of random::block with the same seed are others.
inline random::Block training_block(uint64_t seed, TrainingStream stream, int64_t index, int64_t epoch) {
  const auto low = [](auto word) { return static_cast<uint32_t>(word); };
  return random::philox({{low(index), low(index >> 32), low(epoch), low(stream)}}, low(seed), low(seed >> 32));
}

/// 0 .. count - 1, shuffled (Fisher and Yates).
std::vector<int64_t> epoch_order(uint64_t seed, int64_t epoch, int64_t count);

}  // namespace impasto
