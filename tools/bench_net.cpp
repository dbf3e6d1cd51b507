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
#include "tools/cache.h"
#include "tools/command.h"
#include "tools/json_file.h"
#include "tools/memory.h"

namespace impasto {
namespace {

struct Options {
  std::string net, precision = "auto", json, save;
  BackendChoice backend{"cpu"};
  int size = 512, repeats = 7;
  bool layers = false;
};

Tensor forward(const TransformNet& net, const Tensor& picture) {
  const NoGrad no_grad;
  std::vector<double> first(size_t(net.architecture().styles), 0.0);
  if (!first.empty()) first[0] = 1;
  const Variable blend = first.empty() ? Variable() : style_blend(net.backend(), {first});
  Tensor y = net(to_activations(Variable(picture)), blend).value();
  net.backend().synchronize();
  return y;
}

Tensor noise(Backend& backend, int size) {
  Tensor uniform(backend, {1, 3, size, size}), picture = uniform.like();
  backend.random_uniform(1, 0, uniform);
  backend.unary(Unary::affine, 255, 0, uniform, picture);
  return picture;
}

/// Largest difference from the plain loops on a small picture, relative to the largest number.
double net_error(const TransformNet& net, const TransformWeights& weights) {
  const int size = std::max(net.architecture().least_side(), 32);
  const auto reference = make_reference_backend();
  return relative_error(to_host_f64(forward(net, noise(net.backend(), size))),
                        to_host_f64(forward(TransformNet(*reference, weights), noise(*reference, size))));
}

/// A file's, a network's of that name, or fresh ones of an architecture.
TransformWeights weights_of(const std::string& net) {
  if (net.starts_with("transform:")) return fresh_transform(transform_architecture(net), "byte", 1);
  return read_transform(file_or_network(net));
}

/// From network space to the numbers that the network was trained on.
Array scaled(const Tensor& x, const Preprocessing& how) {
  const Shape s = x.shape();
  Array array{{s.n, s.c, s.h, s.w}, to_host(x)};
  const size_t pixels = array.values.size() / 3;
  for (size_t i = 0; i < array.values.size(); ++i) array.values[i] = float(array.values[i] * how.scale[i / pixels]);
  return array;
}

/// What other programs need to do the same work: net.h5, and picture.safetensors with image and painting [1, 3, H, W] in the numbers of
/// `weights export`'s networks.
void save(const std::string& folder, const TransformNet& net, const TransformWeights& weights, const Tensor& picture) {
  std::filesystem::create_directories(folder);
  WeightFile file = transform_weight_file(weights);
  file.created_by = std::string("impasto ") + program_version;
  write_weight_file(folder + "/net.h5", file);
  const Preprocessing& how = net.preprocessing();
  write_safetensors(folder + "/picture.safetensors", {{{"image", scaled(picture, how)}, {"painting", scaled(forward(net, picture), how)}}, {}});
}

void bench_net(const Options& o) {
  const TransformWeights weights = weights_of(o.net);
  const std::string name = chosen_backend(o.backend.name);
  const Precision precision = chosen_precision(o.precision, name);
  const auto backend = make_backend(name, precision, o.backend);
  const TransformNet net(*backend, weights);
  const Tensor picture = noise(*backend, o.size);
  const double error = net_error(net, weights);
  backend->pool()->trim();
  const Times seconds = times_of(o.repeats, [&] { forward(net, picture); });
  std::printf("%s %dx%d %s %s  median %.1f ms  minimum %.1f ms of %d  tensors %s  process %s  max error %.0e\n", o.net.c_str(), o.size,
              o.size, name.c_str(), precision.used().c_str(), seconds.median * 1e3, seconds.minimum * 1e3, o.repeats,
              memory_text(backend->pool()->usage().peak).c_str(), memory_text(peak_memory()).c_str(), error);
  if (o.layers) {
    Profiler profiler(*backend);
    const TransformNet profiled(profiler, weights);
    const Tensor same = noise(profiler, o.size);
    forward(profiled, same);
    profiler.reset();
    forward(profiled, same);
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
  if (!o.save.empty()) save(o.save, net, weights, picture);
}

}  // namespace

void add_bench_net(CLI::App& bench) {
  CLI::App* net = bench.add_subcommand("net", "time of a style network's forward pass");
  const auto options = std::make_shared<Options>();
  net->add_option("NET", options->net, "A file, the name of a network that `impasto styles` lists, or transform:... of fresh weights")->default_val("styles26");
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
