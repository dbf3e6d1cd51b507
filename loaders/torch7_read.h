// Reads the objects of a .t7 file, for machines whose long integers have 8 or 4 bytes.
#pragma once
#include <vector>

#include "loaders/torch7.h"

namespace impasto {

struct Torch7Objects {
  std::vector<Torch7Value> values;
  int root = 0;
};

/// Every storage lies in the file, every tensor in its storage. Throws FileError.
Torch7Objects read_torch7_objects(InputFile& file, int64_t long_bytes);

}  // namespace impasto
