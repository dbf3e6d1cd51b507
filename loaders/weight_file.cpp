#include "loaders/weight_file.h"

#include <algorithm>
#include <bit>
#include <set>

#include "engine/error.h"
#include "loaders/half.h"
#include "loaders/permute.h"
#include "loaders/sha256.h"
#include "loaders/weight_schema.h"
#include "loaders/writable.h"

namespace impasto {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint32_t format_version = 1;
const std::string parameter_group = "parameters/";

const Profile& profile() {
  static const Profile ours{
      "an impasto weight file", 6, 8192, {Hdf5Type::f32, Hdf5Type::f16, Hdf5Type::u8}, int64_t{2} << 30, is_of_checkpoint};
  return ours;
}

struct Field {
  const char* name;
  std::string WeightFile::*value;
};
constexpr Field fields[] = {{"architecture", &WeightFile::architecture}, {"settings", &WeightFile::settings},
                            {"licence", &WeightFile::licence},           {"provenance", &WeightFile::provenance},
                            {"created_by", &WeightFile::created_by},     {"preprocessing", &WeightFile::preprocessing}};

void add_number(Sha256& hash, uint64_t value) { hash.add(&value, sizeof value); }

void check_format(const Hdf5File& file) {
  if (!file.has_attribute("", "impasto_format"))
    file.fail("has no attribute impasto_format, so it is not an impasto weight file; import it first");
  const uint32_t version = file.u32("", "impasto_format");
  if (version != format_version)
    file.fail("is of weight format " + std::to_string(version) + ", this program reads " + std::to_string(format_version) +
              "; use a newer program");
}

WeightFile::Preview read_preview(const Hdf5File& file) {
  const std::vector<int64_t>& shape = file.datasets().at("preview").shape;
  if (shape.size() != 3 || shape[2] != 3) file.fail("its preview is no picture of three channels; write it anew");
  return {shape[0], shape[1], file.bytes("preview")};
}

std::vector<WeightFile::Style> read_styles(const Hdf5File& file) {
  std::vector<WeightFile::Style> styles;
  for (std::string group = "styles/0"; file.has_group(group); group = "styles/" + std::to_string(styles.size()))
    styles.push_back({file.text(group, "name"), file.text(group, "painting")});
  return styles;
}

WeightFile describe(const Hdf5File& file) {
  check_format(file);
  WeightFile weights;
  for (const auto& [name, value] : fields) weights.*value = file.text("", name);
  weights.styles = read_styles(file);
  return weights;
}

// What the reader would refuse is not written.
void check_name(const std::string& path, const std::string& name) {
  const std::string framed = '/' + name + '/';
  const auto slashes = std::count(framed.begin(), framed.end(), '/');
  if (framed.find("//") != std::string::npos || framed.find("/./") != std::string::npos || framed.find('\0') != std::string::npos ||
      slashes > profile().depth)
    throw FileError(path, "not written, since \"" + name + "\" is no parameter name; use 1 to 5 words with '/' between them");
}

void write_parameters(Hdf5Writer& file, const std::string& path, const WeightFile& weights, Storage storage) {
  NamedArrays rounded;
  for (const auto& [name, array] : weights.parameters) {
    check_name(path, name);
    require_writable(path, name, array, storage);
    const Array ordered = array.shape.size() == 4 ? permuted(array, {0, 2, 3, 1}) : array;
    if (storage == Storage::f32) {
      file.floats(parameter_group + name, ordered.shape, ordered.values);
    } else {
      std::vector<uint16_t> halves(ordered.values.size());
      std::transform(ordered.values.begin(), ordered.values.end(), halves.begin(), float_to_half);
      file.halves(parameter_group + name, ordered.shape, halves);
      rounded[name] = array;
      for (float& value : rounded[name].values) value = half_to_float(float_to_half(value));
    }
    const auto trainable = weights.trainable.find(name);
    file.u8(parameter_group + name, "trainable", trainable == weights.trainable.end() || trainable->second);
  }
  file.text("", "content_hash", content_hash(storage == Storage::f32 ? weights.parameters : rounded));
}

}  // namespace

std::string content_hash(const NamedArrays& arrays) {
  Sha256 hash;
  for (const auto& [name, array] : arrays) {
    add_number(hash, name.size());
    hash.add(name.data(), name.size());
    add_number(hash, array.shape.size());
    for (const int64_t dim : array.shape) add_number(hash, static_cast<uint64_t>(dim));
    hash.add(array.values.data(), array.values.size() * sizeof(float));
  }
  return hash.hex();
}

bool is_of_checkpoint(const std::string& name) {
  static const std::set<std::string> groups{"optimizer", "random", "loader", "history", "validation"};
  return groups.contains(name.substr(0, name.find('/')));
}

WeightFile read_weights(const Hdf5File& file) {
  WeightFile weights = describe(file);
  for (const auto& [name, dataset] : file.datasets()) {
    if (is_of_checkpoint(name)) continue;
    if (name == "preview") {
      weights.preview = read_preview(file);
    } else if (name.starts_with(parameter_group)) {
      const Array array{dataset.shape, file.floats(name)};
      const std::string parameter = name.substr(parameter_group.size());
      weights.parameters[parameter] = array.shape.size() == 4 ? permuted(array, {0, 3, 1, 2}) : array;
      weights.trainable[parameter] = file.u8(name, "trainable") != 0;
    } else {
      file.fail(name + " does not belong in an impasto weight file; write it anew");
    }
  }
  weights.content_hash = file.text("", "content_hash");
  if (weights.content_hash != content_hash(weights.parameters))
    file.fail("its parameters are not those its content_hash was made of; fetch it again");
  return weights;
}

WeightFile read_weight_file(const std::string& path) { return read_weights(Hdf5File(path, profile())); }

WeightFile read_weight_description(const std::string& path) { return describe(Hdf5File(path, profile())); }

void write_weights(Hdf5Writer& file, const std::string& path, const WeightFile& weights, Storage storage) {
  file.u32("", "impasto_format", format_version);
  for (const auto& [name, value] : fields) file.text("", name, weights.*value);
  write_parameters(file, path, weights, storage);
  for (size_t k = 0; k < weights.styles.size(); ++k) {
    const std::string group = "styles/" + std::to_string(k);
    file.group(group);
    file.text(group, "name", weights.styles[k].name);
    file.text(group, "painting", weights.styles[k].painting);
  }
  if (weights.preview) file.bytes("preview", {weights.preview->height, weights.preview->width, 3}, weights.preview->rgb);
}

void write_weight_file(const std::string& path, const WeightFile& weights, Storage storage) {
  Hdf5Writer file(path);
  write_weights(file, path, weights, storage);
  file.write();
}

namespace {

Hdf5File any_weights(const std::string& path) {
  static const Profile any{"a weight file", 8, 8192, {Hdf5Type::f32, Hdf5Type::f16, Hdf5Type::u8, Hdf5Type::u64}, int64_t{2} << 30,
                           [](const std::string& name) {
                             return name == "optimizer_weights" || name == "optimizer" || name.ends_with("seed_generator");
                           }};
  return Hdf5File(path, any);
}

}  // namespace

bool is_weight_file(const std::string& path) { return any_weights(path).has_group("parameters"); }

std::string weight_file_architecture(const std::string& path) {
  const Hdf5File file = any_weights(path);
  return file.has_group("parameters") ? file.text("", "architecture") : "";
}

}  // namespace impasto
