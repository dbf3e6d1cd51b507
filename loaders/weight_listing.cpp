#include "loaders/weight_listing.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "loaders/extension.h"
#include "loaders/hdf5_file.h"
#include "loaders/onnx.h"
#include "loaders/onnx_tensor.h"
#include "loaders/reals.h"
#include "loaders/safetensors.h"
#include "loaders/safetensors_header.h"

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
  const std::string end = extension(path);
  if (end == ".onnx") return list_onnx(path);
  if (end == ".safetensors") return list_safetensors(path);
  return list_hdf5(path);
}

}  // namespace impasto
