// An HDF5 file that is put together in memory. The library cannot close a file on a disk that it fails to write to, and then falls with
// the program's end; and what H5Fget_file_image gives of the latest format has a wrong checksum (1.10.8).
#pragma once
#include <cstdint>
#include <vector>

#include "loaders/hdf5_handle.h"

namespace impasto {

class Hdf5Memory {
 public:
  /// For the file access properties of the one file to be created.
  void use(hid_t access);
  /// The file's bytes, once it has been closed; empty if that failed.
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  struct Callbacks;
  std::vector<uint8_t> bytes_;
  size_t size_ = 0;  // of the library's buffer
};

}  // namespace impasto
