// ONNX's TensorProto: name, type, shape, and the values either as bytes or as numbers in one of four fields, by type.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "loaders/onnx.h"
#include "loaders/protobuf.h"
#include "loaders/reals.h"

namespace impasto {

struct OnnxType {
  OnnxTensor::Type type;
  const char* name;              // f32, i8, bool, ...
  size_t bytes;                  // of an element
  std::optional<RealType> real;  // none: an integer
  int64_t least, largest;        // of an integer; of f16 and bf16 their bits
  uint32_t field;                // where values lie that are not bytes
};

const OnnxType& type_info(OnnxTensor::Type type);
/// By the number in the file. Throws FileError naming `what` for one that is not read.
const OnnxType& onnx_type(const std::string& file, const std::string& what, int64_t number);

/// The tensor and its name. `label` stands for the name in messages if it has none.
std::pair<std::string, OnnxTensor> read_onnx_tensor(ProtobufReader message, const std::string& label);
ProtobufWriter write_onnx_tensor(const std::string& file, const std::string& name, const OnnxTensor& tensor);

}  // namespace impasto
