// Python pickles as trees, read and not run: a function that a pickle calls is kept as its name and its arguments, and names outside of a
// closed list are refused. Protocols 2 to 4, the part of them that tables of tensors need. Layout: pickletools.py of Python.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "loaders/bytes.h"

namespace impasto {

/// What holds others names them by their places in Pickle::values, since a list may hold itself.
struct PickleValue {
  enum class Kind { none, boolean, integer, real, text, tuple, list, dict, global, call, persistent };

  Kind kind = Kind::none;
  int64_t integer = 0;  // also of a boolean
  double real = 0;
  std::string text = {};  // of a text; "module.name" of a global, and of the one that a call calls
  std::vector<int> items =
      {};  // of a tuple or list; of a dict its keys and values in turn; of a call the tuple of arguments; of a persistent id what it is
  bool ordered = false;  // of a dict: collections.OrderedDict
};

struct Pickle {
  std::vector<PickleValue> values;
  int root = 0;
  size_t bytes = 0;  // how many it took of those given

  const PickleValue& operator[](int place) const { return values[static_cast<size_t>(place)]; }
};

/// The pickle at the beginning of `bytes`. Of globals, collections.OrderedDict becomes a dict, and those of `globals`
/// ("torch._utils._rebuild_tensor_v2") are kept; any other is refused by its name, as are all opcodes not listed in pickle.cpp. What BUILD
/// sets on an OrderedDict is passed over. At most 1,048,576 values. Throws FileError with `path`.
Pickle read_pickle(Bytes bytes, const std::string& path, const std::set<std::string>& globals);

}  // namespace impasto
