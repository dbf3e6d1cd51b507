// Progress of long work on standard error: a bar that is drawn over on a terminal, at most 16 plain lines elsewhere.
#pragma once
#include <chrono>
#include <string>

namespace impasto {

class Progress {
 public:
  explicit Progress(int steps);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the steps are made; `text` says how things stand ("loss 812"). Cheap to call after every step.
  void show(int done, const std::string& text);
  /// Leaves the bar as it is and begins a new line. The destructor does too.
  void end();

 private:
  using Clock = std::chrono::steady_clock;
  void draw(int done, const std::string& text, double seconds_left);

  int steps_;
  bool terminal_, drawn_ = false;
  Clock::time_point begin_, last_;
};

/// "1:05", "2:03:00"; "0:07" for 6.6 seconds.
std::string clock_text(double seconds);
/// Four digits that say something: "0.001234", "812.3", "1.2e+07".
std::string number_text(double value);

}  // namespace impasto
