// Backends that differ from another in one thing.
#pragma once
#include "engine/decorator.h"

namespace impasto {

/// Records nothing: work that is to be repeated is run each time.
class Unrecorded : public DecoratorBackend {
 public:
  using DecoratorBackend::DecoratorBackend;

 protected:
  void around(const Call&, const std::function<void()>& run) override { run(); }
};

/// Its networks keep their activations in bf16.
class InBf16 final : public Unrecorded {
 public:
  using Unrecorded::Unrecorded;
  Dtype activation_dtype() const override { return Dtype::bf16; }
};

}  // namespace impasto
