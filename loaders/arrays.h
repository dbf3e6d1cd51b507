// What every weight format is read into and written from: names with shapes and f32 values, in row-major order.
// Convolution weights are [K, C/groups, R, S] here whatever the file's own order is; no network and no Tensor is known.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace impasto {

struct Array {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

using NamedArrays = std::map<std::string, Array>;

}  // namespace impasto
