#include "engine/pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "engine/error.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace impasto {
namespace {

constexpr size_t kGuard = 64;
constexpr size_t kMostBytes = size_t(1) << 46;
constexpr size_t kPage = 4096;
constexpr size_t kLargePage = size_t(2) << 20;
constexpr unsigned char kGuardByte = 0xA5;

// Small sizes are rounded up to an eighth of their power of two: few size classes, at most 12.5 % waste. Large ones to pages.
size_t size_class(size_t bytes) {
  if (bytes > kLargePage) return (bytes + kPage - 1) / kPage * kPage;
  size_t step = 64;
  while (step * 16 < bytes) step *= 2;
  return (bytes + step - 1) / step * step;
}

}  // namespace

Pool::~Pool() { trim(); }

bool Pool::is_large(size_t bytes) { return bytes >= kLargePage; }

void* Pool::system_allocate(size_t bytes) {
  if (!is_large(bytes)) return std::aligned_alloc(64, bytes);
  void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return nullptr;
  // Activations are walked in many streams at once: large pages keep them within reach of the TLB.
  madvise(block, bytes, MADV_HUGEPAGE);
  return block;
}

void Pool::system_release(void* block, size_t bytes, bool large) noexcept {
  if (large) {
    munmap(block, bytes);
  } else {
    std::free(block);
  }
}

std::string Pool::shortage(size_t bytes, size_t live) const {
  return "needs " + std::to_string(bytes >> 20) + " MB more on top of " + std::to_string(live >> 20) +
         " MB in use, and the system has none left: use a smaller --size";
}

void Pool::fill_bytes(void* block, unsigned char byte, size_t count) { std::memset(block, byte, count); }

bool Pool::all_bytes(const void* block, unsigned char byte, size_t count) const {
  const auto* bytes = static_cast<const unsigned char*>(block);
  return std::all_of(bytes, bytes + count, [byte](unsigned char b) { return b == byte; });
}

void Pool::hide(const void* block, size_t count) const {
  if (on_host_) ASAN_POISON_MEMORY_REGION(block, count);
}

void Pool::show(const void* block, size_t count) const {
  if (on_host_) ASAN_UNPOISON_MEMORY_REGION(block, count);
}

void* Pool::take(size_t size) {
  size_t found = size;
  void* block = idle_[recorded_].take(found);
  if (!block && recorded_) block = idle_[0].take(found);
  if (!block) {
    block = system_allocate(size);
    if (!block) return nullptr;
    usage_.reserved += size;
  }
  live_[block] = {found, 0, false, recorded_};
  return block;
}

void* Pool::Idle::take(size_t& size) { return is_large(size) ? large.take(size) : take_small(size); }

void Pool::Idle::add(void* block, size_t size) {
  if (is_large(size)) {
    large.add(static_cast<char*>(block), size);
  } else {
    small[size].push_back(block);
  }
}

void* Pool::Idle::take_small(size_t& size) {
  // An idle block up to a quarter larger will do: near sizes share memory.
  for (auto it = small.lower_bound(size); it != small.end() && it->first <= size + size / 4; ++it) {
    if (it->second.empty()) continue;
    void* block = it->second.back();
    it->second.pop_back();
    size = it->first;
    return block;
  }
  return nullptr;
}

void* Pool::allocate(size_t bytes) {
  const std::lock_guard lock(mutex_);
  // Also keeps the arithmetic of size classes away from overflow.
  if (bytes > kMostBytes) throw MemoryError("needs " + std::to_string(bytes >> 30) + " GB: use a smaller --size");
  // Recorded blocks share their memory among each other at each replay: no guard lasts there.
  const bool guarded = guarded_ && !recorded_;
  const size_t size = size_class(std::max<size_t>(bytes, 1) + (guarded ? kGuard : 0));
  void* block = take(size);
  if (!block) {  // idle blocks that are all too small may together be enough
    trim_idle();
    block = take(size);
  }
  if (!block) throw MemoryError(shortage(bytes, usage_.live));
  Block& entry = live_[block];
  show(block, entry.size);
  entry.asked = bytes;
  entry.guarded = guarded;
  usage_.live += entry.size;
  usage_.peak = std::max(usage_.peak, usage_.live);
  if (guarded) {
    fill_bytes(block, 0xFF, bytes);  // all ones is a NaN in every float format
    fill_bytes(static_cast<char*>(block) + bytes, kGuardByte, entry.size - bytes);
  }
  // AddressSanitizer sees a block of exactly the size asked for, and an idle block not at all.
  if (!recorded_) hide(static_cast<char*>(block) + bytes, entry.size - bytes);
  return block;
}

void Pool::release(void* block) noexcept {
  const std::lock_guard lock(mutex_);
  const auto it = live_.find(block);
  if (it == live_.end()) return;
  const Block entry = it->second;
  show(block, entry.size);
  if (entry.guarded && !recorded_ && !all_bytes(static_cast<char*>(block) + entry.asked, kGuardByte, entry.size - entry.asked)) ++damaged_;
  usage_.live -= entry.size;
  live_.erase(it);
  const auto set = idle_.find(recorded_ ? recorded_ : entry.set);
  if (set != idle_.end() && set->first != 0) return set->second.add(block, entry.size);
  if (usage_.reserved - usage_.live > most_idle_) return give_back(block, entry.size, is_large(entry.size));
  hide(block, entry.size);
  idle_[0].add(block, entry.size);
}

int Pool::begin_recording() {
  const std::lock_guard lock(mutex_);
  if (recorded_) throw Error("work was to be recorded within recorded work");
  recorded_ = ++last_set_;
  idle_[recorded_];
  return recorded_;
}

void Pool::end_recording() {
  const std::lock_guard lock(mutex_);
  recorded_ = 0;
}

void Pool::release_recording(int set) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = idle_.find(set);
  if (found == idle_.end()) return;
  Idle& all = idle_[0];
  for (const auto& [size, blocks] : found->second.small) {
    for (void* block : blocks) hide(block, size), all.add(block, size);
  }
  for (const auto& [begin, size] : found->second.large.all()) hide(begin, size), all.large.add(begin, size);
  idle_.erase(found);
}

void Pool::give_back(void* block, size_t size, bool large) noexcept {
  system_release(block, size, large);
  usage_.reserved -= size;
}

Pool::Usage Pool::usage() const {
  const std::lock_guard lock(mutex_);
  return usage_;
}

void Pool::reset_peak() {
  const std::lock_guard lock(mutex_);
  usage_.peak = usage_.live;
}

void Pool::trim() {
  const std::lock_guard lock(mutex_);
  trim_idle();
}

void Pool::trim_idle() {
  Idle& all = idle_[0];
  for (auto& [size, blocks] : all.small) {
    for (void* block : blocks) {
      show(block, size);
      give_back(block, size, false);
    }
  }
  all.small.clear();
  for (const auto& [begin, size] : all.large.all()) {
    show(begin, size);
    give_back(begin, size, true);
  }
  all.large.clear();
}

void Pool::limit_idle(size_t bytes) {
  const std::lock_guard lock(mutex_);
  most_idle_ = bytes;
}

void Pool::set_guarded(bool guarded) {
  const std::lock_guard lock(mutex_);
  guarded_ = guarded;
}

int Pool::damaged() const {
  const std::lock_guard lock(mutex_);
  return damaged_;
}

RecordedBlocks::RecordedBlocks(std::shared_ptr<Pool> pool, const std::function<void()>& work)
    : pool_(std::move(pool)), set_(pool_->begin_recording()) {
  try {
    work();
  } catch (...) {
    pool_->end_recording();
    pool_->release_recording(set_);
    throw;
  }
  pool_->end_recording();
}

}  // namespace impasto
