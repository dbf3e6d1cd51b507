// One HDF5 data set: what it declares and how it is stored, and its values as little-endian bytes in row-major order.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/hdf5_file.h"

namespace impasto {

struct Hdf5Extent {
  std::vector<int64_t> shape;
  Hdf5Type type;
  int64_t declared, stored;  // bytes
  int64_t chunk;             // bytes of one, 0: in one piece
};

/// Reads no values. Throws Error (a sentence that follows the data set's name) for every type, rank, layout or filter that is not ours to
/// read.
Hdf5Extent hdf5_extent(hid_t dataset);

/// No conversion and no filter of the library runs: the bytes are those of the file, chunks are undone by decode_chunk.
std::vector<uint8_t> hdf5_values(hid_t dataset);

/// The same of `count` rows along the first axis, from row `first`; reads those chunks only that have some of them.
std::vector<uint8_t> hdf5_rows(hid_t dataset, const Hdf5Extent& extent, int64_t first, int64_t count);

std::string hdf5_type_name(Hdf5Type type);

}  // namespace impasto
