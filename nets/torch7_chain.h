// The modules of one Torch7 container, taken one after another.
#pragma once
#include <string>
#include <vector>

#include "nets/torch7_modules.h"

namespace impasto {

class Torch7Chain {
 public:
  /// title: what the modules are expected to be, for messages.
  Torch7Chain(const Torch7Module& container, std::string title);

  /// Null at the end.
  const Torch7Module* peek() const { return at_ < modules_.size() ? &modules_[at_] : nullptr; }
  /// Throws ShapeError at the end, and if the module is of another class.
  const Torch7Module& next();
  const Torch7Module& next(const std::string& type);
  /// Throws ShapeError if there is more.
  void end() const;

 private:
  std::string path_, title_;
  std::vector<Torch7Module> modules_;
  size_t at_ = 0;
};

}  // namespace impasto
