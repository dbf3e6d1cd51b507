#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "loaders/onnx.h"
#include "loaders/onnx_fields.h"
#include "loaders/onnx_tensor.h"
#include "loaders/onnx_value.h"
#include "loaders/protobuf.h"

namespace impasto {
namespace {

namespace has = onnx_fields;

struct AttributeWriter {
  const std::string& file;
  const std::string& name;
  ProtobufWriter& message;

  void operator()(int64_t value) const { put(has::attribute_type::i), message.integer(has::attribute::i, value); }
  void operator()(float value) const { put(has::attribute_type::f), message.f32(has::attribute::f, value); }
  void operator()(const std::string& value) const { put(has::attribute_type::s), message.text(has::attribute::s, value); }
  void operator()(const OnnxTensor& value) const {
    put(has::attribute_type::t);
    message.message(has::attribute::t, write_onnx_tensor(file, name, value));
  }
  void operator()(const std::vector<int64_t>& values) const {
    put(has::attribute_type::ints);
    for (const int64_t value : values) message.integer(has::attribute::ints, value);
  }
  void operator()(const std::vector<float>& values) const {
    put(has::attribute_type::floats);
    for (const float value : values) message.f32(has::attribute::floats, value);
  }

 private:
  void put(int64_t type) const { message.integer(has::attribute::type, type); }
};

ProtobufWriter encode(const OnnxNode& node, const std::string& file) {
  ProtobufWriter message;
  for (const std::string& input : node.inputs) message.text(has::node::input, input);
  for (const std::string& output : node.outputs) message.text(has::node::output, output);
  message.text(has::node::name, node.name);
  message.text(has::node::op, node.op);
  for (const auto& [name, value] : node.attributes) {
    ProtobufWriter attribute;
    attribute.text(has::attribute::name, name);
    std::visit(AttributeWriter{file, name, attribute}, value);
    message.message(has::node::attribute, attribute);
  }
  return message;
}

ProtobufWriter encode_graph(const OnnxModel& model, const std::string& file) {
  ProtobufWriter graph;
  for (const OnnxNode& node : model.nodes) graph.message(has::graph::node, encode(node, file));
  graph.text(has::graph::name, "main");  // ONNX's checker wants one
  for (const auto& [name, tensor] : model.initialisers) graph.message(has::graph::initialiser, write_onnx_tensor(file, name, tensor));
  for (const OnnxValue& input : model.inputs) graph.message(has::graph::input, write_onnx_value(input));
  for (const OnnxValue& output : model.outputs) graph.message(has::graph::output, write_onnx_value(output));
  return graph;
}

std::vector<uint8_t> encode(const OnnxModel& model, const std::string& file) {
  ProtobufWriter message, opset;
  message.integer(has::model::ir_version, model.ir_version);
  message.text(has::model::producer, model.producer);
  for (const auto& [key, value] : model.metadata) {
    ProtobufWriter entry;
    entry.text(has::entry::key, key);
    entry.text(has::entry::value, value);
    message.message(has::model::metadata, entry);
  }
  message.message(has::model::graph, encode_graph(model, file));
  // Last, because no reader can do without it: a file that was cut short is noticed.
  opset.text(has::opset::domain, "");
  opset.integer(has::opset::version, model.opset);
  message.message(has::model::opset, opset);
  if (message.written.size() >= size_t{2} << 30)
    throw FileError(file, "not written, since an ONNX model must stay below 2 GiB; store it as f16");
  return std::move(message.written);
}

}  // namespace

std::vector<uint8_t> encode_onnx(const OnnxModel& model) { return encode(model, model.file); }

void write_onnx(const std::string& path, const OnnxModel& model) { write_file_atomically(path, encode(model, path)); }

}  // namespace impasto
