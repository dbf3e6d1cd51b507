// The parameters of a network: declared by name and shape, filled from a weight file's arrays, used as variables.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "engine/variable.h"
#include "loaders/arrays.h"

namespace impasto {

/// How a parameter's shape stands in a file: [C], [H, W] or [N, C, H, W].
std::vector<int64_t> dims_in_file(const Shape& shape);

class Parameters {
 public:
  /// trained: takes gradients; kept: changes without them (running statistics); frozen: never changes, so that backends keep what
  /// they derive from it; unused: the file must have it, but nothing is loaded (the layers beyond the deepest one asked for).
  enum class Use { trained, kept, frozen, unused };

  /// Vectors are [1, C, 1, 1], convolution weights [K, C/groups, R, S]. Throws Error for a name declared twice.
  void declare(const std::string& name, Shape shape, Use use);

  /// Arrays fit with the declared dimensions, a vector also as [C], a matrix as [H, W] or [N, C]. Throws ShapeError with
  /// everything that is missing, left over or of another shape in one sentence: "<source>: 3 of 26 parameters do not fit
  /// <network>: ...". Planar, in the backend's master dtype.
  void fill(Backend& backend, const NamedArrays& arrays, const std::string& source, const std::string& network);

  /// Throws Error if there is no such parameter, or it is unused or not yet filled.
  const Variable& operator[](const std::string& name) const;
  const std::map<std::string, Variable>& all() const { return filled_; }

 private:
  struct Declaration {
    Shape shape;
    Use use;
  };
  std::map<std::string, Declaration> declared_;
  std::map<std::string, Variable> filled_;
};

}  // namespace impasto
