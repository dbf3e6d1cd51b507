// A fibre: a call on its own stack that can stop in the middle and be continued later by the same OS thread.
// The emulator runs each CUDA thread of a block as one. The stack ends in a guard page, so overflowing it faults.
// x86-64 switches in a few nanoseconds; elsewhere ucontext does it, with system calls (define IMPASTO_UCONTEXT to force it).
#pragma once

#include <cstddef>
#include <memory>

namespace impasto::emulator {

class Fibre {
 public:
  Fibre();
  ~Fibre();
  Fibre(const Fibre&) = delete;
  Fibre& operator=(const Fibre&) = delete;

  /// Makes run(argument) the call of the next resume(); it must not throw. A call that was still suspended here is dropped, not unwound.
  void begin(void (*run)(void*), void* argument);

  /// Runs the call until it suspends or ends.
  void resume();

  /// Gives control back to resume(). Only within the call.
  void suspend();

 private:
  struct Context;
  static void enter();
  void leave(bool for_good);

  std::byte* mapping_;
  std::unique_ptr<Context> context_;
  void (*run_)(void*) = nullptr;
  void* argument_ = nullptr;
  bool suspended_ = false;
};

}  // namespace impasto::emulator
