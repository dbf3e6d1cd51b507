// Writes an HDF5 file of our own: the latest format, whose metadata carries checksums; fixed-length UTF-8 strings; shuffle and deflate.
// It is put together in memory (loaders/hdf5_memory.h) and written as a whole.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "loaders/hdf5_memory.h"

namespace impasto {

/// Names have no leading '/', "" is the root group; groups on the way to an object are made. Everything throws FileError.
/// Holds the library's lock while it lives.
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::string& path);

  void group(const std::string& name);
  void floats(const std::string& name, const std::vector<int64_t>& shape, const std::vector<float>& values);
  /// `values` are the bits of IEEE halves.
  void halves(const std::string& name, const std::vector<int64_t>& shape, const std::vector<uint16_t>& values);
  void bytes(const std::string& name, const std::vector<int64_t>& shape, const std::vector<uint8_t>& values);
  void words(const std::string& name, const std::vector<int64_t>& shape, const std::vector<uint64_t>& values);

  /// At most 64,000 bytes, which the object's header holds and its checksum guards; no zero bytes.
  void text(const std::string& object, const std::string& attribute, const std::string& value);
  void texts(const std::string& object, const std::string& attribute, const std::vector<std::string>& values);
  void u32(const std::string& object, const std::string& attribute, uint32_t value);
  void u8(const std::string& object, const std::string& attribute, uint8_t value);

  /// Once, at the end: the file appears under its name whole or not at all.
  void write();

 private:
  void dataset(const std::string& name, const std::vector<int64_t>& shape, hid_t type, const void* values, size_t count);
  void attribute(const std::string& object, const std::string& attribute, hid_t type, hid_t space, const void* value);
  [[noreturn]] void fail(const std::string& what) const;

  Hdf5Lock lock;
  std::string path;
  Hdf5Memory memory;
  Hdf5Handle file;
};

}  // namespace impasto
