#include "loaders/onnx_value.h"

#include "engine/error.h"
#include "loaders/onnx_fields.h"
#include "loaders/onnx_tensor.h"

namespace impasto {
namespace {

namespace has = onnx_fields;

constexpr size_t most_axes = 8;

std::variant<int64_t, std::string> read_dim(ProtobufReader reader) {
  std::variant<int64_t, std::string> dim = std::string();
  while (reader.next()) {
    if (reader.field() == has::dim::name) dim = reader.text();
    if (reader.field() == has::dim::value && reader.integer() > 0) dim = reader.integer();  // 0 and -1 are others' words for "any"
  }
  return dim;
}

void read_shape(ProtobufReader reader, OnnxValue& value) {
  while (reader.next())
    if (reader.field() == has::shape::dim) {
      if (value.dims.size() == most_axes) reader.fail(value.name + " has more than " + std::to_string(most_axes) + " axes");
      value.dims.push_back(read_dim(reader.message()));
    }
}

void read_tensor_type(ProtobufReader reader, OnnxValue& value) {
  int64_t element = 0;
  while (reader.next()) {
    if (reader.field() == has::tensor_type::element) element = reader.integer();
    if (reader.field() == has::tensor_type::shape) read_shape(reader.message(), value);
  }
  value.type = onnx_type(reader.file(), value.name, element).type;
}

bool read_type(ProtobufReader reader, OnnxValue& value) {
  bool is_tensor = false;
  while (reader.next())
    if (reader.field() == has::type::tensor) {
      read_tensor_type(reader.message(), value);
      is_tensor = true;
    }
  return is_tensor;
}

}  // namespace

OnnxValue read_onnx_value(ProtobufReader reader) {
  OnnxValue value;
  bool is_tensor = false;
  while (reader.next()) {
    if (reader.field() == has::value::name) value.name = reader.text();
    if (reader.field() == has::value::type) is_tensor = read_type(reader.message(), value);
  }
  if (value.name.empty()) reader.fail("an input or output has no name");
  if (!is_tensor)
    throw FileError(reader.file(), "its input or output " + value.name + " is no tensor; export a model that takes and gives tensors");
  return value;
}

ProtobufWriter write_onnx_value(const OnnxValue& value) {
  ProtobufWriter shape, tensor, type, message;
  for (const auto& dim : value.dims) {
    ProtobufWriter size;
    if (const auto* number = std::get_if<int64_t>(&dim)) size.integer(has::dim::value, *number);
    if (const auto* name = std::get_if<std::string>(&dim); name != nullptr && !name->empty()) size.text(has::dim::name, *name);
    shape.message(has::shape::dim, size);
  }
  tensor.integer(has::tensor_type::element, static_cast<int64_t>(value.type));
  if (!value.dims.empty()) tensor.message(has::tensor_type::shape, shape);
  type.message(has::type::tensor, tensor);
  message.text(has::value::name, value.name);
  message.message(has::value::type, type);
  return message;
}

}  // namespace impasto
