// One data set of an HDF5 file, too large to be read at once: rows along its first axis, when they are asked for and from any thread.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/hdf5_dataset.h"

namespace impasto {

/// What Hdf5File::rows makes, so the file has been judged. Takes the library's lock for each call only.
class Hdf5Rows {
 public:
  Hdf5Rows(std::string path, std::string name, Hdf5Handle file, Hdf5Handle dataset);
  ~Hdf5Rows();
  Hdf5Rows(const Hdf5Rows&) = delete;
  Hdf5Rows& operator=(const Hdf5Rows&) = delete;

  const std::vector<int64_t>& shape() const { return extent.shape; }
  /// Bytes that have to be read and undone at once for any row; 0 if it is stored in one piece.
  int64_t chunk() const { return extent.chunk; }
  /// Little-endian values, row-major. Throws FileError.
  std::vector<uint8_t> read(int64_t first, int64_t count) const;

 private:
  std::string path, name;
  Hdf5Handle file, dataset;
  Hdf5Extent extent;
};

}  // namespace impasto
