// A regular file that is read in parts.
#pragma once
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace impasto {

class InputFile {
 public:
  /// Throws FileError as require_signature does (loaders/signature.h), and if the file has more than `most` bytes.
  InputFile(const std::string& path, std::string_view magic, int64_t least, int64_t most, const std::string& kind);

  const std::string& name() const { return path; }
  int64_t size() const { return bytes_in_file; }
  /// begin + count <= size().
  std::vector<uint8_t> read(int64_t begin, int64_t count);

 private:
  std::string path;
  int64_t bytes_in_file;
  std::ifstream stream;
};

}  // namespace impasto
