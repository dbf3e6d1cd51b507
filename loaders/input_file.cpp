#include "loaders/input_file.h"

#include "engine/error.h"
#include "loaders/signature.h"

namespace impasto {

InputFile::InputFile(const std::string& path, std::string_view magic, int64_t least, int64_t most, const std::string& kind)
    : path(path), bytes_in_file(require_signature(path, magic, least, kind)), stream(path, std::ios::binary) {
  if (bytes_in_file > most)
    throw FileError(path, "is larger than " + std::to_string(most >> 20) + " MiB, the most that is read; check that it is " + kind);
}

std::vector<uint8_t> InputFile::read(int64_t begin, int64_t count) {
  std::vector<uint8_t> bytes(static_cast<size_t>(count));
  stream.seekg(begin);
  stream.read(reinterpret_cast<char*>(bytes.data()), count);
  if (!stream) throw FileError(path, "cannot be read to its end; check the disk");
  return bytes;
}

}  // namespace impasto
