// Runs one block of an emulated kernel: its threads as fibres, its warps, barriers, shuffles and shared memory.
// One machine serves an OS thread and keeps its stacks from block to block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/emulator/cuda_dialect.h"
#include "kernels/emulator/emulator.h"
#include "kernels/emulator/fibre.h"

namespace impasto::emulator {

/// Told after each turn of a thread: what it has stored since its last turn can be looked at.
class TurnWatcher {
 public:
  virtual void after_turn(std::int64_t block, int thread) = 0;

 protected:
  ~TurnWatcher() = default;
};

/// Order of threads, warps and blocks: the same for a seed on every machine, unlike std::shuffle.
class Permuter {
 public:
  Permuter(Settings settings, std::uint64_t stream) : order_(settings.order), state_(settings.seed * 0x9e3779b97f4a7c15u + stream) {}
  bool shuffles() const { return order_ == Order::shuffled; }
  std::uint64_t random(std::uint64_t below);
  template <class T>
  void permute(std::vector<T>& items, std::size_t count);  // to 0 .. count - 1, arranged

 private:
  Order order_;
  std::uint64_t state_;
};

class Machine {
 public:
  /// Throws Failure.
  void run_block(const Kernel& kernel, const Launch& launch, std::int64_t block, Settings settings, TurnWatcher* watcher);

  // Called by the kernel's threads, in their fibres.
  void barrier(const char* file, int line);
  std::uint64_t warp_call(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned argument);
  void* dynamic_shared(std::size_t offset, std::size_t bytes);
  void* static_shared(const void* key, std::size_t bytes);
  void check_alignment(const void* p, std::size_t bytes) const;

 private:
  enum class State : std::uint8_t { ready, at_barrier, in_warp_call, ended };

  struct Thread {
    Fibre fibre;
    State state;
    const char* file;  // of the barrier it waits at
    int line, barriers;
    WarpOperation operation;  // the warp call it waits in
    unsigned mask, argument;
    std::uint64_t value;  // what it brings, then what it takes away
    int shared_calls;
    std::exception_ptr error;
  };
  struct SharedArray {
    std::size_t offset, bytes;
    int first_thread;
    std::unique_ptr<std::byte[]> memory;
  };
  struct StaticArray {
    const void* key;
    std::unique_ptr<std::byte[]> memory;
  };

  static void thread_main(void* machine);
  void start_threads();
  void turn(int thread);
  void wait(State state);
  bool run_to_barrier(Permuter& permuter);
  bool run_warp(int warp, Permuter& permuter);
  bool finish_warp_calls(int first, int end);
  bool warp_call_complete(int first, int end, int thread);
  void exchange(int first, unsigned mask);
  void release_barrier();
  void check_shared_calls() const;
  std::unique_ptr<std::byte[]> poisoned(std::size_t bytes) const;
  [[noreturn]] void stuck(int first, int end) const;
  [[noreturn]] void fail(const std::string& what) const;

  const Kernel* kernel_ = nullptr;
  const Launch* launch_ = nullptr;
  TurnWatcher* watcher_ = nullptr;
  Settings settings_;
  std::int64_t block_ = 0;
  int current_ = 0;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<SharedArray> shared_;
  std::vector<StaticArray> static_;
  std::vector<int> warp_order_, lane_order_;
};

/// That of this OS thread.
Machine& machine();

template <class T>
void Permuter::permute(std::vector<T>& items, std::size_t count) {
  items.resize(count);
  for (std::size_t i = 0; i < count; i++) items[i] = static_cast<T>(order_ == Order::reverse ? count - 1 - i : i);
  if (shuffles())
    for (std::size_t i = count; i > 1; i--) std::swap(items[i - 1], items[random(i)]);
}

}  // namespace impasto::emulator
