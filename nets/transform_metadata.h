// What a network is, as the metadata of files that hold arrays only: pairs of texts beside ONNX graphs and safetensors.
//   impasto.architecture  impasto.preprocessing  impasto.content_hash  impasto.settings (JSON)
//   impasto.styles (JSON: [{"name": .., "painting": ..}, ..])  licence  provenance
#pragma once
#include <map>
#include <string>

#include "nets/transform.h"

namespace impasto {

using Metadata = std::map<std::string, std::string>;

Metadata transform_metadata(const TransformWeights& weights);

bool has_transform_metadata(const Metadata& metadata);
/// Throws UsageError, ShapeError or Error for metadata that is damaged or of another network, and for parameters that have changed
/// since the content hash was made.
TransformWeights transform_of_metadata(const Metadata& metadata, NamedArrays parameters);

}  // namespace impasto
