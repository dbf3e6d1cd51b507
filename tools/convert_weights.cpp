#include "tools/convert_weights.h"

#include <filesystem>

#include "engine/error.h"
#include "kernels/plan/backend.h"
#include "loaders/onnx.h"
#include "loaders/safetensors.h"
#include "loaders/sha256.h"
#include "loaders/weight_format.h"
#include "nets/adain_file.h"
#include "nets/depth_map.h"
#include "nets/hed_file.h"
#include "nets/hourglass_file.h"
#include "nets/monodepth_file.h"
#include "nets/transform_file.h"
#include "nets/transform_onnx.h"
#include "nets/vgg_file.h"
#include "tools/command.h"
#include "tools/judging_depth.h"

namespace impasto {
namespace {

TransformWeights sound_transform(const std::string& path) {
  TransformWeights weights = read_transform(path);
  const auto nothing = make_plan_backend();
  TransformNet(*nothing, weights);
  return weights;
}

VggWeights sound_vgg(VggWeights weights) {
  const auto& blocks = weights.architecture.blocks;
  const std::string deepest = "relu" + std::to_string(blocks.size()) + '_' + std::to_string(blocks.back().size());
  const auto nothing = make_plan_backend();
  Vgg(*nothing, weights, {deepest});
  return weights;
}

DepthWeights sound_depth(DepthWeights weights) {
  const auto nothing = make_plan_backend();
  DepthNetwork(*nothing, weights);
  return weights;
}

HedWeights sound_hed(const std::string& path) {
  HedWeights weights = read_hed(path);
  const auto nothing = make_plan_backend();
  Hed(*nothing, weights);
  return weights;
}

// The encoder is another file.
AdainWeights sound_adain(const std::string& path) {
  AdainWeights weights = read_adain(path);
  const auto nothing = make_plan_backend();
  adain_parameters(*nothing, weights, Parameters::Use::frozen);
  return weights;
}

// "vgg16" of "vgg16:8,16".
std::string kind_of(const std::string& architecture) { return architecture.substr(0, architecture.find(':')); }

// Of a file of ours; "" of another program's.
std::string kind_in(const std::string& path) {
  return weight_format(path) == WeightFormat::hdf5 ? kind_of(weight_file_architecture(path)) : "";
}

WeightFile vgg_weight_file(VggWeights vgg) {
  WeightFile file;
  file.architecture = vgg.architecture.name;
  file.settings = "{}";
  file.licence = file.provenance = "not stated";
  file.created_by = "impasto";
  file.preprocessing = vgg.preprocessing.name;
  file.parameters = std::move(vgg.parameters);
  return file;
}

// `as` says what another program's files hold; ours say it themselves.
WeightFile read_as(const std::vector<std::string>& in, const std::string& as) {
  if (in.size() == 1 && !kind_in(in[0]).empty()) return sound_weights(in[0]);
  if (as == "hourglass") return hourglass_weight_file(std::get<HourglassWeights>(sound_depth(read_hourglass(in[0]))));
  if (as == "monodepth") return monodepth_weight_file(std::get<MonodepthWeights>(sound_depth(read_monodepth(in))));
  if (as == "adain") return adain_weight_file(sound_adain(in[0]));
  if (as == "adain-encoder") return vgg_weight_file(sound_vgg(read_adain_encoder(in[0])));
  return as == "hed" ? hed_weight_file(sound_hed(in[0])) : sound_weights(in[0]);
}

}  // namespace

WeightFile sound_weights(const std::string& path) {
  const std::string kind = kind_in(path);
  const bool depth = kind == "hourglass" || kind == "vgg-depth" || kind.starts_with("monodepth");
  if (depth) sound_depth(depth_network(path));
  if (kind == "hed") sound_hed(path);
  if (kind == "adain") sound_adain(path);
  if (depth || kind == "hed" || kind == "adain") return read_weight_file(path);
  return is_transform_file(path) ? transform_weight_file(sound_transform(path)) : vgg_weight_file(sound_vgg(read_vgg(path)));
}

void import_weights(const std::vector<std::string>& in, const std::string& out, const std::string& as, const std::string& licence) {
  if (weight_format(out) != WeightFormat::hdf5)
    throw UsageError(out + ": imported weights are written in our own format; end the name in .h5, or export them from that");
  if (in.size() > 1 && as != "monodepth") throw UsageError("only monodepth2 lies in more than one file: say --as monodepth, or give one");
  if (as.empty() && weight_format(in[0]) == WeightFormat::hdf5)
    throw UsageError(in[0] + " does not say what network it holds; say --as vgg16, --as vgg19, --as transform or --as hed");
  WeightFile weights = read_as(in, as);
  const std::string kind = kind_of(weights.architecture);
  const std::string family = kind.starts_with("monodepth") ? "monodepth" : as == "adain-encoder" && kind == "vgg19" ? as : kind;
  if (!as.empty() && as != family)
    throw FileError(in[0], "is a " + kind + ", not a " + as + "; say --as " + family);
  if (!licence.empty()) weights.licence = licence;
  std::string from;
  for (const std::string& file : in)
    from += (from.empty() ? "imported from " : " and ") + std::filesystem::path(file).filename().string() + " (SHA-256 " +
            sha256_file(file) + ")";
  weights.provenance = (weights.provenance == "not stated" ? "" : weights.provenance + "; ") + from;
  weights.created_by = std::string("impasto ") + program_version;
  write_weight_file(out, weights);
}

void export_weights(const std::string& in, const std::string& out) {
  const WeightFormat format = weight_format(out);
  if (format != WeightFormat::onnx && format != WeightFormat::safetensors)
    throw UsageError(out + ": weights are exported to .onnx or .safetensors; end the name so");
  if (is_transform_file(in)) {
    const TransformWeights weights = sound_transform(in);
    if (format == WeightFormat::onnx) return write_onnx(out, transform_onnx(weights));
    return write_safetensors(out, transform_safetensors(weights));
  }
  const VggWeights vgg = sound_vgg(read_vgg(in));
  if (format == WeightFormat::onnx) throw UsageError(in + " is a " + vgg.architecture.name + ", which is exported to .safetensors only");
  write_safetensors(out, {vgg.parameters, {{"impasto.architecture", vgg.architecture.name}, {"impasto.preprocessing", vgg.preprocessing.name}}});
}

}  // namespace impasto
