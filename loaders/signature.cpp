// Most files that are not what their name says are a web page, a pointer of Git LFS, or an archive that holds the real one.
#include "loaders/signature.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include "engine/error.h"

namespace impasto {
namespace {

std::string advice(const std::string& begins) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  const std::string text(std::find_if_not(begins.begin(), begins.end(), is_space), begins.end());
  if (text.starts_with("<")) return "was the download a web page?";
  if (text.starts_with("version https://git-lfs")) return "it only points to the file, fetch that with git lfs pull";
  if (begins.starts_with("PK\3\4")) return "it is a zip archive, give the file inside it (if PyTorch wrote it, its name must end in .pth)";
  if (begins.starts_with("\x80\2\x8a\n\x6c\xfc")) return "it is a file of PyTorch, whose name must end in .pth";
  if (begins.starts_with({"\3\0\0\0\1\0\0\0", 8}) || begins.starts_with({"\4\0\0\0\1\0\0\0", 8}))
    return "it is a file of Torch7, whose name must end in .t7";
  if (begins.starts_with("\x89HDF\r\n\x1a\n")) return "it is an HDF5 file, whose name must end in .h5";
  if (begins.starts_with("\x1f\x8b")) return "it is packed with gzip, unpack it first";
  return "check the name and the download";
}

}  // namespace

std::string printable(const std::string& text, size_t most) {
  std::string shown;
  for (const unsigned char c : text.substr(0, most)) shown += c >= ' ' && c < 127 && c != '"' ? static_cast<char>(c) : '.';
  return '"' + shown + '"';
}

void refuse_beginning(const std::string& path, const std::string& begins, const std::string& kind) {
  throw FileError(path, "not " + kind + " (it begins " + printable(begins, 15) + "); " + advice(begins));
}

int64_t require_signature(const std::string& path, std::string_view magic, int64_t least, const std::string& kind) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw FileError(path, "there is no such file; check the name");
  if (std::filesystem::is_directory(status)) throw FileError(path, "is a folder; give the name of " + kind);
  if (!std::filesystem::is_regular_file(status)) throw FileError(path, "is not a regular file; give the name of " + kind);
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path, error));
  if (error) throw FileError(path, "its size cannot be read (" + error.message() + "); check the disk");
  if (size == 0) throw FileError(path, "is empty; fetch it again");

  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileError(path, "cannot be opened; check its permissions");
  std::string begins(64, '\0');
  file.read(begins.data(), static_cast<std::streamsize>(begins.size()));
  begins.resize(static_cast<size_t>(file.gcount()));
  if (!begins.starts_with(magic)) refuse_beginning(path, begins, kind);
  if (size < least)
    throw FileError(path, "has only " + std::to_string(size) + " bytes, which is too short for " + kind + "; fetch it again");
  return size;
}

}  // namespace impasto
