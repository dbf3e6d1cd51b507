// The pool allocator: blocks come back, peaks are known, overruns are found, and what cannot be had is said.
#include "engine/pool.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include "engine/error.h"

using namespace impasto;

namespace {

constexpr size_t kilobyte = 1024, megabyte = 1024 * kilobyte;

/// The system's memory with a limit, counting what it is asked for.
class LimitedPool final : public Pool {
 public:
  explicit LimitedPool(size_t limit) : left_(limit) {}
  ~LimitedPool() override { trim(); }
  int asked = 0;

 private:
  void* system_allocate(size_t bytes) override {
    ++asked;
    if (bytes > left_) return nullptr;
    left_ -= bytes;
    return Pool::system_allocate(bytes);
  }
  void system_release(void* block, size_t bytes, bool large) noexcept override {
    left_ += bytes;
    Pool::system_release(block, bytes, large);
  }
  size_t left_;
};

}  // namespace

TEST_CASE("what is left of a large block that was cut goes back to the system as it came") {
  LimitedPool pool(100 * megabyte);
  pool.release(pool.allocate(4 * megabyte));
  void* most = pool.allocate(3 * megabyte + 512 * kilobyte);
  CHECK(pool.asked == 1);
  pool.trim();  // half a megabyte, which is no block of its own
  CHECK(pool.usage().reserved == 3 * megabyte + 512 * kilobyte);
  pool.release(most);
  pool.trim();
  CHECK(pool.usage().reserved == 0);
}

TEST_CASE("a block that was given back is handed out again") {
  LimitedPool pool(100 * megabyte);
  void* first = pool.allocate(10 * kilobyte);
  pool.release(first);
  CHECK(pool.allocate(10 * kilobyte) == first);
  CHECK(pool.asked == 1);
  pool.release(first);
  CHECK(pool.allocate(9 * kilobyte) == first);  // a little smaller: the same block serves
  CHECK(pool.asked == 1);
  void* small = pool.allocate(kilobyte);  // far smaller: the large block is not spent on it, even if it were free
  CHECK(small != first);
  CHECK(pool.asked == 2);
  pool.release(first);
  pool.release(small);
}

TEST_CASE("two blocks in use at once do not overlap, and each begins at a multiple of 64 bytes") {
  Pool pool;
  for (const size_t bytes : {size_t(1), size_t(63), size_t(65), 3 * kilobyte, 3 * megabyte}) {
    auto *a = static_cast<char*>(pool.allocate(bytes)), *b = static_cast<char*>(pool.allocate(bytes));
    CHECK(reinterpret_cast<uintptr_t>(a) % 64 == 0);
    CHECK(reinterpret_cast<uintptr_t>(b) % 64 == 0);
    CHECK((a + bytes <= b || b + bytes <= a));
    std::memset(a, 1, bytes);
    std::memset(b, 2, bytes);
    CHECK(a[0] == 1);
    CHECK(a[bytes - 1] == 1);
    pool.release(a);
    pool.release(b);
  }
}

TEST_CASE("live, peak and reserved bytes follow what is handed out and given back") {
  Pool pool;
  void *a = pool.allocate(megabyte), *b = pool.allocate(megabyte);
  CHECK(pool.usage().live == 2 * megabyte);
  pool.release(a);
  CHECK(pool.usage().live == megabyte);
  CHECK(pool.usage().peak == 2 * megabyte);
  CHECK(pool.usage().reserved == 2 * megabyte);
  pool.reset_peak();
  CHECK(pool.usage().peak == megabyte);
  a = pool.allocate(megabyte);
  CHECK(pool.usage().peak == 2 * megabyte);
  CHECK(pool.usage().reserved == 2 * megabyte);
  pool.release(a);
  pool.release(b);
  CHECK(pool.usage().live == 0);
}

TEST_CASE("trim gives back what is idle, and nothing else") {
  Pool pool;
  void *used = pool.allocate(megabyte), *idle = pool.allocate(3 * megabyte);
  std::memset(used, 7, megabyte);
  pool.release(idle);
  pool.trim();
  CHECK(pool.usage().reserved == megabyte);
  CHECK(pool.usage().live == megabyte);
  CHECK(static_cast<char*>(used)[megabyte - 1] == 7);
  pool.release(used);
  pool.trim();
  CHECK(pool.usage().reserved == 0);
}

TEST_CASE("a guarded block begins as NaN, in every float format") {
  Pool pool;
  pool.set_guarded(true);
  for (int round = 0; round < 2; ++round) {  // the second block is the first one, used before
    void* block = pool.allocate(800);
    float f;
    double d;
    std::memcpy(&f, static_cast<char*>(block) + 796, sizeof f);
    std::memcpy(&d, block, sizeof d);
    CHECK(std::isnan(f));
    CHECK(std::isnan(d));
    std::memset(block, 0, 800);
    pool.release(block);
  }
  CHECK(pool.damaged() == 0);
}

// AddressSanitizer stops at the write itself.
#if !defined(__SANITIZE_ADDRESS__)
TEST_CASE("a guard finds an overrun by one byte, near and at the end of the guard") {
  Pool pool;
  pool.set_guarded(true);
  int damaged = 0;
  for (const size_t beyond : {size_t(0), size_t(63)}) {
    auto* block = static_cast<char*>(pool.allocate(100));
    block[100 + beyond] = 0;
    CHECK(pool.damaged() == damaged);  // it is looked at when the block comes back
    pool.release(block);
    CHECK(pool.damaged() == ++damaged);
  }
  void* block = pool.allocate(100);
  std::memset(block, 0, 100);
  pool.release(block);
  CHECK(pool.damaged() == damaged);
}
#endif

TEST_CASE("more than there is: a MemoryError that names the need, and the pool goes on") {
  LimitedPool pool(8 * megabyte);
  void* block = pool.allocate(4 * megabyte);
  std::string text;
  try {
    pool.allocate(300 * megabyte);
  } catch (const MemoryError& error) {
    text = error.what();
  }
  CHECK(text.find("300 MB more") != std::string::npos);
  CHECK(text.find("4 MB in use") != std::string::npos);
  CHECK(text.find("--size") != std::string::npos);
  CHECK(pool.usage().live == 4 * megabyte);
  pool.release(block);
  pool.release(pool.allocate(4 * megabyte));
}

TEST_CASE("idle blocks that are all too small go back to the system before more than there is is asked for") {
  LimitedPool pool(7 * megabyte);
  void *a = pool.allocate(2 * megabyte), *b = pool.allocate(2 * megabyte), *c = pool.allocate(2 * megabyte);
  pool.release(a);
  pool.release(c);
  void* larger = pool.allocate(4 * megabyte + 512 * kilobyte);
  CHECK(larger != nullptr);
  pool.release(b);
  pool.release(larger);
}

TEST_CASE("a size that no machine has is refused") {
  Pool pool;
  CHECK_THROWS_AS(pool.allocate(size_t(1) << 62), MemoryError);
  pool.set_guarded(true);
  CHECK_THROWS_AS(pool.allocate(size_t(1) << 62), MemoryError);
  CHECK(pool.usage().live == 0);
}

TEST_CASE("a limit on idle bytes gives large blocks back at once and keeps small ones") {
  Pool pool;
  pool.limit_idle(1 << 20);
  void *large = pool.allocate(8 << 20), *small = pool.allocate(1 << 10);
  const size_t both = pool.usage().reserved;
  pool.release(large);
  CHECK(pool.usage().reserved <= both - (8 << 20));
  const size_t rest = pool.usage().reserved;
  pool.release(small);
  CHECK(pool.usage().reserved == rest);
  CHECK(pool.allocate(1 << 10) == small);
}
