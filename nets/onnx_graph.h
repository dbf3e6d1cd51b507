// An ONNX graph in the making.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "loaders/onnx.h"

namespace impasto {

/// Nodes in the order they are computed, each called by its layer and operator, as is what comes out of it.
class OnnxGraph {
 public:
  using Ints = std::vector<int64_t>;

  std::string add(const std::string& op, const std::string& name, std::vector<std::string> inputs,
                  std::map<std::string, OnnxAttribute> attributes = {});
  /// Constants that several nodes share; without '/' in the name, which parameters have.
  std::string integers(const std::string& name, const Ints& values);
  std::string floats(const std::string& name, const std::vector<float>& values);
  std::string parameter(const std::string& name, const Array& array);

  /// Borders of the same width on all sides; mode: ONNX's, "reflect" or "edge".
  std::string pad(const std::string& layer, const std::string& x, int width, const std::string& mode);
  /// Each pixel factor x factor times.
  std::string nearest(const std::string& layer, const std::string& x, int factor);

  OnnxModel model;
};

}  // namespace impasto
