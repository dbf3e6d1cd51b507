#include "engine/backend.h"

#include <chrono>
#include <utility>

namespace impasto {
namespace {

class WallClock final : public Stopwatch {
 public:
  explicit WallClock(Backend& backend) : backend_(backend) {}
  void stop() override {
    backend_.synchronize();
    end_ = Clock::now();
  }
  double seconds() override { return std::chrono::duration<double>(end_ - begin_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Backend& backend_;
  Clock::time_point begin_ = Clock::now(), end_ = begin_;
};

class RepeatedWork final : public Recording {
 public:
  explicit RepeatedWork(std::function<void()> work) : work_(std::move(work)) {}
  void replay() override { work_(); }

 private:
  std::function<void()> work_;
};

}  // namespace

void throw_not_recordable(const std::string& what) {
  throw Error("work that is recorded to be repeated cannot " + what + ": do that before or behind it");
}

std::unique_ptr<Stopwatch> Backend::stopwatch() { return std::make_unique<WallClock>(*this); }

std::unique_ptr<Recording> Backend::record(std::function<void()> work) { return std::make_unique<RepeatedWork>(std::move(work)); }

}  // namespace impasto
