// The emulator catches what CUDA does not allow: each broken kernel here is named for its bug.
// Outputs are in emulator_write_once.cpp; an access out of bounds ends the process, see emulator_out_of_bounds.cpp.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernels/emulator/emulator.h"

using namespace impasto;
using doctest::Contains;
using emulator::Failure;
using emulator::Order;
using emulator::Settings;

namespace {

// Launches a body that has an output `y` of one float a thread, in one block of two warps.
template <class Body>
std::vector<float> result_of(const Settings& settings = {}) {
  constexpr int threads = 64;
  std::vector<float> y(threads, -1.0f);
  emulator::launch(Grid{}, threads, shared_bytes<float>(threads), Body{y.data()}, settings);
  return y;
}

template <class Body>
bool same_in_every_order() {
  return emulator::same_in_every_order(result_of<Body>);
}

struct Reversed {  // right; the broken ones below differ from it by one line
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    float* line = block.template shared<float>(block.size());
    line[block.rank()] = static_cast<float>(block.rank());
    block.sync();
    y[block.rank()] = line[block.size() - 1 - block.rank()];
  }
};

struct MissingBarrierAfterWrite {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    float* line = block.template shared<float>(block.size());
    line[block.rank()] = static_cast<float>(block.rank());
    y[block.rank()] = line[block.size() - 1 - block.rank()];
  }
};

struct MissingBarrierBeforeReuse {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    float* line = block.template shared<float>(block.size());
    const int mirrored = block.size() - 1 - block.rank();
    line[block.rank()] = static_cast<float>(block.rank());
    block.sync();
    const float once = line[mirrored];
    line[block.rank()] = 2 * once;
    block.sync();
    y[block.rank()] = once + line[mirrored];
  }
};

struct ExitBeforeBarrier {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    if (block.rank() >= 40) return;
    block.sync();
    y[block.rank()] = 1;
  }
};

struct BarrierCountDiffers {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    for (int i = 0; i < 1 + block.rank() / 32; i++) block.sync();
    y[block.rank()] = 1;
  }
};

struct SumInOneWarpOnly {  // the other waits at block.sync(): as many barriers, but not the same ones
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    Lanes<1> one;
    one[0] = 1;
    if (block.rank() < 32) {
      one = block.sum(one);
    } else {
      block.sync();
      block.sync();
    }
    y[block.rank()] = one[0];
  }
};

struct SumOfOnes {  // right in whole warps
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    Lanes<1> one;
    one[0] = 1;
    y[block.rank()] = block.sum(one)[0];
  }
};

struct SumInHalfAWarp {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    Lanes<1> one;
    one[0] = 1;
    if (block.rank() % 32 < 16) one = block.sum(one);
    block.sync();
    y[block.rank()] = one[0];
  }
};

struct ShuffleWithExitedLane {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    if (block.rank() == 7) return;
    y[block.rank()] = __shfl_xor_sync(0xffffffffu, 1.0f, 1);
  }
};

struct ShuffleFromOutsideMask {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    if (block.rank() < 16) y[block.rank()] = __shfl_sync(0x0000ffffu, 1.0f, 20);
  }
};

struct ShuffleOutsideOwnMask {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    y[block.rank()] = __shfl_sync(0x0000ffffu, 1.0f, 0);
  }
};

struct ShuffleMasksDisagree {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    const bool low = block.rank() % 32 < 16;
    y[block.rank()] = __shfl_xor_sync(low ? 0xffffffffu : 0xffff0001u, 1.0f, 1);
  }
};

struct UninitialisedShared {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    float* line = block.template shared<float>(block.size());
    if (block.rank() != 3) line[block.rank()] = 1;
    block.sync();
    y[block.rank()] = line[block.rank()];
  }
};

struct UninitialisedSharedHiddenByMaximum {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    float* line = block.template shared<float>(block.size());
    if (block.rank() != 3) line[block.rank()] = 1;
    block.sync();
    y[block.rank()] = line[block.rank()] > 0 ? line[block.rank()] : 0;
  }
};

struct SharedSizesDiffer {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    y[block.rank()] = 0 * block.template shared<char>(block.rank() == 5 ? 8 : 4)[0];
  }
};

struct SharedCallsDiffer {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    if (block.rank() != 5) block.template shared<float>(1);
    y[block.rank()] = 0;
  }
};

struct SharedBeyondLaunch {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    block.template shared<float>(1000);
    y[block.rank()] = block.template shared<float>(100)[0];
  }
};

template <class T>
struct LoadsAndStores {
  const T* x;
  T* y;
  template <class Block>
  void operator()(Block&) const {
    store<8>(y, load<8>(x));
  }
};

}  // namespace

TEST_CASE("the kernel that the broken ones are made from is right") {
  CHECK(same_in_every_order<Reversed>());
  CHECK(result_of<Reversed>()[3] == 60);
}

TEST_CASE("a missing barrier between write and read of shared memory is caught") {
  CHECK_FALSE(same_in_every_order<MissingBarrierAfterWrite>());
}

TEST_CASE("a missing barrier before shared memory is used again is caught") {
  CHECK_FALSE(same_in_every_order<MissingBarrierBeforeReuse>());
}

TEST_CASE("an exit before a barrier is caught") {
  CHECK_THROWS_WITH_AS(result_of<ExitBeforeBarrier>(), Contains("exit before a barrier: thread 0 waits at barrier number 1"), Failure);
  CHECK_THROWS_WITH_AS(result_of<ExitBeforeBarrier>(), Contains("ExitBeforeBarrier, block (0, 0, 0)"), Failure);
}

TEST_CASE("a barrier count that differs between threads is caught") {
  CHECK_THROWS_WITH_AS(result_of<BarrierCountDiffers>(), Contains("thread 32 waits at barrier number 2"), Failure);
  CHECK_THROWS_WITH_AS(result_of<BarrierCountDiffers>(), Contains("thread 0 ended after 1"), Failure);
}

TEST_CASE("a block sum that only some warps take part in is caught") {
  CHECK_THROWS_WITH_AS(result_of<SumInOneWarpOnly>(), Contains("divergent barrier: thread 0"), Failure);
}

TEST_CASE("a divergent shuffle is caught") {
  for (const Order order : {Order::forward, Order::reverse, Order::shuffled})
    CHECK_THROWS_WITH_AS(result_of<SumInHalfAWarp>({order}), Contains("divergent __shfl_xor_sync"), Failure);
}

TEST_CASE("a shuffle whose mask names an exited lane is caught") {
  CHECK_THROWS_WITH_AS(result_of<ShuffleWithExitedLane>(), Contains("names thread 7, which has ended"), Failure);
}

TEST_CASE("a shuffle from a lane outside the mask is caught") {
  CHECK_THROWS_WITH_AS(result_of<ShuffleFromOutsideMask>(), Contains("reads thread 20, which is outside its mask"), Failure);
}

TEST_CASE("a shuffle by a lane outside its own mask is caught") {
  CHECK_THROWS_WITH_AS(result_of<ShuffleOutsideOwnMask>(), Contains("thread 16 is not in the mask"), Failure);
}

TEST_CASE("shuffles that wait for each other with different masks are a deadlock") {
  CHECK_THROWS_WITH_AS(result_of<ShuffleMasksDisagree>(), Contains("deadlock"), Failure);
}

TEST_CASE("a block that is not made of whole warps cannot sum") {
  std::vector<float> y(48);
  CHECK_THROWS_WITH_AS(emulator::launch(Grid{}, 48, 0, SumOfOnes{y.data()}), Contains("which the block does not have"), Failure);
}

TEST_CASE("a read of uninitialised shared memory shows as NaN") {
  CHECK(std::isnan(result_of<UninitialisedShared>()[3]));
  CHECK(result_of<UninitialisedShared>()[4] == 1);
}

TEST_CASE("a read of uninitialised shared memory is caught even if the kernel clamps NaN away") {
  CHECK_FALSE(same_in_every_order<UninitialisedSharedHiddenByMaximum>());
}

TEST_CASE("shared memory does not keep what an earlier block left there") {
  result_of<Reversed>();
  CHECK(std::isnan(result_of<UninitialisedShared>()[3]));
}

TEST_CASE("shared arrays that differ between threads are caught") {
  CHECK_THROWS_WITH_AS(result_of<SharedSizesDiffer>(), Contains("thread 5 asks for 8 bytes, thread 0 for 4"), Failure);
  CHECK_THROWS_WITH_AS(result_of<SharedCallsDiffer>(), Contains("is called 1 times by thread 0, 0 times by thread 5"), Failure);
}

TEST_CASE("more shared memory than the launch gives is caught") {
  CHECK_THROWS_WITH_AS(result_of<SharedBeyondLaunch>(), Contains("the launch gives 256"), Failure);
}

TEST_CASE("a word of 16 bytes that begins between two is caught, for every dtype and when it is stored too") {
  alignas(16) float floats[16] = {};
  alignas(16) bf16 halves[32] = {};
  const auto run = [](const auto& body) { emulator::launch(Grid{}, 32, 0, body); };
  run(LoadsAndStores<float>{floats, floats + 8});
  run(LoadsAndStores<bf16>{halves, halves + 8});
  CHECK_THROWS_WITH_AS((run(LoadsAndStores<float>{floats + 1, floats + 8})), Contains("misaligned"), Failure);
  CHECK_THROWS_WITH_AS((run(LoadsAndStores<float>{floats, floats + 6})), Contains("misaligned"), Failure);
  CHECK_THROWS_WITH_AS((run(LoadsAndStores<bf16>{halves + 4, halves + 8})), Contains("misaligned"), Failure);
  CHECK_THROWS_WITH_AS((run(LoadsAndStores<bf16>{halves, halves + 12})), Contains("misaligned"), Failure);
}

TEST_CASE("a launch that CUDA refuses is refused") {
  const Reversed body{nullptr};
  CHECK_THROWS_AS(emulator::launch(Grid{}, 1025, 0, body), Failure);
  CHECK_THROWS_AS(emulator::launch(Grid{}, 0, 0, body), Failure);
  CHECK_THROWS_AS(emulator::launch(Grid{0}, 32, 0, body), Failure);
  CHECK_THROWS_AS(emulator::launch(Grid{1, 65536}, 32, 0, body), Failure);
  CHECK_THROWS_AS(emulator::launch(Grid{}, 32, 1 << 20, body), Failure);
}

TEST_CASE("after a failure the next launch is right") {
  for (int i = 0; i < 3; i++) {
    CHECK_THROWS_AS(result_of<SumInHalfAWarp>(), Failure);
    CHECK(same_in_every_order<Reversed>());
  }
}
