// How a file's name ends, which tells formats apart that do not say so themselves.
#pragma once
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>

namespace impasto {

/// ".onnx" of "Net.ONNX": in small letters, with the dot; empty if there is none.
inline std::string extension(const std::string& path) {
  std::string end = std::filesystem::path(path).extension().string();
  std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return end;
}

}  // namespace impasto
