// The emulator: runs the CUDA form of a kernel body (a copyable struct called with a CudaBlock) on the CPU, each CUDA thread a fibre.
// It finds missing barriers, exits before a barrier, divergent shuffles, wrong use of shared memory and, under AddressSanitizer,
// accesses out of bounds. It is for tests: everything runs on the calling OS thread, in an order that the settings fix.
//
// What it does not model: the GPU's memory ordering (a store is seen at once by all threads), preemption (threads change only at
// barriers and warp calls, so a lost update of `x += 1` without an atomic is not seen, and a thread that spins on another hangs),
// the host code that launches, occupancy, bank conflicts, and rounding where nvcc fuses a multiply and an add.
#pragma once

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <type_traits>
#include <typeinfo>

#include "kernels/shared/cuda_block.h"
#include "kernels/shared/launch.h"

namespace impasto::emulator {

/// Of the threads between two meeting points, and of the blocks of a grid.
enum class Order { forward, reverse, shuffled };

struct Settings {
  Order order = Order::forward;
  unsigned seed = 1;            // of Order::shuffled: the same seed, the same run
  unsigned char poison = 0xff;  // fills new shared memory; 0xff makes NaN of f32, f64 and bf16
};

/// A kernel did what CUDA does not allow. The message names the kernel, the block, the thread and the rule.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An output of a kernel: `count` elements at `data`.
struct Output {
  template <class T>
  Output(T* first, std::size_t elements) : data(first), count(elements), element_bytes(sizeof(T)) {}

  void* data;
  std::size_t count, element_bytes;
};

/// A kernel body with its type taken away.
struct Kernel {
  void (*run_thread)(const void* body, const Place& place);
  const void* body;
  const std::type_info* type;
};

void run_grid(const Kernel& kernel, const Launch& launch, Settings settings);
void run_grid_write_once(const Kernel& kernel, const Launch& launch, std::initializer_list<Output> outputs, Settings settings);

template <class Body>
Kernel kernel_of(const Body& body) {
  static_assert(std::is_trivially_copyable_v<Body>, "CUDA copies a kernel's arguments byte by byte");
  const auto run_thread = [](const void* arguments, const Place& place) {
    const Body own = *static_cast<const Body*>(arguments);
    CudaBlock block(place);
    own(block);
  };
  return {run_thread, &body, &typeid(Body)};
}

/// Runs the body in every thread of every block. Throws Failure.
template <class Body>
void launch(const Launch& launch, const Body& body, Settings settings = {}) {
  run_grid(kernel_of(body), launch, settings);
}
template <class Body>
void launch(Grid grid, int threads, std::size_t shared_bytes, const Body& body, Settings settings = {}) {
  run_grid(kernel_of(body), {grid, threads, shared_bytes, {}}, settings);
}

/// As launch(), for a kernel that promises to write each element of `outputs` exactly once and not to read it. Throws Failure naming
/// the element, and for a second write both threads.
/// How: outputs are filled with 0xff bytes (NaN); whenever a thread stops, what no longer looks so was written by it, is put aside
/// and filled again, so that a second write shows even if it stores the same value. An element that never changed is either unwritten or
/// was given just these bytes: if there is one, a second run filled with 0x00 decides, and so a kernel that adds to other
/// memory would add twice. Not seen: one thread writing an element twice between two of its meeting points.
/// The cost is threads x meeting points x bytes of output: meant for small shapes.
template <class Body>
void launch_write_once(const Launch& launch, const Body& body, std::initializer_list<Output> outputs, Settings settings = {}) {
  run_grid_write_once(kernel_of(body), launch, outputs, settings);
}

/// Whether run(settings), which launches kernels on fresh buffers and returns their output as a vector, gives the same bytes in every
/// order and for every poison. A missing barrier or a read of uninitialised shared memory makes them differ.
template <class Run>
bool same_in_every_order(Run&& run, unsigned shuffles = 6) {
  const auto expected = run(Settings{});
  const auto same = [&](const Settings& settings) {
    const auto found = run(settings);
    return found.size() == expected.size() &&
           (found.empty() || std::memcmp(found.data(), expected.data(), found.size() * sizeof(found[0])) == 0);  // NaN equals NaN here
  };
  constexpr unsigned char large = 0x7f;  // 3.4e38 as a float: unlike NaN it survives a maximum and fails a comparison otherwise
  bool all = same({Order::forward, 1, large}) && same({Order::reverse, 1});
  for (unsigned seed = 1; seed <= shuffles && all; seed++) all = same({Order::shuffled, seed, seed % 2 ? large : Settings{}.poison});
  return all;
}

}  // namespace impasto::emulator
