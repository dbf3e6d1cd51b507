#include "kernels/cuda/reservations.h"

#include <iterator>

namespace impasto {
namespace {

// Two blocks never touch, or a pool would join them and a copy would run over the end of one.
constexpr size_t between_blocks = 256;

}  // namespace

void* Reservations::take(size_t bytes) {
  if (char* part = idle_.take(bytes)) return part;
  auto* block = static_cast<char*>(allocate_(bytes + between_blocks));
  if (block) whole_[block] = bytes;
  return block;
}

void Reservations::give(void* part, size_t bytes) noexcept {
  idle_.add(static_cast<char*>(part), bytes);
  const auto block = std::prev(whole_.upper_bound(static_cast<char*>(part)));
  const auto idle = idle_.all().find(block->first);
  if (idle == idle_.all().end() || idle->second != block->second) return;
  idle_.remove(block->first);
  release_(block->first);
  whole_.erase(block);
}

}  // namespace impasto
