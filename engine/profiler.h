// Profiler: a backend around another that adds up time, traffic and calls by layer and primitive. Times are the backend's own
// (Backend::stopwatch): where a device has a clock nothing waits for it before the times are asked for.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/decorator.h"

namespace impasto {

class Profiler final : public DecoratorBackend {
 public:
  struct Entry {
    double seconds = 0;
    double bytes = 0;  // of the tensors read and written, each once
    int calls = 0;
  };
  using DecoratorBackend::DecoratorBackend;

  /// By (layer, primitive); the layer is the LayerScope at the call, forward and backward alike.
  const std::map<std::pair<std::string, std::string>, Entry>& entries() const;
  /// Layout changes of activations: convert() between different lane counts of a tensor with more than one pixel.
  int relayouts() const { return relayouts_; }
  void reset();
  /// A table, the slowest first.
  std::string report() const;

 protected:
  void around(const Call& call, const std::function<void()>& run) override;

 private:
  /// A call whose time is not yet known.
  struct Running {
    Entry* entry;
    std::unique_ptr<Stopwatch> stopwatch;
  };
  void collect() const;
  std::map<std::pair<std::string, std::string>, Entry> entries_;
  mutable std::vector<Running> running_;
  int relayouts_ = 0;
};

}  // namespace impasto
