#include "loaders/strided.h"

#include "engine/error.h"

namespace impasto {
namespace {

constexpr size_t most_axes = 8;

// Axis by axis from the last, like the digits of a counter.
std::vector<float> gathered(const std::vector<float>& numbers, const StridedView& view) {
  int64_t elements = 1;
  for (const int64_t size : view.shape) elements *= size;
  std::vector<float> values;
  values.reserve(static_cast<size_t>(elements));
  std::vector<int64_t> index(view.shape.size());
  int64_t at = 0;
  while (static_cast<int64_t>(values.size()) < elements) {
    values.push_back(numbers[static_cast<size_t>(at)]);
    for (size_t axis = index.size(); axis-- > 0;) {
      at += view.strides[axis];
      if (++index[axis] < view.shape[axis]) break;
      at -= view.strides[axis] * view.shape[axis];
      index[axis] = 0;
    }
  }
  return values;
}

}  // namespace

int64_t checked_span(const StridedView& view, int64_t count, const std::string& path, const std::string& name) {
  const auto refuse = [&](const std::string& what) -> int64_t {
    throw FileError(path, "is damaged, " + name + ' ' + what + "; fetch it again");
  };
  if (view.shape.size() > most_axes)
    return refuse("has " + std::to_string(view.shape.size()) + " axes, more than " + std::to_string(most_axes));
  if (view.shape.size() != view.strides.size()) return refuse("has not one stride for each axis");
  int64_t elements = 1, last = view.offset;
  bool good = view.offset >= 0, empty = false;
  for (size_t axis = 0; good && axis < view.shape.size(); ++axis) {
    const int64_t size = view.shape[axis], stride = view.strides[axis];
    int64_t reach = 0;
    good = size >= 0 && stride >= 0;
    empty = empty || size == 0;
    if (!good || empty) continue;
    good = !__builtin_mul_overflow(elements, size, &elements) && !__builtin_mul_overflow(size - 1, stride, &reach) &&
           !__builtin_add_overflow(last, reach, &last);
  }
  if (!good) return refuse("has a size, stride or offset that cannot be");
  if (empty) return 0;
  if (last >= count) return refuse("reaches to number " + std::to_string(last + 1) + " of a storage of " + std::to_string(count));
  if (elements > last - view.offset + 1) return refuse("shows numbers of its storage more than once");
  return last - view.offset + 1;
}

std::vector<float> read_view(InputFile& file, const StoredReals& storage, const StridedView& view, int64_t span) {
  if (span == 0) return {};
  const auto width = static_cast<int64_t>(bytes_of(storage.type));
  return gathered(decode_reals(storage.type, file.read(storage.begin + view.offset * width, span * width)), view);
}

}  // namespace impasto
