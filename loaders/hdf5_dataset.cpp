#include "loaders/hdf5_dataset.h"

#include <algorithm>
#include <cstring>

#include "engine/error.h"
#include "loaders/hdf5_chunk.h"

namespace impasto {
namespace {

constexpr int most_axes = 4;
constexpr int64_t most_chunks = 1 << 21;  // of a large set of photographs, one each
constexpr int64_t small_chunk = 1 << 20;  // may be larger than its data set, as in those that grow

int64_t product(const std::vector<int64_t>& factors, int64_t start) {
  for (const int64_t factor : factors)
    if (__builtin_mul_overflow(start, factor, &start)) throw Error("declares more values than there can be; such a file is not read");
  return start;
}

Hdf5Type type_of(hid_t dataset) {
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  if (!type.good()) throw Error("has an unreadable type (" + hdf5_reason() + "); fetch it again");
  if (H5Tequal(type, H5T_IEEE_F32LE) > 0) return Hdf5Type::f32;
  if (H5Tequal(type, hdf5_half()) > 0) return Hdf5Type::f16;
  if (H5Tequal(type, H5T_STD_U8LE) > 0) return Hdf5Type::u8;
  if (H5Tequal(type, H5T_STD_U64LE) > 0) return Hdf5Type::u64;
  throw Error("has values of a type that is not read (little-endian f32, f16, u8 and u64 are); save it as f32");
}

std::vector<int64_t> shape_of(hid_t dataset) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const int rank = H5Sget_simple_extent_type(space) == H5S_SIMPLE ? H5Sget_simple_extent_ndims(space) : -1;
  if (rank < 1 || rank > most_axes) throw Error("has no shape of 1 to 4 axes, which weights need");
  hsize_t dims[H5S_MAX_RANK];
  if (H5Sget_simple_extent_dims(space, dims, nullptr) != rank)
    throw Error("has an unreadable shape (" + hdf5_reason() + "); fetch it again");
  std::vector<int64_t> shape(dims, dims + rank);
  if (std::any_of(shape.begin(), shape.end(), [](int64_t dim) { return dim < 1; }))
    throw Error("has an axis of no or of absurd length; fetch it again");
  return shape;
}

int64_t size_of(Hdf5Type type) { return type == Hdf5Type::u8 ? 1 : type == Hdf5Type::f16 ? 2 : type == Hdf5Type::f32 ? 4 : 8; }

std::vector<int64_t> chunk_of(hid_t properties, size_t rank) {
  hsize_t dims[H5S_MAX_RANK];
  if (H5Pget_chunk(properties, static_cast<int>(rank), dims) != static_cast<int>(rank))
    throw Error("has chunks of another rank; fetch it again");
  return {dims, dims + rank};
}

std::vector<H5Z_filter_t> filters_of(hid_t properties, int64_t element) {
  std::vector<H5Z_filter_t> filters;
  const int count = H5Pget_nfilters(properties);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0, values[8] = {}, config = 0;
    size_t used = 8;
    const H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &used, values, 0, nullptr, &config);
    if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_FLETCHER32)
      throw Error("is stored through filter " + std::to_string(filter) + "; save it with gzip, shuffle or none");
    if (filter == H5Z_FILTER_SHUFFLE && (used < 1 || values[0] != element))
      throw Error("is shuffled by another size than its values have; fetch it again");
    if (std::find(filters.begin(), filters.end(), filter) != filters.end())
      throw Error("is stored through the same filter twice; save it anew");
    filters.push_back(filter);
  }
  if (count < 0) throw Error("has unreadable filters (" + hdf5_reason() + "); fetch it again");
  return filters;
}

/// Bytes of one chunk.
int64_t judge_chunks(hid_t properties, const std::vector<int64_t>& shape, int64_t element, int64_t declared) {
  const std::vector<int64_t> chunk = chunk_of(properties, shape.size());
  if (std::any_of(chunk.begin(), chunk.end(), [](int64_t dim) { return dim < 1; })) throw Error("has chunks of no size; fetch it again");
  const int64_t bytes = product(chunk, element);
  if (bytes > std::max(declared, small_chunk)) throw Error("has chunks larger than itself; save it anew");
  std::vector<int64_t> counts;
  for (size_t i = 0; i < shape.size(); ++i) counts.push_back((shape[i] - 1) / chunk[i] + 1);
  if (product(counts, 1) > most_chunks) throw Error("has over " + std::to_string(most_chunks) + " chunks; save it with larger ones");
  unsigned options = 0;
  if (H5Pget_chunk_opts(properties, &options) < 0 || options != 0) throw Error("leaves chunks at its edge unfiltered; save it anew");
  return bytes;
}

/// Consecutive rows of a data set: a corner and a size on every axis, of which only the first is not the data set's own.
struct Window {
  std::vector<int64_t> begin, size;
};

// Copies the part of a chunk that lies within the window; both are row-major, `at` is the chunk's first corner.
void place(const std::vector<uint8_t>& from, const std::vector<int64_t>& chunk, const std::vector<hsize_t>& at, const Window& window,
           int64_t element, std::vector<uint8_t>& to) {
  std::vector<int64_t> corner;
  for (size_t axis = 0; axis < at.size(); ++axis) corner.push_back(static_cast<int64_t>(at[axis]) - window.begin[axis]);
  const size_t last = at.size() - 1;
  const int64_t row = chunk[last] * element, rows = static_cast<int64_t>(from.size()) / row;
  const int64_t before = std::max<int64_t>(0, -corner[last]) * element;
  const int64_t inside = std::min(chunk[last], window.size[last] - corner[last]) * element - before;
  for (int64_t r = 0; r < rows; ++r) {
    int64_t rest = r, offset = corner[last], stride = window.size[last];
    bool outside = false;
    for (size_t axis = last; axis-- > 0; rest /= chunk[axis], stride *= window.size[axis]) {
      const int64_t i = corner[axis] + rest % chunk[axis];
      outside = outside || i < 0 || i >= window.size[axis];
      offset += i * stride;
    }
    if (!outside) std::memcpy(to.data() + offset * element + before, from.data() + r * row + before, static_cast<size_t>(inside));
  }
}

void read_chunks(hid_t dataset, hid_t properties, const Window& window, int64_t element, std::vector<uint8_t>& values) {
  const std::vector<int64_t> chunk = chunk_of(properties, window.size.size());
  const std::vector<H5Z_filter_t> filters = filters_of(properties, element);
  const auto plain = static_cast<size_t>(product(chunk, element));
  const hsize_t most_stored = plain + plain / 64 + 1024;  // deflate's and fletcher32's worst case is less
  std::vector<hsize_t> first, end;
  for (size_t axis = 0; axis < chunk.size(); ++axis) {
    first.push_back(static_cast<hsize_t>(window.begin[axis] / chunk[axis] * chunk[axis]));
    end.push_back(static_cast<hsize_t>(window.begin[axis] + window.size[axis]));
  }
  std::vector<hsize_t> at = first;
  for (bool more = true; more;) {
    hsize_t size = 0;
    if (H5Dget_chunk_storage_size(dataset, at.data(), &size) < 0 || size == 0) throw Error("misses a chunk");
    if (size > most_stored) throw Error("has a chunk that is stored in more bytes than it has");
    std::vector<uint8_t> stored(size);
    uint32_t skipped = 0;
    if (H5Dread_chunk(dataset, H5P_DEFAULT, at.data(), &skipped, stored.data()) < 0)
      throw Error("has an unreadable chunk (" + hdf5_reason() + ")");
    place(decode_chunk(std::move(stored), filters, skipped, static_cast<size_t>(element), plain), chunk, at, window, element, values);
    more = false;
    for (size_t axis = at.size(); axis-- > 0 && !more;) {  // the next corner, last axis first
      at[axis] += static_cast<hsize_t>(chunk[axis]);
      more = at[axis] < end[axis];
      if (!more) at[axis] = first[axis];
    }
  }
}

void read_piece(hid_t dataset, const Window& window, std::vector<uint8_t>& values) {
  const std::vector<hsize_t> begin(window.begin.begin(), window.begin.end()), size(window.size.begin(), window.size.end());
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose), from(H5Dget_space(dataset), H5Sclose),
      to(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
  if (H5Sselect_hyperslab(from, H5S_SELECT_SET, begin.data(), nullptr, size.data(), nullptr) < 0 ||
      H5Dread(dataset, type, to, from, H5P_DEFAULT, values.data()) < 0)
    throw Error("cannot be read (" + hdf5_reason() + ")");
}

}  // namespace

std::string hdf5_type_name(Hdf5Type type) {
  return type == Hdf5Type::f32 ? "f32" : type == Hdf5Type::f16 ? "f16" : type == Hdf5Type::u8 ? "u8" : "u64";
}

Hdf5Extent hdf5_extent(hid_t dataset) {
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (!properties.good()) throw Error("is damaged (" + hdf5_reason() + "); fetch it again");
  const H5D_layout_t layout = H5Pget_layout(properties);
  if (layout == H5D_VIRTUAL) throw Error("is put together from other data sets; save a copy that holds everything itself");
  if (H5Pget_external_count(properties) != 0) throw Error("has its values in another file; save a copy that holds everything itself");
  if (layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) throw Error("is stored neither in one piece nor in chunks; save it anew");

  Hdf5Extent extent{shape_of(dataset), type_of(dataset), 0, 0, 0};
  const int64_t element = size_of(extent.type);
  extent.declared = product(extent.shape, element);
  const hsize_t stored = H5Dget_storage_size(dataset);
  if (stored > static_cast<hsize_t>(INT64_MAX)) throw Error("claims absurd storage; fetch it again");
  extent.stored = static_cast<int64_t>(stored);
  const bool filtered = !filters_of(properties, element).empty();
  if (layout == H5D_CHUNKED) extent.chunk = judge_chunks(properties, extent.shape, element, extent.declared);
  if (!filtered && extent.stored < extent.declared)
    throw Error("declares " + std::to_string(extent.declared) + " bytes and stores " + std::to_string(extent.stored) + "; fetch it again");
  return extent;
}

std::vector<uint8_t> hdf5_rows(hid_t dataset, const Hdf5Extent& extent, int64_t first, int64_t count) {
  if (first < 0 || count < 1 || count > extent.shape[0] - first) throw Error("has no such rows");
  Window window{std::vector<int64_t>(extent.shape.size(), 0), extent.shape};
  window.begin[0] = first;
  window.size[0] = count;
  const int64_t element = size_of(extent.type);
  std::vector<uint8_t> values(static_cast<size_t>(product(window.size, element)));
  const Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_layout(properties) == H5D_CHUNKED)
    read_chunks(dataset, properties, window, element, values);
  else
    read_piece(dataset, window, values);
  return values;
}

std::vector<uint8_t> hdf5_values(hid_t dataset) {
  const Hdf5Extent extent = hdf5_extent(dataset);
  return hdf5_rows(dataset, extent, 0, extent.shape[0]);
}

}  // namespace impasto
