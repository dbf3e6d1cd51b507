// PyTorch's .pth files: what torch.save makes of a state_dict, since PyTorch 1.6 a zip archive, before that pickles and numbers in a row.
// Nothing in a file is run (loaders/pickle.h). Layout: torch/serialization.py of https://github.com/pytorch/pytorch
#pragma once
#include <map>
#include <string>
#include <vector>

#include "loaders/arrays.h"

namespace impasto {

struct StateDict {
  struct Entry {
    std::string type;  // f32, f16, bf16, f64, i64, ..., bool
    std::vector<int64_t> shape;
  };
  std::map<std::string, Entry> entries;
  NamedArrays arrays;  // those of real numbers
};

/// Of a training checkpoint the table under state_dict, model_state_dict or model is read; tables in tables have their names joined by
/// dots; "module." in front of all names is dropped; what is no tensor is passed over, integers have an entry alone. At most 4 GiB (zip)
/// or 8 GiB, 65,536 tensors, tables nested 64 deep. Throws FileError, also for a whole model or a TorchScript archive instead of
/// a state_dict, for the tar archives of PyTorch before 0.2, and for NaN and infinity, by name.
StateDict read_state_dict(const std::string& path);

}  // namespace impasto
