// launch_write_once() of the emulator: every output element must be written, by one thread.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "kernels/emulator/emulator.h"

using namespace impasto;
using doctest::Contains;
using emulator::Failure;

namespace {

template <int Step>
struct WriteEvery {  // Step 1 is right; 2 leaves every other element; 0 writes the first again and again
  float* y;
  float value = 0;
  template <class Block>
  void operator()(Block& block) const {
    y[(block.x() * block.size() + block.rank()) * Step] = value;
  }
};

struct BlocksOverlap {  // each block also writes the first element of the next one, with the value it has there
  std::uint8_t* y;
  int count;
  bool overlap;
  template <class Block>
  void operator()(Block& block) const {
    const int i = block.x() * block.size() + block.rank();
    y[i] = static_cast<std::uint8_t>(i);
    if (overlap && block.rank() == 0 && i + block.size() < count) y[i + block.size()] = static_cast<std::uint8_t>(i + block.size());
  }
};

}  // namespace

TEST_CASE("an output element written twice is caught, the same value too") {
  std::vector<float> y(64);
  for (const float value : {0.0f, 1.0f})
    CHECK_THROWS_WITH_AS(emulator::launch_write_once({{1}, 64}, WriteEvery<0>{y.data(), value}, {{y.data(), 64}}),
                         Contains("written twice: element 0 of output 0, by thread 0 of block 0 and thread 1 of block 0"), Failure);
  std::vector<std::uint8_t> bytes(512);
  CHECK_THROWS_WITH_AS(emulator::launch_write_once({{8}, 64}, BlocksOverlap{bytes.data(), 512, true}, {{bytes.data(), 512}}),
                       Contains("element 64 of output 0"), Failure);
}

TEST_CASE("an output element not written is caught") {
  std::vector<float> y(128);
  CHECK_THROWS_WITH_AS(emulator::launch_write_once({{1}, 64}, WriteEvery<2>{y.data()}, {{y.data(), 128}}),
                       Contains("not written: element 1 of output 0"), Failure);
}

TEST_CASE("an output that holds the fill patterns themselves counts as written, and keeps its values") {
  std::vector<std::uint8_t> y(512);
  emulator::launch_write_once({{8}, 64}, BlocksOverlap{y.data(), 512, false}, {{y.data(), 512}});
  for (int i = 0; i < 512; i++) CHECK(y[i] == i % 256);
}
