// Blocks of a device that takes back whole ones only, cut up by a pool.
#include "kernels/cuda/reservations.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>

#include "engine/pool.h"
#include "engine/random.h"

using namespace impasto;

namespace {

/// A device of neighbouring blocks that takes back nothing but what it gave.
struct Device {
  std::map<void*, size_t> given;
  size_t most = SIZE_MAX;
  char* next = reinterpret_cast<char*>(uintptr_t(1) << 40);  // nobody reads or writes there
  int released = 0;

  size_t in_use() const {
    size_t sum = 0;
    for (const auto& [block, bytes] : given) sum += bytes;
    return sum;
  }
  Reservations reservations() {
    return {[this](size_t bytes) -> void* {
              if (in_use() + bytes > most) return nullptr;
              void* block = next;
              next += bytes;
              given[block] = bytes;
              return block;
            },
            [this](void* block) {
              CHECK(given.erase(block) == 1);
              released++;
            }};
  }
};

/// A pool on such a device.
class DevicePool final : public Pool {
 public:
  explicit DevicePool(Device& device) : Pool(false), large_(device.reservations()) {}
  ~DevicePool() override { trim(); }

 private:
  void* system_allocate(size_t bytes) override { return is_large(bytes) ? large_.take(bytes) : std::malloc(bytes); }
  void system_release(void* block, size_t bytes, bool large) noexcept override { large ? large_.give(block, bytes) : std::free(block); }
  Reservations large_;
};

constexpr size_t megabyte = size_t(1) << 20;

}  // namespace

TEST_CASE("a block goes back when its last part does, in whatever order they come") {
  for (const bool forward : {true, false}) {
    Device device;
    Reservations blocks = device.reservations();
    auto* block = static_cast<char*>(blocks.take(30));
    blocks.give(block + 10, 10);
    blocks.give(forward ? block : block + 20, 10);
    CHECK(device.released == 0);
    blocks.give(forward ? block + 20 : block, 10);
    CHECK(device.released == 1);
    CHECK(device.given.empty());
    blocks.take(10);  // what has gone back is no longer there to hand out
    CHECK(device.given.size() == 1);
  }
}

TEST_CASE("a part that came back is handed out before the device is asked") {
  Device device;
  Reservations blocks = device.reservations();
  auto* block = static_cast<char*>(blocks.take(30));
  blocks.give(block, 20);
  CHECK(blocks.take(15) == block);
  CHECK(device.given.size() == 1);
  CHECK(blocks.take(10) != block + 15);  // five are left
  CHECK(device.given.size() == 2);
}

TEST_CASE("neighbouring blocks stay apart: both go back") {
  Device device;
  Reservations blocks = device.reservations();
  void *a = blocks.take(64), *b = blocks.take(64), *c = blocks.take(64);
  for (void* block : {b, a, c}) blocks.give(block, 64);
  CHECK(device.released == 3);
}

TEST_CASE("a pool on such a device gives everything back, whatever it was asked for") {
  Device device;
  device.most = 400 * megabyte;
  {
    DevicePool pool(device);
    std::vector<void*> live;
    for (uint64_t i = 0; i < 3000; i++) {
      if (i == 1500) pool.limit_idle(40 * megabyte);
      if (!live.empty() && random::bits(1, i) % 2) {
        const size_t at = random::bits(2, i) % live.size();
        pool.release(live[at]);
        live[at] = live.back();
        live.pop_back();
      } else if (live.size() < 12) {
        live.push_back(pool.allocate(megabyte + random::bits(3, i) % (20 * megabyte)));
      }
    }
    for (void* block : live) pool.release(block);
    pool.trim();
    CHECK(pool.usage().reserved == 0);
    CHECK(device.given.empty());
  }
  CHECK(device.released > 0);
}
