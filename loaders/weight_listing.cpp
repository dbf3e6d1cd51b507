#include "loaders/weight_listing.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <sstream>

#include "engine/error.h"
#include "loaders/hdf5_file.h"
#include "loaders/onnx.h"
#include "loaders/onnx_tensor.h"
#include "loaders/pytorch.h"
#include "loaders/reals.h"
#include "loaders/safetensors.h"
#include "loaders/safetensors_header.h"
#include "loaders/torch7.h"
#include "loaders/weight_format.h"

namespace impasto {
namespace {

const char* name_of(Hdf5Type type) {
  switch (type) {
    case Hdf5Type::f32: return "f32";
    case Hdf5Type::f16: return "f16";
    case Hdf5Type::u8: return "u8";
    case Hdf5Type::u64: return "u64";
  }
  return "";
}

void measure(const std::vector<float>& values, WeightListing::Entry& entry) {
  if (values.empty()) return;
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  double sum = 0, squares = 0;
  for (const float value : values) sum += value;
  entry.mean = sum / double(values.size());
  for (const float value : values) squares += (value - entry.mean) * (value - entry.mean);
  entry.least = *least;
  entry.largest = *largest;
  entry.deviation = std::sqrt(squares / double(values.size()));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

WeightListing list_onnx(const std::string& path) {
  const OnnxModel model = read_onnx(path);
  WeightListing listing;
  listing.attributes = {{"producer", model.producer}, {"opset", std::to_string(model.opset)}};
  listing.attributes.insert(listing.attributes.end(), model.metadata.begin(), model.metadata.end());
  const auto add = [&](const std::string& name, const OnnxTensor& tensor) {
    WeightListing::Entry entry{name, tensor.shape, type_info(tensor.type).name, type_info(tensor.type).real.has_value()};
    require_finite(path, name, tensor.floats);
    measure(tensor.floats, entry);
    listing.entries.push_back(std::move(entry));
  };
  for (const auto& [name, tensor] : model.initialisers) add(name, tensor);
  for (const OnnxNode& node : model.nodes)
    for (const auto& [name, value] : node.attributes)
      if (const auto* tensor = std::get_if<OnnxTensor>(&value); tensor != nullptr && node.op == "Constant" && node.outputs.size() == 1)
        add(node.outputs[0], *tensor);
  return listing;
}

WeightListing list_safetensors(const std::string& path) {
  InputFile file = open_safetensors(path);
  const SafetensorsHeader header = read_safetensors_header(file);
  const Safetensors weights = read_safetensors(path);
  WeightListing listing;
  listing.attributes = {weights.metadata.begin(), weights.metadata.end()};
  for (const auto& [name, tensor] : header.tensors) {
    const auto array = weights.arrays.find(name);
    WeightListing::Entry entry{name, tensor.shape, lower(tensor.type), array != weights.arrays.end()};
    if (entry.real) measure(array->second.values, entry);
    listing.entries.push_back(std::move(entry));
  }
  return listing;
}

WeightListing list_pytorch(const std::string& path) {
  const StateDict dict = read_state_dict(path);
  WeightListing listing;
  for (const auto& [name, tensor] : dict.entries) {
    const auto array = dict.arrays.find(name);
    WeightListing::Entry entry{name, tensor.shape, tensor.type, array != dict.arrays.end()};
    if (entry.real) measure(array->second.values, entry);
    listing.entries.push_back(std::move(entry));
  }
  return listing;
}

// Every tensor that is not empty, under the first path that leads to it; and what the table opt says, in which checkpoints describe
// themselves.
class Torch7Listing {
 public:
  explicit Torch7Listing(const std::string& path) : file_(path) { walk(file_.root(), "", 0); }

  WeightListing listing;

 private:
  void walk(const Torch7Value& value, const std::string& path, int depth) {
    using Kind = Torch7Value::Kind;
    if (path.size() > 1024 || depth > 256)
      throw FileError(file_.name(), "is damaged, it has a name that is too long or too deep; fetch it again");
    if (value.kind == Kind::text && path.starts_with("opt.")) listing.attributes.emplace_back(path, value.text);
    if (value.kind == Kind::number && path.starts_with("opt.")) listing.attributes.emplace_back(path, text(value.number));
    if (value.kind != Kind::tensor && value.kind != Kind::table && value.kind != Kind::object) return;
    if (!visited_.insert(&value).second) return;
    if (value.kind == Kind::tensor) return list(value, path);
    const Torch7Value& table = value.kind == Kind::table ? value : file_.values()[static_cast<size_t>(value.fields)];
    for (const auto& [key, held] : table.entries) {
      const Torch7Value& name = file_.values()[static_cast<size_t>(key)];
      const std::string called = name.kind == Kind::number ? text(name.number) : name.text;
      walk(file_.values()[static_cast<size_t>(held)], path.empty() ? called : path + '.' + called, depth + 1);
    }
  }

  void list(const Torch7Value& tensor, const std::string& path) {
    if (tensor.fields < 0) return;  // a module's output, which is emptied before it is saved
    const std::string type = file_.type_of(tensor);
    WeightListing::Entry entry{path, tensor.view->shape, type, type.starts_with("f")};
    if (entry.real) measure(file_.array(tensor, path).values, entry);
    listing.entries.push_back(std::move(entry));
  }

  static std::string text(double number) {
    std::ostringstream out;
    out << number;
    return out.str();
  }

  Torch7File file_;
  std::set<const Torch7Value*> visited_;
};

WeightListing list_hdf5(const std::string& path) {
  // Names of the optimiser's state and the seed generators may be of other types: passed over.
  const Profile any{"a weight file", 8, 8192, {Hdf5Type::f32, Hdf5Type::f16, Hdf5Type::u8, Hdf5Type::u64}, int64_t{2} << 30, [](const std::string& name) {
                      const std::string last = name.substr(name.rfind('/') + 1);
                      return last == "optimizer" || last == "optimizer_weights" || last == "seed_generator";
                    }};
  const Hdf5File file(path, any);
  WeightListing listing;
  // Attributes of a file of unknown origin are better not asked for: only ours name their parameters so.
  if (file.has_group("parameters"))
    for (const char* attribute : {"architecture", "preprocessing", "licence", "provenance", "created_by", "settings", "content_hash"})
      listing.attributes.emplace_back(attribute, file.text("", attribute));
  for (const auto& [name, dataset] : file.datasets()) {
    WeightListing::Entry entry{name, dataset.shape, name_of(dataset.type), dataset.type == Hdf5Type::f32 || dataset.type == Hdf5Type::f16};
    if (entry.real) measure(file.floats(name), entry);
    listing.entries.push_back(std::move(entry));
  }
  return listing;
}

}  // namespace

WeightListing list_weights(const std::string& path) {
  switch (weight_format(path)) {
    case WeightFormat::onnx: return list_onnx(path);
    case WeightFormat::safetensors: return list_safetensors(path);
    case WeightFormat::pytorch: return list_pytorch(path);
    case WeightFormat::torch7: return std::move(Torch7Listing(path).listing);
    case WeightFormat::hdf5: break;
  }
  return list_hdf5(path);
}

}  // namespace impasto
