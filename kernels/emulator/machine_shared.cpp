// Shared memory of the block that a machine runs: every array a heap block of its own, new and poisoned for each block.
#include <cstring>

#include "kernels/emulator/machine.h"

namespace impasto::emulator {

void* Machine::dynamic_shared(std::size_t offset, std::size_t bytes) {
  const std::size_t call = threads_[current_]->shared_calls++;
  if (call == shared_.size()) {
    if (offset + bytes > launch_->shared_bytes)
      fail("shared<T>() call " + std::to_string(call + 1) + " needs " + std::to_string(offset + bytes) +
           " bytes of shared memory, the launch gives " + std::to_string(launch_->shared_bytes));
    shared_.push_back({offset, bytes, current_, poisoned(bytes)});
  }
  const SharedArray& array = shared_[call];
  if (array.bytes != bytes || array.offset != offset)
    fail("shared sizes differ: in shared<T>() call " + std::to_string(call + 1) + " thread " + std::to_string(current_) + " asks for " +
         std::to_string(bytes) + " bytes, thread " + std::to_string(array.first_thread) + " for " + std::to_string(array.bytes));
  return array.memory.get();
}

void* Machine::static_shared(const void* key, std::size_t bytes) {
  for (const StaticArray& array : static_)
    if (array.key == key) return array.memory.get();
  static_.push_back({key, poisoned(bytes)});
  return static_.back().memory.get();
}

// A heap block of just this size, so that AddressSanitizer sees the first byte beyond it.
std::unique_ptr<std::byte[]> Machine::poisoned(std::size_t bytes) const {
  auto memory = std::make_unique_for_overwrite<std::byte[]>(bytes);
  std::memset(memory.get(), settings_.poison, bytes);
  return memory;
}

void Machine::check_shared_calls() const {
  for (int t = 0; t < launch_->threads; t++)
    if (threads_[t]->shared_calls != threads_[0]->shared_calls)
      fail("shared<T>() is called " + std::to_string(threads_[0]->shared_calls) + " times by thread 0, " +
           std::to_string(threads_[t]->shared_calls) + " times by thread " + std::to_string(t));
}

}  // namespace impasto::emulator
