// Idle stretches of memory: neighbours join, the smallest that fits is cut.
#include "engine/gaps.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "engine/pool.h"
#include "engine/random.h"

using namespace impasto;

namespace {
char memory[4096];
}

TEST_CASE("neighbours become one, in whatever order they come") {
  for (const int order : {0, 1, 2, 3, 4, 5}) {
    Gaps gaps;
    const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (const int part : orders[order]) gaps.add(memory + 100 * part, 100);
    REQUIRE(gaps.all().size() == 1);
    CHECK(gaps.all().begin()->first == memory);
    CHECK(gaps.all().begin()->second == 300);
    CHECK(gaps.take(300) == memory);
    CHECK(gaps.all().empty());
  }
}

TEST_CASE("the smallest stretch that fits is cut, and the rest stays") {
  Gaps gaps;
  gaps.add(memory, 1000);
  gaps.add(memory + 2000, 300);
  gaps.add(memory + 3000, 200);
  CHECK(gaps.take(250) == memory + 2000);
  CHECK(gaps.take(50) == memory + 2250);
  CHECK(gaps.take(400) == memory);
  CHECK(gaps.take(601) == nullptr);
  CHECK(gaps.take(600) == memory + 400);
  CHECK(gaps.all().size() == 1);
}

TEST_CASE("large blocks of many sizes share memory, do not overlap, and the same sequence again takes nothing from the system") {
  constexpr size_t megabyte = 1 << 20;
  Pool pool;
  struct Block {
    char* begin;
    size_t size;
    char mark;
  };
  const auto run = [&] {
    std::vector<Block> blocks;
    for (uint32_t i = 0; i < 400; i++) {
      if (blocks.size() > 20 || (i % 3 == 0 && !blocks.empty())) {
        const size_t at = random::bits(1, i) % blocks.size();
        const Block& b = blocks[at];
        CHECK(b.begin[0] == b.mark);
        CHECK(b.begin[b.size - 1] == b.mark);
        pool.release(b.begin);
        blocks.erase(blocks.begin() + int64_t(at));
      }
      const size_t size = 2 * megabyte + random::bits(2, i) % (6 * megabyte);
      auto* begin = static_cast<char*>(pool.allocate(size));
      begin[0] = begin[size - 1] = char(i);
      blocks.push_back({begin, size, char(i)});
    }
    for (const Block& b : blocks) pool.release(b.begin);
  };
  run();
  const Pool::Usage first = pool.usage();
  run();
  CHECK(pool.usage().reserved == first.reserved);
  CHECK(double(first.reserved) < 1.6 * double(first.peak));
  pool.trim();
  CHECK(pool.usage().reserved == 0);
}
