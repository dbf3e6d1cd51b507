#include "tools/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace impasto {
namespace {

constexpr int most_lines = 16;
constexpr int bar_width = 24;
constexpr double redraw_seconds = 0.1;

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string clock_text(double seconds) {
  const long s = std::lround(std::min(seconds, 359999.0));
  char text[32];
  if (s >= 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld", s / 60, s % 60);
  }
  return text;
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

Progress::Progress(int steps) : steps_(std::max(1, steps)), terminal_(isatty(STDERR_FILENO)), begin_(Clock::now()), last_(begin_) {}

Progress::~Progress() { end(); }

void Progress::show(int done, const std::string& text) {
  const auto now = Clock::now();
  const double spent = std::chrono::duration<double>(now - begin_).count();
  const double left = done > 0 ? spent / done * (steps_ - done) : 0;
  if (terminal_) {
    if (drawn_ && done < steps_ && std::chrono::duration<double>(now - last_).count() < redraw_seconds) return;
    last_ = now;
    draw(done, text, left);
    return;
  }
  // One line at the end of each of equal parts.
  const auto part = [&](int step) { return int64_t(step) * most_lines / steps_; };
  if (part(done) == part(done - 1) && done != steps_) return;
  std::fprintf(stderr, "step %d of %d  %s  %s left\n", done, steps_, text.c_str(), clock_text(left).c_str());
}

void Progress::draw(int done, const std::string& text, double seconds_left) {
  const int full = int(int64_t(bar_width) * std::min(done, steps_) / steps_);
  std::string line = '[' + std::string(size_t(full), '#') + std::string(size_t(bar_width - full), '.') + "] " + std::to_string(done) + '/' +
                     std::to_string(steps_) + "  " + clock_text(seconds_left) + " left  " + text;
  line.resize(std::min(line.size(), size_t(terminal_width() - 1)));
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::end() {
  if (terminal_ && drawn_) std::fputc('\n', stderr);
  drawn_ = false;
}

}  // namespace impasto
