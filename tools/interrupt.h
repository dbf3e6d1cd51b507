// Ctrl-C that lets the work end by itself.
#pragma once

namespace impasto {

/// While one lives, the first SIGINT or SIGTERM is only remembered; another one a second later ends the program as usual.
/// (Shells and `timeout` may send one Ctrl-C twice.)
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  bool wanted() const;

 private:
  void (*on_interrupt_)(int);
  void (*on_terminate_)(int);
};

}  // namespace impasto
