#include "nets/torch7_chain.h"

#include "engine/error.h"

namespace impasto {

Torch7Chain::Torch7Chain(const Torch7Module& container, std::string title)
    : path_(container.path()), title_(std::move(title)), modules_(container.children()) {}

const Torch7Module& Torch7Chain::next() {
  if (at_ == modules_.size()) throw ShapeError(path_ + " ends before " + title_ + " does");
  return modules_[at_++];
}

const Torch7Module& Torch7Chain::next(const std::string& type) {
  const Torch7Module& module = next();
  module.require_type(type, title_);
  return module;
}

void Torch7Chain::end() const {
  if (at_ != modules_.size()) throw ShapeError(path_ + " goes on behind the end of " + title_);
}

}  // namespace impasto
