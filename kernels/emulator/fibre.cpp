// Stacks, context switch and AddressSanitizer's annotations of it.
#include "kernels/emulator/fibre.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if !defined(__x86_64__) && !defined(IMPASTO_UCONTEXT)
#define IMPASTO_UCONTEXT
#endif
#if defined(IMPASTO_UCONTEXT)
#include <ucontext.h>
#endif

namespace impasto::emulator {
namespace {

constexpr std::size_t stack_bytes = 256 * 1024;  // of address space: only pages that are touched take memory
thread_local Fibre* entering = nullptr;          // how enter() learns whose it is: makecontext passes only ints

std::size_t page_bytes() {
  static const std::size_t bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace

#if defined(IMPASTO_UCONTEXT)

struct Switch {
  ucontext_t fibre, caller;
  void prepare(std::byte* stack, void (*enter)()) {
    getcontext(&fibre);
    fibre.uc_stack.ss_sp = stack;
    fibre.uc_stack.ss_size = stack_bytes;
    fibre.uc_link = nullptr;
    makecontext(&fibre, enter, 0);
  }
  void to_fibre() { swapcontext(&caller, &fibre); }
  void to_caller() { swapcontext(&fibre, &caller); }
};

#else

// Saves what a call must preserve (System V ABI) and the stack pointer, loads another's. The floating-point control words stay
// as they are: kernel bodies do not change them. A jump and not a return: the processor predicts returns to the caller, and this goes
// elsewhere.
extern "C" void impasto_switch_stack(void** save, void* load);
asm(R"(
.text
.globl impasto_switch_stack
.hidden impasto_switch_stack
.type impasto_switch_stack, @function
impasto_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  popq %rcx
  jmpq *%rcx
.size impasto_switch_stack, . - impasto_switch_stack
)");

struct Switch {
  void *fibre, *caller;
  void prepare(std::byte* stack, void (*enter)()) {
    void** top = reinterpret_cast<void**>(stack + stack_bytes);
    *--top = nullptr;  // where a return address would be: aligns the stack as after a call, and ends backtraces
    *--top = reinterpret_cast<void*>(enter);
    for (int saved = 0; saved < 6; saved++) *--top = nullptr;
    fibre = top;
  }
  void to_fibre() { impasto_switch_stack(&caller, fibre); }
  void to_caller() { impasto_switch_stack(&fibre, caller); }
};

#endif

struct Fibre::Context : Switch {
#if defined(__SANITIZE_ADDRESS__)
  void *fibre_frames = nullptr, *caller_frames = nullptr;
  const void* caller_stack = nullptr;
  std::size_t caller_stack_bytes = 0;

  void leaving_caller(const void* stack) { __sanitizer_start_switch_fiber(&caller_frames, stack, stack_bytes); }
  void back_in_caller() { __sanitizer_finish_switch_fiber(caller_frames, nullptr, nullptr); }
  // A fibre entered for the first time has no frames saved.
  void in_fibre(bool first) { __sanitizer_finish_switch_fiber(first ? nullptr : fibre_frames, &caller_stack, &caller_stack_bytes); }
  void leaving_fibre(bool for_good) {
    __sanitizer_start_switch_fiber(for_good ? nullptr : &fibre_frames, caller_stack, caller_stack_bytes);
  }
  void forget_frames(std::byte* stack) { __asan_unpoison_memory_region(stack, stack_bytes); }
#else
  void leaving_caller(const void*) {}
  void back_in_caller() {}
  void in_fibre(bool) {}
  void leaving_fibre(bool) {}
  void forget_frames(std::byte*) {}
#endif
};

Fibre::Fibre() : context_(std::make_unique<Context>()) {
  void* mapping = mmap(nullptr, page_bytes() + stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  mapping_ = static_cast<std::byte*>(mapping);
  if (mprotect(mapping_, page_bytes(), PROT_NONE) != 0) {  // stacks grow down, towards it
    munmap(mapping_, page_bytes() + stack_bytes);
    throw std::bad_alloc();
  }
}

Fibre::~Fibre() {
  context_->forget_frames(mapping_ + page_bytes());
  munmap(mapping_, page_bytes() + stack_bytes);
}

void Fibre::begin(void (*run)(void*), void* argument) {
  if (suspended_) context_->forget_frames(mapping_ + page_bytes());  // of the dropped call: they would look poisoned to this one
  suspended_ = false;
  run_ = run;
  argument_ = argument;
  context_->prepare(mapping_ + page_bytes(), &Fibre::enter);
}

void Fibre::resume() {
  entering = this;
  context_->leaving_caller(mapping_ + page_bytes());
  context_->to_fibre();
  context_->back_in_caller();
}

void Fibre::suspend() {
  suspended_ = true;
  leave(false);
  suspended_ = false;
}

void Fibre::leave(bool for_good) {
  context_->leaving_fibre(for_good);
  context_->to_caller();
  context_->in_fibre(false);
}

// Its frame is never left by a return, so AddressSanitizer must keep nothing in it.
__attribute__((no_sanitize_address)) void Fibre::enter() {
  Fibre& self = *entering;
  self.context_->in_fibre(true);
  self.run_(self.argument_);
  self.leave(true);
  std::abort();  // an ended fibre was resumed
}

}  // namespace impasto::emulator
