#include "loaders/safetensors_header.h"

#include <algorithm>

#include "engine/error.h"
#include "loaders/bytes.h"
#include "loaders/signature.h"

namespace impasto {
namespace {

constexpr int64_t longest_header = 100'000'000, most_bytes = int64_t{8} << 30, length_bytes = 8;
const std::string kind = "a safetensors file";

const std::map<std::string, int64_t> type_bytes{{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"I16", 2}, {"U16", 2}, {"F16", 2}, {"BF16", 2},
                                                {"I32", 4},  {"U32", 4}, {"F32", 4}, {"F64", 8}, {"I64", 8}, {"U64", 8}};

void check_size(const std::string& path, const std::string& name, const SafetensorsHeader::Tensor& tensor) {
  const auto type = type_bytes.find(tensor.type);
  if (type == type_bytes.end())
    throw FileError(path, name + " is of the type \"" + tensor.type.substr(0, 20) + "\", which is not read; save it as F32 or F16");
  int64_t bytes = type->second;
  for (const int64_t dim : tensor.shape)
    if (__builtin_mul_overflow(bytes, dim, &bytes))
      throw FileError(path, "is damaged, " + name + " has an impossible shape; fetch it again");
  if (tensor.end < tensor.begin || tensor.end - tensor.begin != bytes)
    throw FileError(
        path, "is damaged, " + name + " needs " + std::to_string(bytes) + " bytes by its shape and has another number; fetch it again");
}

void check_tiling(const std::string& path, const SafetensorsHeader& header, int64_t buffer_bytes) {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  for (const auto& [name, tensor] : header.tensors) ranges.emplace_back(tensor.begin, tensor.end);
  std::sort(ranges.begin(), ranges.end());
  int64_t covered = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != covered)
      throw FileError(path, "is damaged, its tensors " + std::string(begin < covered ? "overlap" : "leave a hole") + " at byte " +
                                std::to_string(begin) + "; fetch it again");
    covered = end;
  }
  if (covered != buffer_bytes)
    throw FileError(path, "holds " + std::to_string(buffer_bytes) + " bytes of tensors and names " + std::to_string(covered) +
                              " of them, so it is cut short or damaged; fetch it again");
}

}  // namespace

InputFile open_safetensors(const std::string& path) { return {path, "", length_bytes + 2, most_bytes, kind}; }

SafetensorsHeader read_safetensors_header(InputFile& file) {
  const std::string& path = file.name();
  const std::vector<uint8_t> begins = file.read(0, std::min<int64_t>(file.size(), 64));
  if (begins[length_bytes] != '{') refuse_beginning(path, {begins.begin(), begins.end()}, kind);
  const uint64_t length = little_endian(begins, 0, 4) | uint64_t{little_endian(begins, 4, 4)} << 32;
  if (length > static_cast<uint64_t>(std::min(longest_header, file.size() - length_bytes)))
    throw FileError(path, "says that its header has " + std::to_string(length) + " bytes, more than may be or are there; fetch it again");

  const std::vector<uint8_t> text = file.read(length_bytes, static_cast<int64_t>(length));
  SafetensorsHeader header = parse_safetensors_header({reinterpret_cast<const char*>(text.data()), text.size()}, path);
  header.buffer = length_bytes + static_cast<int64_t>(length);
  for (const auto& [name, tensor] : header.tensors) check_size(path, name, tensor);
  check_tiling(path, header, file.size() - header.buffer);
  return header;
}

}  // namespace impasto
