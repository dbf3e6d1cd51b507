// Threads take turns: each runs until it waits at a barrier or in a warp call, or ends. A warp's calls complete when all lanes
// of a mask wait in the same one; a barrier when all threads of the block wait at it. Anything else that waits is a Failure.
#include "kernels/emulator/machine.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

constinit thread_local uint3 threadIdx{}, blockIdx{}, blockDim{}, gridDim{};

namespace impasto::emulator {
namespace {

constexpr int warp_size = 32;

const char* name_of(WarpOperation operation) {
  static constexpr const char* names[] = {"__syncwarp", "__shfl_sync", "__shfl_xor_sync", "__shfl_down_sync", "__shfl_up_sync"};
  return names[static_cast<int>(operation)];
}

std::string readable(const std::type_info& type) {
  int status = 0;
  char* name = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string result = status == 0 ? name : type.name();
  std::free(name);
  return result;
}

std::string thread_named(int thread) { return "thread " + std::to_string(thread); }

std::string place(const char* file, int line) {
  const char* slash = std::strrchr(file, '/');
  return std::string(slash ? slash + 1 : file) + ":" + std::to_string(line);
}

bool in_mask(unsigned mask, int lane) { return mask >> lane & 1u; }

}  // namespace

std::uint64_t Permuter::random(std::uint64_t below) {
  std::uint64_t bits = state_ += 0x9e3779b97f4a7c15u;  // splitmix64
  bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
  bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
  return (bits ^ bits >> 31) % below;
}

Machine& machine() {
  static thread_local Machine one;
  return one;
}

void barrier(const char* file, int line) { machine().barrier(file, line); }
std::uint64_t warp_call(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned argument) {
  return machine().warp_call(operation, mask, value, argument);
}
void* dynamic_shared(std::size_t offset, std::size_t bytes) { return machine().dynamic_shared(offset, bytes); }
void* static_shared(const void* key, std::size_t bytes) { return machine().static_shared(key, bytes); }
void check_alignment(const void* p, std::size_t bytes) { machine().check_alignment(p, bytes); }

void Machine::run_block(const Kernel& kernel, const Launch& launch, std::int64_t block, Settings settings, TurnWatcher* watcher) {
  kernel_ = &kernel;
  launch_ = &launch;
  block_ = block;
  settings_ = settings;
  watcher_ = watcher;
  const std::int64_t across = launch.grid.x, down = launch.grid.y;
  blockIdx = {static_cast<unsigned>(block % across), static_cast<unsigned>(block / across % down),
              static_cast<unsigned>(block / across / down)};
  blockDim = {static_cast<unsigned>(launch.threads), 1, 1};
  gridDim = {static_cast<unsigned>(launch.grid.x), static_cast<unsigned>(launch.grid.y), static_cast<unsigned>(launch.grid.z)};
  shared_.clear();
  static_.clear();
  start_threads();
  Permuter permuter(settings, static_cast<std::uint64_t>(block) + 1);
  while (run_to_barrier(permuter)) release_barrier();
  check_shared_calls();
  shared_.clear();  // at once: a pointer into it that outlives the block is found
  static_.clear();
}

void Machine::start_threads() {
  while (threads_.size() < static_cast<std::size_t>(launch_->threads)) threads_.push_back(std::make_unique<Thread>());
  for (int t = 0; t < launch_->threads; t++) {
    Thread& thread = *threads_[t];
    thread.state = State::ready;
    thread.barriers = thread.shared_calls = 0;
    thread.error = nullptr;
    thread.fibre.begin(&Machine::thread_main, this);
  }
}

void Machine::thread_main(void* self) {
  Machine& machine = *static_cast<Machine*>(self);
  Thread& thread = *machine.threads_[machine.current_];
  try {
    machine.kernel_->run_thread(machine.kernel_->body, machine.launch_->place);
  } catch (...) {
    thread.error = std::current_exception();
  }
  thread.state = State::ended;
}

void Machine::turn(int thread) {
  current_ = thread;
  threadIdx = {static_cast<unsigned>(thread), 0, 0};
  threads_[thread]->fibre.resume();
  if (threads_[thread]->error) std::rethrow_exception(std::exchange(threads_[thread]->error, nullptr));
  if (watcher_) watcher_->after_turn(block_, thread);
}

void Machine::wait(State state) {
  Thread& thread = *threads_[current_];
  thread.state = state;
  thread.fibre.suspend();
}

void Machine::barrier(const char* file, int line) {
  Thread& thread = *threads_[current_];
  thread.file = file;
  thread.line = line;
  thread.barriers++;
  wait(State::at_barrier);
}

std::uint64_t Machine::warp_call(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned argument) {
  Thread& thread = *threads_[current_];
  if (!in_mask(mask, current_ % warp_size)) fail(thread_named(current_) + " is not in the mask of its own " + name_of(operation));
  thread.operation = operation;
  thread.mask = mask;
  thread.value = value;
  thread.argument = argument;
  wait(State::in_warp_call);
  return thread.value;
}

// Runs all threads as far as they get; whether some now wait at a barrier.
bool Machine::run_to_barrier(Permuter& permuter) {
  const int warps = (launch_->threads + warp_size - 1) / warp_size;
  for (bool ran = true; ran;) {
    ran = false;
    permuter.permute(warp_order_, warps);
    for (const int warp : warp_order_)
      while (run_warp(warp, permuter)) {
        ran = true;
        if (permuter.shuffles() && permuter.random(2)) break;  // another warp goes first for a while
      }
  }
  for (int t = 0; t < launch_->threads; t++)
    if (threads_[t]->state == State::at_barrier) return true;
  return false;
}

// One turn of each lane that is ready; whether there was one.
bool Machine::run_warp(int warp, Permuter& permuter) {
  const int first = warp * warp_size, end = std::min(first + warp_size, launch_->threads);
  bool ran = false, waiting = false;
  permuter.permute(lane_order_, end - first);
  for (const int lane : lane_order_) {
    Thread& thread = *threads_[first + lane];
    if (thread.state == State::ready) {
      turn(first + lane);
      ran = true;
    }
    waiting |= thread.state == State::in_warp_call;
  }
  if (waiting && !finish_warp_calls(first, end)) stuck(first, end);
  return ran;
}

bool Machine::finish_warp_calls(int first, int end) {
  bool finished = false;
  for (int t = first; t < end; t++)
    if (threads_[t]->state == State::in_warp_call && warp_call_complete(first, end, t)) {
      exchange(first, threads_[t]->mask);
      finished = true;
    }
  return finished;
}

// Whether all lanes that the thread's mask names wait in the same call with the same mask.
bool Machine::warp_call_complete(int first, int end, int thread) {
  const Thread& one = *threads_[thread];
  const auto call = [&] { return std::string(name_of(one.operation)) + " of " + thread_named(thread); };
  for (int lane = 0; lane < warp_size; lane++) {
    if (!in_mask(one.mask, lane)) continue;
    const int named = first + lane;
    if (named >= end) fail(call() + " names " + thread_named(named) + ", which the block does not have");
    const Thread& other = *threads_[named];
    if (other.state == State::ended) fail(call() + " names " + thread_named(named) + ", which has ended");
    if (other.state == State::at_barrier)
      fail("divergent " + call() + ": it names " + thread_named(named) + ", which waits at the barrier " + place(other.file, other.line));
    if (other.mask != one.mask || other.operation != one.operation) return false;
  }
  return true;
}

// Every lane of the mask takes a value and may go on.
void Machine::exchange(int first, unsigned mask) {
  std::uint64_t brought[warp_size];
  for (int lane = 0; lane < warp_size; lane++)
    if (in_mask(mask, lane)) brought[lane] = threads_[first + lane]->value;
  for (int lane = 0; lane < warp_size; lane++) {
    if (!in_mask(mask, lane)) continue;
    Thread& thread = *threads_[first + lane];
    thread.state = State::ready;
    const std::int64_t distance = thread.argument;
    std::int64_t source = lane;
    switch (thread.operation) {
      case WarpOperation::sync:
        continue;
      case WarpOperation::shuffle:
        source = distance % warp_size;
        break;
      case WarpOperation::shuffle_xor:
        source = lane ^ distance;
        break;
      case WarpOperation::shuffle_down:
        source = lane + distance;
        break;
      case WarpOperation::shuffle_up:
        source = lane - distance;
        break;
    }
    if (source < 0 || source >= warp_size) source = lane;  // as CUDA defines it: beyond the warp, a lane keeps its own
    if (!in_mask(mask, static_cast<int>(source)))
      fail(std::string(name_of(thread.operation)) + " of " + thread_named(first + lane) + " reads " +
           thread_named(first + static_cast<int>(source)) + ", which is outside its mask");
    thread.value = brought[source];
  }
}

void Machine::release_barrier() {
  const Thread* waiting = nullptr;
  int waits = 0;
  for (int t = 0; t < launch_->threads && !waiting; t++)
    if (threads_[t]->state == State::at_barrier) waiting = threads_[waits = t].get();
  const std::string at = thread_named(waits) + " waits at barrier number " + std::to_string(waiting->barriers) + " (" +
                         place(waiting->file, waiting->line) + ")";
  for (int t = 0; t < launch_->threads; t++) {
    Thread& thread = *threads_[t];
    if (thread.state == State::ended)
      fail("exit before a barrier: " + at + ", " + thread_named(t) + " ended after " + std::to_string(thread.barriers));
    if (thread.line != waiting->line || std::strcmp(thread.file, waiting->file) != 0)
      fail("divergent barrier: " + at + ", " + thread_named(t) + " at " + place(thread.file, thread.line));
    thread.state = State::ready;
  }
}

void Machine::check_alignment(const void* p, std::size_t bytes) const {
  if (reinterpret_cast<std::uintptr_t>(p) % bytes != 0)
    fail("misaligned: " + thread_named(current_) + " takes " + std::to_string(bytes) + " bytes at once from where no such word begins");
}

// No lane of the warp can go on: each waits in a call that another lane of its mask is not in.
void Machine::stuck(int first, int end) const {
  std::string waits;
  for (int t = first; t < end; t++)
    if (threads_[t]->state == State::in_warp_call && waits.size() < 160) {
      char mask[16];
      std::snprintf(mask, sizeof mask, "0x%08x", threads_[t]->mask);
      waits += (waits.empty() ? "" : ", ") + thread_named(t) + " in " + name_of(threads_[t]->operation) + " with mask " + mask;
    }
  fail("deadlock: divergent warp calls, " + waits);
}

void Machine::fail(const std::string& what) const {
  throw Failure(readable(*kernel_->type) + ", block (" + std::to_string(blockIdx.x) + ", " + std::to_string(blockIdx.y) + ", " +
                std::to_string(blockIdx.z) + "): " + what);
}

}  // namespace impasto::emulator
