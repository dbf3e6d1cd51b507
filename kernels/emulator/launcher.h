// Runs kernel bodies in their CUDA form in the emulator: the third launcher of the shared backend, for tests.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "kernels/emulator/emulator.h"

namespace impasto {

/// What a stream is while it is captured: work is kept instead of done.
class EmulatedStream {
 public:
  using Work = std::vector<std::function<void()>>;
  void run(std::function<void()> work) {
    if (recorded_)
      recorded_->push_back(std::move(work));
    else
      work();
  }
  bool is_recording() const { return recorded_ != nullptr; }
  /// What `work` would have run.
  Work recorded(const std::function<void()>& work) {
    Work kept;
    recorded_ = &kept;
    try {
      work();
    } catch (...) {
      recorded_ = nullptr;
      throw;
    }
    recorded_ = nullptr;
    return kept;
  }

 private:
  Work* recorded_ = nullptr;
};

struct EmulatedLauncher {
  emulator::Settings settings;
  int threads = 64;    // two warps: enough for every rule, few enough to be quick
  int most_rows = 50;  // CUDA's limit is 65535; a small one has tests take more than one launch
  std::shared_ptr<EmulatedStream> stream = std::make_shared<EmulatedStream>();
  static constexpr int widest_tile = 8;
  template <class Body>
  void launch(Grid grid, const Body& body) const {
    for_launches(grid, most_rows, [&](Grid blocks, Place place) {
      stream->run([launch = Launch{blocks, threads, 0, place}, body, settings = settings] { emulator::launch(launch, body, settings); });
    });
  }
};

}  // namespace impasto
