#include "loaders/training_order.h"

#include <numeric>
#include <utility>

namespace impasto {

std::vector<int64_t> epoch_order(uint64_t seed, int64_t epoch, int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  random::Block drawn{};
  for (size_t i = 0; i < order.size(); ++i) {
    if (i % 4 == 0) drawn = training_block(seed, TrainingStream::order, static_cast<int64_t>(i / 4), epoch);
    const size_t other = drawn.word[i % 4] * (i + 1) >> 32;  // 0 .. i
    std::swap(order[i], order[other]);
  }
  return order;
}

}  // namespace impasto
