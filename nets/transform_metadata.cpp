#include "nets/transform_metadata.h"

#include <nlohmann/json.hpp>

#include "engine/error.h"

namespace impasto {
namespace {

using Json = nlohmann::json;

std::string styles_text(const std::vector<WeightFile::Style>& styles) {
  Json list = Json::array();
  for (const WeightFile::Style& style : styles) list.push_back({{"name", style.name}, {"painting", style.painting}});
  return list.dump();
}

std::vector<WeightFile::Style> styles_of(const std::string& text) {
  std::vector<WeightFile::Style> styles;
  try {
    for (const Json& style : Json::parse(text)) styles.push_back({style.at("name"), style.at("painting")});
  } catch (const Json::exception&) {
    throw Error("its impasto.styles is no list of names and paintings; export it again");
  }
  return styles;
}

std::string value(const Metadata& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) throw Error("its metadata has no " + key + "; export it again");
  return found->second;
}

}  // namespace

Metadata transform_metadata(const TransformWeights& weights) {
  return {{"impasto.architecture", weights.architecture.text()},
          {"impasto.preprocessing", weights.preprocessing.name},
          {"impasto.content_hash", content_hash(weights.parameters)},
          {"impasto.settings", weights.settings},
          {"impasto.styles", styles_text(weights.styles)},
          {"licence", weights.licence},
          {"provenance", weights.provenance}};
}

bool has_transform_metadata(const Metadata& metadata) { return metadata.contains("impasto.architecture"); }

TransformWeights transform_of_metadata(const Metadata& metadata, NamedArrays parameters) {
  TransformWeights weights;
  weights.architecture = transform_architecture(value(metadata, "impasto.architecture"));
  weights.preprocessing = preprocessing(value(metadata, "impasto.preprocessing"));
  weights.settings = value(metadata, "impasto.settings");
  weights.styles = styles_of(value(metadata, "impasto.styles"));
  weights.licence = value(metadata, "licence");
  weights.provenance = value(metadata, "provenance");
  weights.parameters = std::move(parameters);
  if (content_hash(weights.parameters) != value(metadata, "impasto.content_hash"))
    throw Error("its parameters are not those its impasto.content_hash was made of; export it again");
  return weights;
}

}  // namespace impasto
