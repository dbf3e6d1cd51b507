#include "loaders/zip_directory.h"

#include "engine/error.h"
#include "loaders/bytes.h"
#include "loaders/signature.h"

namespace impasto {
namespace {

constexpr int64_t end_bytes = 22, entry_bytes = 46, local_bytes = 30;
constexpr uint32_t end_signature = 0x06054b50, entry_signature = 0x02014b50, local_signature = 0x04034b50;

[[noreturn]] void damaged(const InputFile& file, const std::string& what) {
  throw FileError(file.name(), "is damaged or cut short, " + what + "; fetch it again");
}

std::string text(Bytes bytes, size_t at, size_t count) { return {reinterpret_cast<const char*>(bytes.data()) + at, count}; }

}  // namespace

std::map<std::string, ZipEntry> read_zip_directory(InputFile& file) {
  if (file.size() < end_bytes) damaged(file, "its zip archive has no end");
  const std::vector<uint8_t> end = file.read(file.size() - end_bytes, end_bytes);
  const uint32_t entries = little_endian(end, 10, 2);
  const int64_t size = little_endian(end, 12, 4), begin = little_endian(end, 16, 4);
  if (little_endian(end, 0, 4) != end_signature) damaged(file, "its zip archive does not end with a directory");
  if (little_endian(end, 4, 4) != 0 || little_endian(end, 8, 2) != entries || little_endian(end, 20, 2) != 0)
    damaged(file, "its zip archive has several parts or a comment");
  if (entries == 0xffff || size == 0xffffffff || begin == 0xffffffff)
    throw FileError(file.name(), "is a zip archive of 4 GiB or more, or of 65,535 files, which is not read; save fewer tensors in it");
  if (begin + size > file.size() - end_bytes) damaged(file, "the directory of its zip archive does not fit");

  const std::vector<uint8_t> directory = file.read(begin, size);
  std::map<std::string, ZipEntry> found;
  size_t at = 0;
  for (uint32_t i = 0; i < entries; ++i) {
    if (directory.size() - at < entry_bytes || little_endian(directory, at, 4) != entry_signature)
      damaged(file, "the directory of its zip archive lists fewer than its " + std::to_string(entries) + " files");
    const uint32_t flags = little_endian(directory, at + 8, 2), method = little_endian(directory, at + 10, 2);
    const uint32_t packed = little_endian(directory, at + 20, 4), whole = little_endian(directory, at + 24, 4);
    const size_t name = little_endian(directory, at + 28, 2);
    const size_t behind = entry_bytes + name + little_endian(directory, at + 30, 2) + little_endian(directory, at + 32, 2);
    if (directory.size() - at < behind) damaged(file, "the directory of its zip archive ends within a name");
    const ZipEntry entry{little_endian(directory, at + 42, 4), whole, method == 0 && packed == whole && (flags & 1) == 0};
    const std::string called = text(directory, at + entry_bytes, name);
    if (entry.header + local_bytes + packed > begin) damaged(file, printable(called) + " lies outside of its zip archive");
    if (!found.emplace(called, entry).second) damaged(file, printable(called) + " stands in its zip archive twice");
    at += behind;
  }
  if (at != directory.size()) damaged(file, "the directory of its zip archive lists more than its " + std::to_string(entries) + " files");
  return found;
}

int64_t zip_data(InputFile& file, const std::string& name, const ZipEntry& entry) {
  if (!entry.stored)
    throw FileError(file.name(),
                    printable(name) + " is compressed or encrypted in its zip archive, which PyTorch never does; save it with PyTorch");
  const std::vector<uint8_t> local = file.read(entry.header, local_bytes);
  if (little_endian(local, 0, 4) != local_signature) damaged(file, printable(name) + " is not where its zip archive says");
  const int64_t length = little_endian(local, 26, 2), data = entry.header + local_bytes + length + little_endian(local, 28, 2);
  if (data + entry.size > file.size() - end_bytes) damaged(file, printable(name) + " reaches beyond its zip archive");
  const std::vector<uint8_t> called = file.read(entry.header + local_bytes, length);
  if (text(called, 0, called.size()) != name) damaged(file, printable(name) + " has another name where its zip archive says it is");
  return data;
}

}  // namespace impasto
