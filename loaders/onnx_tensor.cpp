#include "loaders/onnx_tensor.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"

namespace impasto {
namespace {

using Type = OnnxTensor::Type;

enum Field : uint32_t {
  dims = 1,
  data_type = 2,
  segment = 3,
  float_data = 4,
  int32_data = 5,
  int64_data = 7,
  tensor_name = 8,
  raw_data = 9,
  double_data = 10,
  external_data = 13,
  data_location = 14
};

constexpr size_t most_axes = 8;
constexpr int64_t bits16 = 65535, i32_least = std::numeric_limits<int32_t>::min(), i32_largest = std::numeric_limits<int32_t>::max(),
                  i64_least = std::numeric_limits<int64_t>::min(), i64_largest = std::numeric_limits<int64_t>::max();

constexpr OnnxType types[] = {{Type::f32, "f32", 4, RealType::f32, 0, 0, float_data},
                              {Type::u8, "u8", 1, std::nullopt, 0, 255, int32_data},
                              {Type::i8, "i8", 1, std::nullopt, -128, 127, int32_data},
                              {Type::u16, "u16", 2, std::nullopt, 0, 65535, int32_data},
                              {Type::i16, "i16", 2, std::nullopt, -32768, 32767, int32_data},
                              {Type::i32, "i32", 4, std::nullopt, i32_least, i32_largest, int32_data},
                              {Type::i64, "i64", 8, std::nullopt, i64_least, i64_largest, int64_data},
                              {Type::boolean, "bool", 1, std::nullopt, 0, 1, int32_data},
                              {Type::f16, "f16", 2, RealType::f16, 0, bits16, int32_data},
                              {Type::f64, "f64", 8, RealType::f64, 0, 0, double_data},
                              {Type::bf16, "bf16", 2, RealType::bf16, 0, bits16, int32_data}};

/// -1 if the shape is impossible.
int64_t elements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  if (shape.size() > most_axes) return -1;
  for (const int64_t dim : shape)
    if (dim < 0 || __builtin_mul_overflow(count, dim, &count)) return -1;
  return count;
}

int64_t decode_integer(Bytes bytes, bool is_signed) {
  uint64_t bits = 0;
  for (size_t i = bytes.size(); i-- > 0;) bits = bits << 8 | bytes[i];
  const auto above = static_cast<int>(64 - 8 * bytes.size());
  return is_signed ? static_cast<int64_t>(bits << above) >> above : static_cast<int64_t>(bits);
}

/// What a message holds before its type is known for certain.
struct Values {
  uint32_t field = 0;  // that holds them, 0: none
  Bytes raw;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<int64_t> integers;

  void add(const ProtobufReader& reader) {
    if (field != 0 && field != reader.field()) reader.fail("a tensor in it holds its values twice");
    field = reader.field();
    if (field == raw_data) raw = reader.bytes();
    if (field == float_data) reader.append(floats);
    if (field == double_data) reader.append(doubles);
    if (field == int32_data || field == int64_data) reader.append(integers);
  }

  size_t count(const OnnxType& type) const {
    return field == raw_data ? raw.size() / type.bytes : std::max({floats.size(), doubles.size(), integers.size()});
  }
};

std::vector<float> real_values(const OnnxType& type, Values& values) {
  if (values.field == raw_data) return decode_reals(*type.real, values.raw);
  if (values.field == float_data) return std::move(values.floats);
  if (values.field == double_data) return {values.doubles.begin(), values.doubles.end()};
  std::vector<uint8_t> bytes;  // the bits of f16 and bf16 lie in integers
  bytes.reserve(2 * values.integers.size());
  for (const int64_t bits : values.integers) {
    bytes.push_back(static_cast<uint8_t>(bits));
    bytes.push_back(static_cast<uint8_t>(bits >> 8));
  }
  return decode_reals(*type.real, bytes);
}

std::vector<int64_t> integer_values(const OnnxType& type, Values& values) {
  if (values.field != raw_data) return std::move(values.integers);
  std::vector<int64_t> integers(values.raw.size() / type.bytes);
  for (size_t i = 0; i < integers.size(); ++i) integers[i] = decode_integer(values.raw.subspan(i * type.bytes, type.bytes), type.least < 0);
  return integers;
}

bool in_range(const OnnxType& type, const std::vector<int64_t>& integers) {
  return std::all_of(integers.begin(), integers.end(), [&](int64_t value) { return value >= type.least && value <= type.largest; });
}

[[noreturn]] void refuse_external(const ProtobufReader& reader, const std::string& what) {
  throw FileError(reader.file(), what + " lies in another file; save the model as one file, without external data");
}

OnnxTensor checked(const ProtobufReader& reader, const std::string& what, const OnnxType& type, std::vector<int64_t> shape,
                   Values& values) {
  const int64_t count = elements(shape);
  if (count < 0) reader.fail(what + " has an impossible shape");
  if (values.field != 0 && values.field != raw_data && values.field != type.field)
    reader.fail(what + " has values of another type than " + type.name);
  if (values.count(type) != static_cast<uint64_t>(count) || (values.field == raw_data && values.raw.size() % type.bytes != 0))
    reader.fail(what + " should hold " + std::to_string(count) + " values and does not");
  OnnxTensor tensor{type.type, std::move(shape), {}, {}};
  if (type.real) {
    if (!in_range(type, values.integers)) reader.fail(what + " holds bits that are no " + type.name);
    tensor.floats = real_values(type, values);
  } else {
    tensor.integers = integer_values(type, values);
    if (!in_range(type, tensor.integers)) reader.fail(what + " holds a value that is no " + type.name);
  }
  return tensor;
}

}  // namespace

const OnnxType& type_info(OnnxTensor::Type type) {
  return *std::find_if(std::begin(types), std::end(types), [&](const OnnxType& known) { return known.type == type; });
}

const OnnxType& onnx_type(const std::string& file, const std::string& what, int64_t number) {
  for (const OnnxType& known : types)
    if (static_cast<int64_t>(known.type) == number) return known;
  throw FileError(file, what + " is of ONNX's type " + std::to_string(number) + ", which is not read; export it as floating point numbers");
}

std::pair<std::string, OnnxTensor> read_onnx_tensor(ProtobufReader reader, const std::string& label) {
  std::string name, what = label;
  std::vector<int64_t> shape;
  int64_t type = 0;
  bool external = false;
  Values values;
  while (reader.next()) {
    switch (reader.field()) {
      case dims:
        reader.append(shape);
        break;
      case data_type:
        type = reader.integer();
        break;
      case tensor_name:
        name = reader.text();
        break;
      case segment:
        reader.fail(label + " comes in segments");
      case external_data:
        external = true;
        break;
      case data_location:
        external = external || reader.integer() != 0;
        break;
      case float_data:
      case int32_data:
      case int64_data:
      case raw_data:
      case double_data:
        values.add(reader);
        break;
    }
  }
  if (!name.empty()) what = name;
  if (external) refuse_external(reader, what);
  OnnxTensor tensor = checked(reader, what, onnx_type(reader.file(), what, type), std::move(shape), values);
  return {std::move(name), std::move(tensor)};
}

ProtobufWriter write_onnx_tensor(const std::string& file, const std::string& name, const OnnxTensor& tensor) {
  const OnnxType& type = type_info(tensor.type);
  const auto refuse = [&](const std::string& why) { throw FileError(file, "not written, since " + name + ' ' + why); };
  const auto count = static_cast<size_t>(elements(tensor.shape));
  if (tensor.floats.size() != (type.real ? count : 0) || tensor.integers.size() != (type.real ? 0 : count))
    refuse("has not as many values as its shape says, of the type it says");
  if (!in_range(type, tensor.integers)) refuse(std::string("holds a value that is no ") + type.name);
  if (tensor.type == Type::f16)
    for (const float value : tensor.floats)
      if (std::isfinite(value) && std::fabs(value) > 65504) refuse("holds " + std::to_string(value) + "; store it as f32");

  ProtobufWriter message;
  for (const int64_t dim : tensor.shape) message.integer(dims, dim);
  message.integer(data_type, static_cast<int64_t>(tensor.type));
  message.text(tensor_name, name);
  if (type.real) {
    message.bytes(raw_data, encode_reals(*type.real, tensor.floats));
    return message;
  }
  std::vector<uint8_t> raw;
  raw.reserve(count * type.bytes);
  for (const int64_t value : tensor.integers)
    for (size_t i = 0; i < type.bytes; ++i) raw.push_back(static_cast<uint8_t>(value >> 8 * i));
  message.bytes(raw_data, raw);
  return message;
}

}  // namespace impasto
