// impasto weights get | import | inspect | verify
#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>

#include "engine/error.h"
#include "kernels/plan/backend.h"
#include "loaders/sha256.h"
#include "loaders/weight_file.h"
#include "loaders/weight_listing.h"
#include "nets/vgg_file.h"
#include "tools/cache.h"
#include "tools/command.h"
#include "tools/fetch.h"

namespace impasto {
namespace {

std::string text(const std::vector<int64_t>& shape) {
  std::string out;
  for (const int64_t dim : shape) out += (out.empty() ? "[" : ", ") + std::to_string(dim);
  return (out.empty() ? "[" : out) + ']';
}

/// Reads a file as the program would use it: content hash, finite values, and every shape the architecture wants.
VggWeights sound(const std::string& path) {
  VggWeights weights = read_vgg(path);
  const auto& blocks = weights.architecture.blocks;
  const std::string deepest = "relu" + std::to_string(blocks.size()) + '_' + std::to_string(blocks.back().size());
  const auto nothing = make_plan_backend();
  Vgg(*nothing, weights, {deepest});
  return weights;
}

void describe(const std::string& path, const VggWeights& weights) {
  int64_t values = 0;
  for (const auto& [name, array] : weights.parameters) values += static_cast<int64_t>(array.values.size());
  std::cout << path << ": sound; " << weights.architecture.name << ", preprocessing " << weights.preprocessing.name << ", " << weights.parameters.size()
            << " parameters, " << values << " values, all finite, content hash " << content_hash(weights.parameters) << '\n';
}

void get(const std::string& name) {
  const std::string path = cached_weights(name);
  if (std::filesystem::exists(path)) {
    try {
      describe(path, sound(path));
      return;
    } catch (const Error& damaged) {
      std::cerr << "impasto: " << damaged.what() << "; fetching it anew\n";
    }
  }
  fetch_vgg16(path);
  describe(path, sound(path));
}

void import_keras(const std::string& in, const std::string& out, const std::string& as, const std::string& licence) {
  VggWeights vgg = sound(in);
  if (vgg.architecture.name != as) throw FileError(in, "is a " + vgg.architecture.name + ", not a " + as + "; say --as " + vgg.architecture.name);
  WeightFile weights;
  weights.architecture = as;
  weights.settings = "{}";
  weights.licence = licence;
  weights.provenance = "Imported from " + std::filesystem::path(in).filename().string() + " (SHA-256 " + sha256_file(in) + ")";
  weights.created_by = std::string("impasto ") + program_version;
  weights.preprocessing = vgg.preprocessing.name;
  weights.parameters = std::move(vgg.parameters);
  write_weight_file(out, weights);
  describe(out, sound(out));
}

void inspect(const std::string& path) {
  const WeightListing listing = list_weights(path);
  for (const auto& [name, value] : listing.attributes) std::cout << std::left << std::setw(14) << name << value << '\n';
  size_t longest = 4;
  for (const auto& entry : listing.entries) longest = std::max(longest, entry.name.size());
  const auto column = [](auto value) { std::cout << std::right << std::setw(12) << std::setprecision(4) << value; };
  const auto begin = [&](const std::string& name, const std::string& shape, const std::string& type) {
    std::cout << std::left << std::setw(static_cast<int>(longest) + 2) << name << std::setw(20) << shape << std::setw(5) << type;
  };
  begin("name", "shape in the file", "type");
  for (const char* head : {"least", "largest", "mean", "deviation"}) column(head);
  std::cout << '\n';
  for (const auto& entry : listing.entries) {
    begin(entry.name, text(entry.shape), entry.type);
    if (entry.real)
      for (const double value : {entry.least, entry.largest, entry.mean, entry.deviation}) column(value);
    std::cout << '\n';
  }
}

}  // namespace

void add_weights_command(CLI::App& app) {
  struct Options {
    std::string name, file, out, as, licence = "not stated";
  };
  const auto options = std::make_shared<Options>();
  CLI::App* weights = app.add_subcommand("weights", "Fetch, convert and check network weights");
  weights->require_subcommand(1);

  CLI::App* fetched = weights->add_subcommand("get", "Fetch weights into the cache folder, or check those that are there");
  fetched->add_option("NAME", options->name, "vgg16")->required()->check(CLI::IsMember({"vgg16"}));
  fetched->callback([options] { get(options->name); });

  CLI::App* imported = weights->add_subcommand("import", "Convert a Keras file into our format");
  imported->add_option("FILE", options->file, "Keras .weights.h5 or .h5")->required();
  imported->add_option("-o,--output", options->out, "The file to write")->required();
  imported->add_option("--as", options->as, "vgg16 or vgg19")->required()->check(CLI::IsMember({"vgg16", "vgg19"}));
  imported->add_option("--licence", options->licence, "The weights' licence, to be kept with them")->capture_default_str();
  imported->callback([options] { import_keras(options->file, options->out, options->as, options->licence); });

  CLI::App* inspected = weights->add_subcommand("inspect", "List what a weight file holds");
  inspected->add_option("FILE", options->file, "Ours, Keras', .onnx or .safetensors")->required();
  inspected->callback([options] { inspect(options->file); });

  CLI::App* verified = weights->add_subcommand("verify", "Check hash, values and shapes of a weight file");
  verified->add_option("FILE", options->file, "Ours or Keras'")->required();
  verified->callback([options] { describe(options->file, sound(options->file)); });
}

}  // namespace impasto
