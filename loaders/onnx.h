// ONNX models: the graph as it is in the file, and its weights as named arrays. Subgraphs (If, Loop), operators that are not ONNX's
// own, sparse tensors and tensors in other files are refused. Layout: onnx.proto of https://github.com/onnx/onnx.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "loaders/arrays.h"
#include "loaders/bytes.h"

namespace impasto {

struct OnnxTensor {
  enum class Type {
    f32 = 1,
    u8 = 2,
    i8 = 3,
    u16 = 4,
    i16 = 5,
    i32 = 6,
    i64 = 7,
    boolean = 9,
    f16 = 10,
    f64 = 11,
    bf16 = 16
  };  // ONNX's numbers

  Type type = Type::f32;
  std::vector<int64_t> shape;     // [] is a scalar; an axis may be 0, as for the absent input of a Resize
  std::vector<float> floats;      // of f32, f16, f64 and bf16
  std::vector<int64_t> integers;  // of the others
};

using OnnxAttribute = std::variant<int64_t, float, std::string, OnnxTensor, std::vector<int64_t>, std::vector<float>>;

struct OnnxNode {
  std::string op, name;
  std::vector<std::string> inputs, outputs;  // "" for one that is left out
  std::map<std::string, OnnxAttribute> attributes;
};

/// A graph's input or output.
struct OnnxValue {
  std::string name;
  std::vector<std::variant<int64_t, std::string>> dims;  // a symbolic one by its name, "" if it has none; no dims: not said
  OnnxTensor::Type type = OnnxTensor::Type::f32;
};

struct OnnxModel {
  int64_t ir_version = 8, opset = 17;
  std::string producer;
  std::vector<OnnxNode> nodes;
  std::map<std::string, OnnxTensor> initialisers;
  std::vector<OnnxValue> inputs, outputs;  // old files list their initialisers as inputs too
  std::map<std::string, std::string> metadata;
  std::string file = "the ONNX model";  // for messages: where it was read from
};

/// At most 2 GiB, 65,536 nodes and as many tensors. Integers take 8 bytes each whatever their type. Throws FileError.
OnnxModel read_onnx(const std::string& path);
/// `name` is for messages.
OnnxModel decode_onnx(Bytes bytes, const std::string& name);

/// Appears under its name whole or not at all. Throws FileError, also for tensors whose values do not fit their shape or type.
void write_onnx(const std::string& path, const OnnxModel& model);
std::vector<uint8_t> encode_onnx(const OnnxModel& model);

/// The real initialisers, the real values of Constant nodes, and under the names of their outputs the integer initialisers behind
/// DequantizeLinear: (x - zero_point) * scale, per tensor or along `axis`. Throws FileError if one holds NaN or infinity.
NamedArrays onnx_arrays(const OnnxModel& model);

}  // namespace impasto
