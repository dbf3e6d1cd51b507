#include "loaders/weight_listing.h"

#include <algorithm>
#include <cmath>

#include "loaders/hdf5_file.h"

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

}  // namespace

WeightListing list_weights(const std::string& path) {
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

}  // namespace impasto
