#include "tools/interrupt.h"

#include <csignal>
#include <ctime>

namespace impasto {
namespace {

volatile std::sig_atomic_t asked = 0;

volatile std::sig_atomic_t when = 0;  // seconds of a clock; only differences count

void remember(int signal) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto seconds = std::sig_atomic_t(now.tv_sec);
  if (asked && seconds - when > 1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  } else if (!asked) {
    asked = 1;
    when = seconds;
  }
}

}  // namespace

Interrupt::Interrupt() {
  asked = 0;
  on_interrupt_ = std::signal(SIGINT, remember);
  on_terminate_ = std::signal(SIGTERM, remember);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, on_interrupt_);
  std::signal(SIGTERM, on_terminate_);
}

bool Interrupt::wanted() const { return asked != 0; }

}  // namespace impasto
