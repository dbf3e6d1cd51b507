// The CUDA emulator and CudaBlock: right kernels give right results in every order and with any number of warps.
// That wrong ones are caught is in emulator_finds_bugs.cpp.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/emulator/emulator.h"

using namespace impasto;
using emulator::Order;
using emulator::Settings;

namespace {

constexpr Settings orders[] = {{Order::forward}, {Order::reverse}, {Order::shuffled, 1}, {Order::shuffled, 2}, {Order::shuffled, 3}};
constexpr int block_sizes[] = {32, 96, 256};

struct BlockSum {  // four sums at a time; small integers, so that every order of addition is exact
  const float* x;
  float *sums, *maxima;
  int count;
  template <class Block>
  void operator()(Block& block) const {
    Lanes<4> sum, largest;
    for (int v = 0; v < 4; v++) sum[v] = 0, largest[v] = -1e30f;
    for (int i = block.rank(); i < count; i += block.size())
      for (int v = 0; v < 4; v++) {
        const float value = x[(block.x() * count + i) * 4 + v];
        sum[v] += value;
        if (value > largest[v]) largest[v] = value;
      }
    sum = block.sum(sum);
    largest = block.max(largest);
    for (int v = block.rank(); v < 4; v += block.size()) sums[block.x() * 4 + v] = sum[v], maxima[block.x() * 4 + v] = largest[v];
  }
};

struct PartialSums {  // first stage of two: each block writes the sum of its part
  const float* x;
  float* partial;
  int count;
  template <class Block>
  void operator()(Block& block) const {
    Lanes<1> sum;
    sum[0] = 0;
    for (int i = block.x() * block.size() + block.rank(); i < count; i += block.grid_x() * block.size()) sum[0] += x[i];
    sum = block.sum(sum);
    if (block.rank() == 0) partial[block.x()] = sum[0];
  }
};

struct Transpose {  // through a tile in shared memory, whose rows are one longer than needed
  const float* x;
  float* y;
  int rows, columns;
  static constexpr int side = 32;
  template <class Block>
  void operator()(Block& block) const {
    float* tile = block.template shared<float>(side * (side + 1));
    const int row0 = block.y() * side, column0 = block.x() * side;
    for (int i = block.rank(); i < side * side; i += block.size()) {
      const int row = row0 + i / side, column = column0 + i % side;
      if (row < rows && column < columns) tile[i / side * (side + 1) + i % side] = x[row * columns + column];
    }
    block.sync();
    for (int i = block.rank(); i < side * side; i += block.size()) {
      const int column = column0 + i / side, row = row0 + i % side;
      if (row < rows && column < columns) y[column * rows + row] = tile[i % side * (side + 1) + i / side];
    }
  }
};

std::vector<float> counting(int count) {
  std::vector<float> x(count);
  for (int i = 0; i < count; i++) x[i] = static_cast<float>(i * 37 % 101 - 50);
  return x;
}

struct WhoRanWhen {  // each thread takes the next number
  int* order;
  int* next;
  template <class Block>
  void operator()(Block& block) const {
    order[(*next)++] = block.x() * block.size() + block.rank();
  }
};

struct NeighbourSums {  // all four shuffles
  int* y;
  template <class Block>
  void operator()(Block& block) const {
    const int rank = block.rank();
    const int above = __shfl_down_sync(0xffffffffu, rank, 1), below = __shfl_up_sync(0xffffffffu, rank, 1);
    const int other = __shfl_xor_sync(0xffffffffu, rank, 16), first = __shfl_sync(0xffffffffu, rank, 0);
    __syncwarp();
    y[rank] = above + 100 * below + 10000 * other + 1000000 * first;
  }
};

}  // namespace

TEST_CASE("block sums and maxima are right in every order, for 1, 3 and 8 warps") {
  constexpr int blocks = 5, count = 301;
  const std::vector<float> x = counting(blocks * count * 4);
  std::vector<float> expected_sums(blocks * 4), expected_maxima(blocks * 4, -1e30f);
  for (int i = 0; i < blocks * count * 4; i++) {
    const int at = i / (count * 4) * 4 + i % 4;
    expected_sums[at] += x[i];
    expected_maxima[at] = std::fmax(expected_maxima[at], x[i]);
  }
  for (const Settings& settings : orders)
    for (const int threads : block_sizes) {
      std::vector<float> sums(blocks * 4), maxima(blocks * 4);
      emulator::launch(Grid{blocks}, threads, 0, BlockSum{x.data(), sums.data(), maxima.data(), count}, settings);
      CHECK(sums == expected_sums);
      CHECK(maxima == expected_maxima);
    }
}

TEST_CASE("a maximum keeps a NaN, wherever it stands") {
  for (const int place : {0, 31, 32, 95}) {
    std::vector<float> x(96 * 4), sums(4), maxima(4);
    x[place * 4] = NAN;
    emulator::launch(Grid{}, 96, 0, BlockSum{x.data(), sums.data(), maxima.data(), 96});
    CHECK(std::isnan(sums[0]));
    CHECK(maxima[1] == 0);
  }
}

TEST_CASE("a reduction in two stages is right in every order") {
  constexpr int count = 5000, blocks = 7;
  const std::vector<float> x = counting(count);
  for (const Settings& settings : orders)
    for (const int threads : block_sizes) {
      std::vector<float> partial(blocks), total(1);
      emulator::launch_write_once({{blocks}, threads}, PartialSums{x.data(), partial.data(), count}, {{partial.data(), partial.size()}},
                                  settings);
      emulator::launch_write_once({{1}, threads}, PartialSums{partial.data(), total.data(), blocks}, {{total.data(), 1}}, settings);
      CHECK(total[0] == std::accumulate(x.begin(), x.end(), 0.0f));
    }
}

TEST_CASE("a transpose through shared memory is right in every order and writes each element once") {
  constexpr int rows = 70, columns = 101;
  const std::vector<float> x = counting(rows * columns);
  std::vector<float> expected(rows * columns);
  for (int i = 0; i < rows * columns; i++) expected[i % columns * rows + i / columns] = x[i];
  const std::size_t bytes = shared_bytes<float>(Transpose::side * (Transpose::side + 1));
  for (const Settings& settings : orders)
    for (const int threads : block_sizes) {
      std::vector<float> y(rows * columns);
      const Launch launch{{(columns + 31) / 32, (rows + 31) / 32}, threads, bytes};
      emulator::launch_write_once(launch, Transpose{x.data(), y.data(), rows, columns}, {{y.data(), y.size()}}, settings);
      CHECK(y == expected);
    }
}

TEST_CASE("threads and blocks run in the order of the settings, and shuffled alike for the same seed") {
  const auto run = [](const Settings& settings) {
    std::vector<int> order(8 * 64);
    int next = 0;
    emulator::launch(Grid{8}, 64, 0, WhoRanWhen{order.data(), &next}, settings);
    return order;
  };
  std::vector<int> forward(8 * 64);
  std::iota(forward.begin(), forward.end(), 0);
  const std::vector<int> reverse(forward.rbegin(), forward.rend());
  CHECK(run({Order::forward}) == forward);
  CHECK(run({Order::reverse}) == reverse);
  const std::vector<int> shuffled = run({Order::shuffled, 5});
  CHECK(shuffled == run({Order::shuffled, 5}));
  CHECK(shuffled != run({Order::shuffled, 6}));
  CHECK(shuffled != forward);
  CHECK(shuffled[0] / 64 + shuffled[511] / 64 != 7);  // blocks too (true of this seed)
}

TEST_CASE("shuffles move values between the lanes of a warp as CUDA defines, a lane at the edge keeping its own") {
  for (const Settings& settings : orders) {
    std::vector<int> y(64);
    emulator::launch(Grid{}, 64, 0, NeighbourSums{y.data()}, settings);
    CHECK(y[0] == 1 + 100 * 0 + 10000 * 16);
    CHECK(y[31] == 31 + 100 * 30 + 10000 * 15);
    CHECK(y[32] == 33 + 100 * 32 + 10000 * 48 + 1000000 * 32);
    CHECK(y[50] == 51 + 100 * 49 + 10000 * 34 + 1000000 * 32);
  }
}
