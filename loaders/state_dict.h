// The tensors of a pickled state_dict, as descriptions: which storage they show, and how. loaders/pytorch.h reads the numbers.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "loaders/pickle.h"
#include "loaders/strided.h"

namespace impasto {

struct StorageType {
  const char* name;  // f32, i64, ...
  int64_t width;     // bytes
  std::optional<RealType> real;
};

struct PickledStorage {
  StorageType type;
  int64_t count = 0;
};

struct PickledTensor {
  std::string name, storage;  // its key
  int64_t count = 0;          // of the storage's numbers, those that it may show
  StridedView view;
};

struct PickledStateDict {
  std::map<std::string, PickledStorage> storages;  // of everything in the pickle, also what is no part of the state_dict
  std::vector<PickledTensor> tensors;
};

/// What read_pickle is to let through.
const std::set<std::string>& state_dict_globals();

/// Which table is taken and what becomes of names: read_state_dict. Views have not been checked against their storages.
PickledStateDict pickled_state_dict(const Pickle& pickle, const std::string& path);

}  // namespace impasto
