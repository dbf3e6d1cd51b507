#include "tools/interrupt.h"

#include <csignal>

namespace impasto {
namespace {

volatile std::sig_atomic_t asked = 0;

void remember(int signal) {
  asked = 1;
  std::signal(signal, SIG_DFL);
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
