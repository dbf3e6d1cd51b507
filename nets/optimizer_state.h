// What an optimiser remembers, as arrays of a checkpoint.
#pragma once
#include <string>
#include <vector>

#include "engine/optimizer.h"
#include "loaders/arrays.h"
#include "nets/parameters.h"

namespace impasto {

/// Those that take a gradient, by name; an optimiser of theirs is made of them in this order.
struct TrainedParameters {
  std::vector<std::string> names;
  std::vector<Variable> variables;
};
/// Throws Error, naming `source`, if there are none.
TrainedParameters trained_parameters(const Parameters& parameters, const std::string& source);

/// All parameters as they are now.
NamedArrays arrays_of(const Parameters& parameters);

/// By "<parameter>/<slot>"; names: of the optimiser's parameters, in order.
NamedArrays slots_of(const Optimizer& optimizer, const std::vector<std::string>& names);
/// Throws ShapeError if they are another network's.
void restore_slots(Optimizer& optimizer, const std::vector<std::string>& names, const NamedArrays& slots, int steps_done);

}  // namespace impasto
