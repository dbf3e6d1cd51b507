#include "nets/optimizer_state.h"

namespace impasto {

TrainedParameters trained_parameters(const Parameters& parameters, const std::string& source) {
  TrainedParameters trained;
  for (const auto& [name, parameter] : parameters.all()) {
    if (!parameter.requires_grad()) continue;
    trained.names.push_back(name);
    trained.variables.push_back(parameter);
  }
  if (trained.names.empty()) throw Error(source + " was not loaded for training: none of its parameters takes a gradient");
  return trained;
}

NamedArrays arrays_of(const Parameters& parameters) {
  NamedArrays all;
  for (const auto& [name, parameter] : parameters.all()) all[name] = {dims_in_file(parameter.shape()), to_host(parameter.value())};
  return all;
}

NamedArrays slots_of(const Optimizer& optimizer, const std::vector<std::string>& names) {
  NamedArrays all;
  for (size_t i = 0; i < names.size(); i++)
    for (const Optimizer::Slot& slot : optimizer.slots(i))
      all[names[i] + '/' + slot.name] = {dims_in_file(slot.tensor.shape()), to_host(slot.tensor)};
  return all;
}

void restore_slots(Optimizer& optimizer, const std::vector<std::string>& names, const NamedArrays& slots, int steps_done) {
  size_t used = 0;
  for (size_t i = 0; i < names.size(); i++) {
    for (Optimizer::Slot slot : optimizer.slots(i)) {
      const auto found = slots.find(names[i] + '/' + slot.name);
      if (found == slots.end() || int64_t(found->second.values.size()) != slot.tensor.shape().elements())
        throw ShapeError("the state of training has no " + names[i] + '/' + slot.name + " of the network's shape");
      slot.tensor.backend().upload(found->second.values.data(), slot.tensor);
      used++;
    }
  }
  if (used != slots.size()) throw ShapeError("the state of training has parameters that the network lacks");
  optimizer.set_steps(steps_done);
}

}  // namespace impasto
