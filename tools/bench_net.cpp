// impasto bench net: a style network's forward pass alone, its error beside it.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>

#include "engine/profiler.h"
#include "kernels/cpu/processor.h"
#include "kernels/reference/reference.h"
#include "layers/run_case.h"
#include "nets/activations.h"
#include "nets/conditional.h"
#include "nets/transform_file.h"
#include "tools/backend_choice.h"
#include "tools/bench.h"
#include "tools/benched_net.h"
#include "tools/cache.h"
#include "tools/command.h"
#include "tools/json_file.h"
#include "tools/memory.h"

namespace impasto {
namespace {

struct Options {
  std::string net, encoder, precision = "auto", json, save;
  BackendChoice backend{"cpu"};
  int size = 512, repeats = 7;
  bool layers = false;
};

/// Largest difference from the plain loops on a small picture, relative to the largest number.
double net_error(const BenchedNet& net, const BenchedWeights& weights) {
  const int size = std::max(weights.least_side(), 32);
  const auto reference = make_reference_backend();
  const auto slow = weights.on(*reference);
  return relative_error(to_host_f64(net.forward(net.noise(size))), to_host_f64(slow->forward(slow->noise(size))));
}

class BenchedTransform : public BenchedNet {
 public:
  BenchedTransform(Backend& backend, const TransformWeights& weights) : net_(backend, weights) {}

  Tensor noise(int size) const override { return bench_noise(net_.backend(), size, 255); }

  Tensor forward(const Tensor& picture) const override {
    const NoGrad no_grad;
    std::vector<double> first(size_t(net_.architecture().styles), 0.0);
    if (!first.empty()) first[0] = 1;
    const Variable blend = first.empty() ? Variable() : style_blend(net_.backend(), {first});
    return net_(to_activations(Variable(picture)), blend).value();
  }

 private:
  TransformNet net_;
};

/// From network space to the numbers that the network was trained on.
Array scaled(const Tensor& x, const Preprocessing& how) {
  const Shape s = x.shape();
  Array array{{s.n, s.c, s.h, s.w}, to_host(x)};
  const size_t pixels = array.values.size() / 3;
  for (size_t i = 0; i < array.values.size(); ++i) array.values[i] = float(array.values[i] * how.scale[i / pixels]);
  return array;
}

class BenchedTransformWeights : public BenchedWeights {
 public:
  /// A file's, a network's of that name, or fresh ones of an architecture.
  explicit BenchedTransformWeights(const std::string& net)
      : weights_(net.starts_with("transform:") ? fresh_transform(transform_architecture(net), "byte", 1) : read_transform(file_or_network(net))) {}

  std::unique_ptr<BenchedNet> on(Backend& backend) const override { return std::make_unique<BenchedTransform>(backend, weights_); }
  int least_side() const override { return weights_.architecture.least_side(); }

  // net.h5, which `weights export` turns into what others read.
  void save(const std::string& folder, const BenchedNet& net, const Tensor& picture) const override {
    WeightFile file = transform_weight_file(weights_);
    file.created_by = std::string("impasto ") + program_version;
    write_weight_file(folder + "/net.h5", file);
    const Preprocessing& how = weights_.preprocessing;
    write_safetensors(folder + "/picture.safetensors", {{{"image", scaled(picture, how)}, {"painting", scaled(net.forward(picture), how)}}, {}});
  }

 private:
  TransformWeights weights_;
};

std::unique_ptr<BenchedWeights> weights_of(const Options& o) {
  if (!o.net.starts_with("transform:") && is_adain(o.net)) return benched_adain(o.net, o.encoder);
  if (!o.encoder.empty()) throw UsageError("--encoder is for AdaIN, and " + o.net + " is a style network");
  return std::make_unique<BenchedTransformWeights>(o.net);
}

void bench_net(const Options& o) {
  const std::unique_ptr<BenchedWeights> weights = weights_of(o);
  const std::string name = chosen_backend(o.backend.name);
  const Precision precision = chosen_precision(o.precision, name);
  const auto backend = make_backend(name, precision, o.backend);
  const std::unique_ptr<BenchedNet> net = weights->on(*backend);
  const Tensor picture = net->noise(o.size);
  const double error = net_error(*net, *weights);
  backend->pool()->trim();
  const Times seconds = times_of(o.repeats, [&] {
    net->forward(picture);
    backend->synchronize();
  });
  std::printf("%s %dx%d %s %s  median %.1f ms  minimum %.1f ms of %d  tensors %s  process %s  max error %.0e\n", o.net.c_str(), o.size,
              o.size, name.c_str(), precision.used().c_str(), seconds.median * 1e3, seconds.minimum * 1e3, o.repeats,
              memory_text(backend->pool()->usage().peak).c_str(), memory_text(peak_memory()).c_str(), error);
  if (o.layers) {
    Profiler profiler(*backend);
    const std::unique_ptr<BenchedNet> profiled = weights->on(profiler);
    const Tensor same = profiled->noise(o.size);
    profiled->forward(same);
    profiler.reset();
    profiled->forward(same);
    std::printf("%s", profiler.report().c_str());
  }
  if (!o.json.empty())
    write_json(o.json, {{"net", o.net},
                        {"size", o.size},
                        {"backend", name},
                        {"device", device_json(name)},
                        {"precision", precision.json()},
                        {"median_seconds", seconds.median},
                        {"minimum_seconds", seconds.minimum},
                        {"repeats", o.repeats},
                        {"max_error", error},
                        {"peak_memory_bytes", peak_memory()},
                        {"tensor_bytes", backend->pool()->usage().peak},
                        {"cpu", cpu_features()}});
  if (o.save.empty()) return;
  std::filesystem::create_directories(o.save);
  weights->save(o.save, *net, picture);
}

}  // namespace

void add_bench_net(CLI::App& bench) {
  CLI::App* net = bench.add_subcommand("net", "time of a style network's forward pass, or of AdaIN's");
  const auto options = std::make_shared<Options>();
  net->add_option("NET", options->net, "A file, the name of a network that `impasto styles` lists, transform:... of fresh weights, a decoder of AdaIN, or adain:vgg16 of fresh weights")->default_val("styles26");
  net->add_option("--encoder", options->encoder, "VGG weights for a decoder's file (default: vgg16.h5 of the cache)");
  net->add_option("--size", options->size, "pixels on each side")->capture_default_str()->check(CLI::Range(1, 16384));
  net->add_option("--repeats", options->repeats, "timed runs")->capture_default_str()->check(CLI::Range(1, 1000));
  net->add_flag("--layers", options->layers, "also a table of the layers, one run");
  add_backend_options(*net, options->backend);
  add_precision_option(*net, options->precision);
  net->add_option("--json", options->json, "also write the figures to this file, - for standard output");
  net->add_option("--save", options->save, "a folder to write the weights, the picture and its painting to, for other programs");
  net->callback([options] { bench_net(*options); });
}

}  // namespace impasto
