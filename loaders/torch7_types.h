// The classes of Torch7's numbers: torch.FloatTensor, torch.CudaHalfStorage and their like.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "loaders/reals.h"

namespace impasto {

struct Torch7Type {
  const char* name;  // f32, i64, ...
  int64_t width;     // bytes; 0: of a long, which the machine decides
  std::optional<RealType> real;
};

/// Of "torch.<type>Tensor" and "torch.<type>Storage", by `ending`; null for any other class. torch.CudaTensor is of f32.
const Torch7Type* torch7_type(const std::string& class_name, const std::string& ending);

}  // namespace impasto
