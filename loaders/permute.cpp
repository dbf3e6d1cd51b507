#include "loaders/permute.h"

namespace impasto {

Array permuted(const Array& array, const std::array<int, 4>& order) {
  const int64_t strides[4] = {array.shape[1] * array.shape[2] * array.shape[3], array.shape[2] * array.shape[3], array.shape[3], 1};
  Array result;
  int64_t step[4];
  for (int i = 0; i < 4; ++i) {
    result.shape.push_back(array.shape[order[i]]);
    step[i] = strides[order[i]];
  }
  result.values.reserve(array.values.size());
  for (int64_t a = 0; a < result.shape[0]; ++a)
    for (int64_t b = 0; b < result.shape[1]; ++b)
      for (int64_t c = 0; c < result.shape[2]; ++c)
        for (int64_t d = 0; d < result.shape[3]; ++d)
          result.values.push_back(array.values[a * step[0] + b * step[1] + c * step[2] + d * step[3]]);
  return result;
}

}  // namespace impasto
