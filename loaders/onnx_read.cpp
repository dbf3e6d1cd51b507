// One function a message of onnx.proto; fields that are of no use here (documentation, inferred shapes) are passed over.
#include <optional>
#include <set>

#include "engine/error.h"
#include "loaders/input_file.h"
#include "loaders/onnx.h"
#include "loaders/onnx_fields.h"
#include "loaders/onnx_tensor.h"
#include "loaders/onnx_value.h"
#include "loaders/protobuf.h"

namespace impasto {
namespace {

namespace has = onnx_fields;

constexpr int64_t most_bytes = int64_t{2} << 30, most_tensors = 65536, most_nodes = 65536;
constexpr int64_t most_entries = 1 << 20;  // names and attributes: each takes more memory than bytes in the file

class Decoder {
 public:
  explicit Decoder(const std::string& file) : file(file) {}

  OnnxModel model(Bytes bytes);

 private:
  void graph(ProtobufReader reader, OnnxModel& model);
  OnnxNode node(ProtobufReader reader);
  std::pair<std::string, OnnxAttribute> attribute(ProtobufReader reader, const std::string& node);
  std::pair<std::string, OnnxTensor> tensor(ProtobufReader reader, const std::string& label);
  void operator_set(ProtobufReader reader, OnnxModel& model);
  void metadata(ProtobufReader reader, OnnxModel& model);
  void require_computed_once(const OnnxModel& model) const;

  void count(int64_t& so_far, int64_t most, const char* what) const {
    if (++so_far > most) throw FileError(file, "has more than " + std::to_string(most) + ' ' + what + "; no network of this program has");
  }
  std::string entry(const ProtobufReader& reader) {
    count(entries, most_entries, "names and attributes");
    return reader.text();
  }
  OnnxValue value(const ProtobufReader& reader) {
    count(entries, most_entries, "names and attributes");
    return read_onnx_value(reader.message());
  }
  [[noreturn]] void refuse(const std::string& what) const { throw FileError(file, what); }

  const std::string& file;
  int64_t nodes = 0, tensors = 0, entries = 0;
};

OnnxModel Decoder::model(Bytes bytes) {
  OnnxModel model;
  model.file = file;
  model.ir_version = model.opset = 0;
  bool graph_seen = false;
  ProtobufReader reader(bytes, file);
  while (reader.next()) {
    switch (reader.field()) {
      case has::model::ir_version:
        model.ir_version = reader.integer();
        break;
      case has::model::producer:
        model.producer = reader.text();
        break;
      case has::model::opset:
        operator_set(reader.message(), model);
        break;
      case has::model::metadata:
        metadata(reader.message(), model);
        break;
      case has::model::functions:
        refuse("has functions of its own; export the model with all of them inlined");
      case has::model::graph:
        if (graph_seen) reader.fail("it holds two graphs");
        graph_seen = true;
        graph(reader.message(), model);
        break;
    }
  }
  if (!graph_seen) reader.fail("it holds no graph");
  if (model.opset < 1) reader.fail("it does not say the version of its operators");
  require_computed_once(model);
  return model;
}

void Decoder::operator_set(ProtobufReader reader, OnnxModel& model) {
  count(entries, most_entries, "names and attributes");
  std::string domain;
  int64_t version = 0;
  while (reader.next()) {
    if (reader.field() == has::opset::domain) domain = reader.text();
    if (reader.field() == has::opset::version) version = reader.integer();
  }
  if (domain.empty() || domain == "ai.onnx") model.opset = version;
}

void Decoder::metadata(ProtobufReader reader, OnnxModel& model) {
  std::string key, value;
  while (reader.next()) {
    if (reader.field() == has::entry::key) key = entry(reader);
    if (reader.field() == has::entry::value) value = entry(reader);
  }
  if (!model.metadata.emplace(key, value).second) reader.fail("its metadata say " + key + " twice");
}

void Decoder::graph(ProtobufReader reader, OnnxModel& model) {
  while (reader.next()) {
    switch (reader.field()) {
      case has::graph::node:
        model.nodes.push_back(node(reader.message()));
        break;
      case has::graph::input:
        model.inputs.push_back(value(reader));
        break;
      case has::graph::output:
        model.outputs.push_back(value(reader));
        break;
      case has::graph::sparse:
        refuse("has sparse initialisers, which are not read; export the model with dense ones");
      case has::graph::initialiser: {
        auto [name, initialiser] = tensor(reader.message(), "an initialiser without a name");
        if (name.empty()) reader.fail("one of its initialisers has no name");
        if (!model.initialisers.emplace(name, std::move(initialiser)).second) reader.fail("it holds two initialisers " + name);
        break;
      }
    }
  }
}

OnnxNode Decoder::node(ProtobufReader reader) {
  count(nodes, most_nodes, "nodes");
  OnnxNode node;
  std::string domain;
  while (reader.next()) {
    switch (reader.field()) {
      case has::node::input:
        node.inputs.push_back(entry(reader));
        break;
      case has::node::output:
        node.outputs.push_back(entry(reader));
        break;
      case has::node::name:
        node.name = reader.text();
        break;
      case has::node::op:
        node.op = reader.text();
        break;
      case has::node::domain:
        domain = reader.text();
        break;
      case has::node::attribute: {
        auto [name, value] = attribute(reader.message(), node.op + " node " + node.name);
        if (!node.attributes.emplace(name, std::move(value)).second) reader.fail("node " + node.name + " has two attributes " + name);
        break;
      }
    }
  }
  if (node.op.empty()) reader.fail("node " + node.name + " has no operator");
  if (!domain.empty() && domain != "ai.onnx")
    refuse("node " + node.name + " is the operator " + node.op + " of " + domain + "; export the model with ONNX's own operators only");
  return node;
}

std::pair<std::string, OnnxAttribute> Decoder::attribute(ProtobufReader reader, const std::string& node) {
  std::string name, s;
  int64_t type = 0, i = 0;  // a writer may leave out what is 0
  float f = 0;
  std::optional<OnnxTensor> t;
  std::vector<int64_t> ints;
  std::vector<float> floats;
  while (reader.next()) {
    switch (reader.field()) {
      case has::attribute::name:
        name = entry(reader);
        break;
      case has::attribute::f:
        f = reader.f32();
        break;
      case has::attribute::i:
        i = reader.integer();
        break;
      case has::attribute::s:
        s = reader.text();
        break;
      case has::attribute::t:
        t = tensor(reader.message(), name + " of the " + node).second;
        break;
      case has::attribute::floats:
        reader.append(floats);
        break;
      case has::attribute::ints:
        reader.append(ints);
        break;
      case has::attribute::type:
        type = reader.integer();
        break;
      case has::attribute::g:
      case has::attribute::graphs:
        refuse("the " + node + " holds a graph of its own (" + name + "); export the model without branches and loops");
      case has::attribute::reference:
        reader.fail("the attribute " + name + " stands for another outside of any function");
    }
  }
  switch (type) {
    case has::attribute_type::f:
      return {name, f};
    case has::attribute_type::i:
      return {name, i};
    case has::attribute_type::s:
      return {name, std::move(s)};
    case has::attribute_type::floats:
      return {name, std::move(floats)};
    case has::attribute_type::ints:
      return {name, std::move(ints)};
    case has::attribute_type::t:
      if (t) return {name, std::move(*t)};
      break;
  }
  refuse("the attribute " + name + " of the " + node + " is of ONNX's attribute type " + std::to_string(type) +
         " or lacks its value, so it cannot be read; export the model anew");
}

std::pair<std::string, OnnxTensor> Decoder::tensor(ProtobufReader reader, const std::string& label) {
  count(tensors, most_tensors, "tensors");
  return read_onnx_tensor(reader, label);
}

void Decoder::require_computed_once(const OnnxModel& model) const {
  std::set<std::string> known;
  const auto add = [&](const std::string& name) {
    if (!known.insert(name).second) refuse("is damaged, " + name + " is given twice; export the model anew");
  };
  for (const auto& [name, tensor] : model.initialisers) add(name);
  for (const OnnxValue& input : model.inputs)
    if (!model.initialisers.contains(input.name)) add(input.name);
  for (const OnnxNode& node : model.nodes)
    for (const std::string& output : node.outputs)
      if (!output.empty()) add(output);
}

}  // namespace

OnnxModel decode_onnx(Bytes bytes, const std::string& name) { return Decoder(name).model(bytes); }

OnnxModel read_onnx(const std::string& path) {
  // Writers begin with the first field, the version; nothing else marks the format.
  InputFile file(path, "\x08", 8, most_bytes, "an ONNX model");
  return decode_onnx(file.read(0, file.size()), path);
}

}  // namespace impasto
