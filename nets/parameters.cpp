#include "nets/parameters.h"

#include <sstream>

namespace impasto {
namespace {

using Dims = std::vector<int64_t>;

// The ways in which a file may write this shape, the one for messages first.
std::vector<Dims> dims_of(const Shape& s) {
  const Dims full{s.n, s.c, s.h, s.w};
  if (s.n == 1 && s.h == 1 && s.w == 1) return {{s.c}, full};
  if (s.h == 1 && s.w == 1) return {full, {s.n, s.c}};
  if (s.n == 1 && s.c == 1) return {{s.h, s.w}, full};
  return {full};
}

bool fits(const Dims& dims, const Shape& shape) {
  for (const Dims& written : dims_of(shape))
    if (dims == written) return true;
  return false;
}

std::string text(const Dims& dims) {
  std::ostringstream list;
  for (size_t i = 0; i < dims.size(); i++) list << (i == 0 ? '[' : ',') << dims[i];
  return dims.empty() ? "[]" : list.str() + ']';
}

}  // namespace

std::vector<int64_t> dims_in_file(const Shape& shape) { return dims_of(shape)[0]; }

void Parameters::declare(const std::string& name, Shape shape, Use use) {
  if (!declared_.emplace(name, Declaration{shape, use}).second) throw Error("the parameter " + name + " is declared twice");
}

void Parameters::fill(Backend& backend, const NamedArrays& arrays, const std::string& source, const std::string& network) {
  std::string wrong;
  int unfit = 0;
  const auto complain = [&](const std::string& what) { wrong += (unfit++ == 0 ? "" : "; ") + what; };
  for (const auto& [name, declaration] : declared_) {
    const auto found = arrays.find(name);
    if (found == arrays.end()) {
      complain(name + " is missing");
    } else if (!fits(found->second.shape, declaration.shape)) {
      complain(name + " is " + text(found->second.shape) + ", needs " + text(dims_in_file(declaration.shape)));
    } else if (int64_t(found->second.values.size()) != declaration.shape.elements()) {
      complain(name + " has " + std::to_string(found->second.values.size()) + " values, needs " +
               std::to_string(declaration.shape.elements()));
    }
  }
  for (const auto& [name, array] : arrays)
    if (!declared_.contains(name)) complain(name + " is not one of its parameters");
  if (unfit != 0) {
    throw ShapeError(source + ": " + std::to_string(unfit) + " of " + std::to_string(declared_.size()) + " parameters do not fit " +
                     network + ": " + wrong);
  }
  filled_.clear();
  for (const auto& [name, declaration] : declared_) {
    if (declaration.use == Use::unused) continue;
    Tensor value = from_host(backend, declaration.shape, arrays.at(name).values.data());
    if (declaration.use == Use::frozen) value.freeze();
    filled_.emplace(name, Variable(value, declaration.use == Use::trained));
  }
}

const Variable& Parameters::operator[](const std::string& name) const {
  const auto found = filled_.find(name);
  if (found != filled_.end()) return found->second;
  throw Error("the parameter " + name + (declared_.contains(name) ? " has not been loaded" : " was never declared"));
}

}  // namespace impasto
