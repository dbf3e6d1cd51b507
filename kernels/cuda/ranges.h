// Names every primitive and its layer for NVIDIA's profilers (NVTX). Costs next to nothing while none of them listens.
#pragma once
#include <nvtx3/nvToolsExt.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/decorator.h"
#include "engine/variable.h"

namespace impasto {

class NamedRanges final : public DecoratorBackend {
 public:
  explicit NamedRanges(std::unique_ptr<Backend> inner) : DecoratorBackend(*inner), own_(std::move(inner)) {}

  /// A graph has no ranges of its own primitives.
  std::unique_ptr<Recording> record(std::function<void()> work) override { return inner_.record(std::move(work)); }

 protected:
  void around(const Call& call, const std::function<void()>& run) override {
    const Range range(LayerScope::current() + " " + call.primitive);
    run();
  }

 private:
  struct Range {
    explicit Range(const std::string& name) { nvtxRangePushA(name.c_str()); }
    ~Range() { nvtxRangePop(); }
  };
  std::unique_ptr<Backend> own_;
};

}  // namespace impasto
