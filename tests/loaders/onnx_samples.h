// ONNX files for tests, put together byte by byte, so that the reader is tested against the format and not against our writer.
#pragma once
#include <cstring>
#include <string>

#include "loaders/onnx.h"
#include "tests/loaders/hdf5_samples.h"

namespace impasto::samples::onnx {

inline std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
inline std::string number(int field, int64_t value) { return varint(uint64_t(field) << 3) + varint(static_cast<uint64_t>(value)); }
/// `more`: by how much the length is wrong.
inline std::string bytes(int field, const std::string& value, uint64_t more = 0) {
  return varint(uint64_t(field) << 3 | 2) + varint(value.size() + more) + value;
}
template <class T>
std::string raw(std::initializer_list<T> values) {
  std::string all(values.size() * sizeof(T), '\0');
  std::memcpy(all.data(), values.begin(), all.size());
  return all;
}
inline std::string varints(std::initializer_list<int64_t> values) {
  std::string all;
  for (const int64_t value : values) all += varint(static_cast<uint64_t>(value));
  return all;
}

// ---- the messages of onnx.proto

inline std::string shape(std::initializer_list<int64_t> dims) {
  std::string all;
  for (const int64_t dim : dims) all += number(1, dim);
  return all;
}
inline std::string tensor(const std::string& name, int type, std::initializer_list<int64_t> dims, const std::string& values) {
  return shape(dims) + number(2, type) + bytes(8, name) + values;
}
inline std::string initialiser(const std::string& name, int type, std::initializer_list<int64_t> dims, const std::string& values) {
  return bytes(5, tensor(name, type, dims, values));
}
inline std::string node(const std::string& op, const std::string& rest) { return bytes(1, bytes(4, op) + rest); }
inline std::string model(const std::string& graph, const std::string& more = "") {
  return number(1, 8) + bytes(7, graph) + bytes(8, bytes(1, "") + number(2, 17)) + more;
}

inline OnnxModel decode(const std::string& file) {
  return decode_onnx({reinterpret_cast<const uint8_t*>(file.data()), file.size()}, "sample.onnx");
}

/// Of reading the model and its arrays.
inline std::string refusal_of_model(const std::string& file) {
  return refusal([&] { onnx_arrays(decode(file)); });
}
inline std::string refusal_of_graph(const std::string& graph) { return refusal_of_model(model(graph)); }

}  // namespace impasto::samples::onnx
