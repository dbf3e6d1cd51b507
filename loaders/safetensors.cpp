#include "loaders/safetensors.h"

#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "loaders/input_file.h"
#include "loaders/reals.h"
#include "loaders/safetensors_header.h"
#include "loaders/writable.h"

namespace impasto {
namespace {

const std::map<std::string, RealType> real_types{
    {"F32", RealType::f32}, {"F16", RealType::f16}, {"BF16", RealType::bf16}, {"F64", RealType::f64}};

std::string header_text(const Safetensors& weights, Storage storage) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!weights.metadata.empty()) header["__metadata__"] = weights.metadata;
  size_t offset = 0;
  for (const auto& [name, array] : weights.arrays) {
    const size_t end = offset + array.values.size() * (storage == Storage::f16 ? 2 : 4);
    header[name] = {{"dtype", storage == Storage::f16 ? "F16" : "F32"}, {"shape", array.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the tensors begin at a multiple of 8
  return text;
}

std::vector<uint8_t> encode(const Safetensors& weights, Storage storage) {
  const std::string text = header_text(weights, storage);
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<uint8_t>(uint64_t{text.size()} >> 8 * i));
  bytes.insert(bytes.end(), text.begin(), text.end());
  for (const auto& [name, array] : weights.arrays) {
    const std::vector<uint8_t> values = encode_reals(storage == Storage::f16 ? RealType::f16 : RealType::f32, array.values);
    bytes.insert(bytes.end(), values.begin(), values.end());
  }
  return bytes;
}

}  // namespace

Safetensors read_safetensors(const std::string& path) {
  InputFile file = open_safetensors(path);
  SafetensorsHeader header = read_safetensors_header(file);
  Safetensors weights;
  weights.metadata = std::move(header.metadata);
  for (const auto& [name, tensor] : header.tensors) {
    const auto type = real_types.find(tensor.type);
    if (type == real_types.end()) continue;
    Array array{tensor.shape, decode_reals(type->second, file.read(header.buffer + tensor.begin, tensor.end - tensor.begin))};
    require_finite(path, name, array.values);
    weights.arrays.emplace(name, std::move(array));
  }
  return weights;
}

void write_safetensors(const std::string& path, const Safetensors& weights, Storage storage) {
  for (const auto& [name, array] : weights.arrays) require_writable(path, name, array, storage);
  if (weights.arrays.contains("__metadata__")) throw FileError(path, "not written, since no array may be called __metadata__; rename it");
  try {
    write_file_atomically(path, encode(weights, storage));
  } catch (const nlohmann::json::exception&) {
    throw FileError(path, "not written, since a name or a word of its metadata is not UTF-8; rename it");
  }
}

}  // namespace impasto
