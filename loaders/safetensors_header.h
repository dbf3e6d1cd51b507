// The header of a safetensors file: the length of a JSON text in 8 bytes, the text, and behind it the tensors' bytes in one buffer.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "loaders/input_file.h"

namespace impasto {

struct SafetensorsHeader {
  struct Tensor {
    std::string type;  // F32, BF16, I64, ...
    std::vector<int64_t> shape;
    int64_t begin = 0, end = 0;  // its bytes in the buffer
  };
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
  int64_t buffer = 0;  // where it begins in the file
};

/// Throws FileError as InputFile does.
InputFile open_safetensors(const std::string& path);
/// Every size is right and the tensors cover the buffer without holes and overlaps, or it throws FileError.
SafetensorsHeader read_safetensors_header(InputFile& file);

/// Of the JSON text alone. Throws FileError if it is not of the one form that is allowed; checks no sizes.
SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& path);

}  // namespace impasto
