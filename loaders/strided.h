// A tensor as PyTorch and Torch7 keep it in files: a view of a storage, a row of numbers that several tensors may share.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/input_file.h"
#include "loaders/reals.h"

namespace impasto {

/// Element (i, j, ..) is number offset + i * strides[0] + j * strides[1] + .. of the storage.
struct StridedView {
  int64_t offset = 0;
  std::vector<int64_t> shape, strides;
};

/// Numbers of the storage from the first that the view has to the last, 0 if it is empty. Throws FileError with both names unless there
/// are at most 8 axes with a stride each, no size, stride or offset is below 0, all elements lie among the storage's `count` numbers, and
/// no more of them are asked for than lie there (a stride of 0 could ask for any number).
int64_t checked_span(const StridedView& view, int64_t count, const std::string& path, const std::string& name);

/// What file positions a storage has.
struct StoredReals {
  RealType type = RealType::f32;
  int64_t begin = 0;  // in the file, whose size the caller has checked
};

/// The elements of a view that checked_span has accepted with `span`, row-major.
std::vector<float> read_view(InputFile& file, const StoredReals& storage, const StridedView& view, int64_t span);

}  // namespace impasto
