#include "loaders/writable.h"

#include <cmath>

#include "engine/error.h"

namespace impasto {

void require_writable(const std::string& path, const std::string& name, const Array& array, Storage storage) {
  constexpr float largest_f32 = 3.4028235e38f, largest_f16 = 65504;
  int64_t count = 1;
  for (const int64_t dim : array.shape)
    if (dim < 1 || __builtin_mul_overflow(count, dim, &count)) count = -1;
  if (count != static_cast<int64_t>(array.values.size()))
    throw FileError(path,
                    "not written, since " + name + " has " + std::to_string(array.values.size()) + " values and its shape another number");
  for (const float value : array.values)
    if (!(std::fabs(value) <= (storage == Storage::f16 ? largest_f16 : largest_f32)))
      throw FileError(path, "not written, since " + name + " holds " + std::to_string(value) + "; " +
                                (std::isfinite(value) ? "store it as f32" : "go back to weights from before that training went wrong"));
}

}  // namespace impasto
