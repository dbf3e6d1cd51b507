// Work that is done again and again, alike but for the numbers in its tensors: a step of training or of painting.
#pragma once
#include <functional>
#include <memory>
#include <utility>

#include "engine/backend.h"

namespace impasto {

/// The first run is an ordinary one, in which caches are filled and gradients find their memory; the second is recorded
/// (Backend::record), and from then on the recording is replayed.
class Repeated {
 public:
  Repeated(Backend& backend, std::function<void()> work) : backend_(backend), work_(std::move(work)) {}
  void run() {
    if (!has_run_) {
      work_();
      has_run_ = true;
      return;
    }
    if (!recording_) recording_ = backend_.record(work_);
    recording_->replay();
  }
  /// The next run is a first one again: to be called when shapes have changed, or anything else that is no tensor's numbers.
  void forget() {
    recording_.reset();
    has_run_ = false;
  }

 private:
  Backend& backend_;
  std::function<void()> work_;
  bool has_run_ = false;
  std::unique_ptr<Recording> recording_;
};

}  // namespace impasto
