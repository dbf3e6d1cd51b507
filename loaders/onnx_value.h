// ONNX's ValueInfoProto: name, type and shape of what a graph takes or gives.
#pragma once
#include "loaders/onnx.h"
#include "loaders/protobuf.h"

namespace impasto {

OnnxValue read_onnx_value(ProtobufReader message);
ProtobufWriter write_onnx_value(const OnnxValue& value);

}  // namespace impasto
