// impasto bench step: one step of painting by optimisation, or of training, as a whole. Weights and pictures are seeded, and can be
// written for another program to do the same work.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/profiler.h"
#include "engine/random.h"
#include "kernels/cpu/processor.h"
#include "loaders/safetensors.h"
#include "nets/optimize.h"
#include "nets/training_step.h"
#include "nets/vgg_file.h"
#include "tools/backend_choice.h"
#include "tools/bench.h"
#include "tools/json_file.h"
#include "tools/memory.h"
#include "tools/random_vgg.h"

namespace impasto {
namespace {

struct Options {
  std::string kind = "gatys", net = "transform:pytorch-examples", precision = "auto", vgg, json, folder;
  BackendChoice backend{"cpu"};
  int size = 0, batch = 4, repeats = 7;  // size 0: 512 for gatys, 256 for train
  bool depth = false, layers = false;
};

constexpr uint64_t vgg_seed = 1, net_seed = 2, depth_seed = 3, picture_seed = 4, painting_seed = 5;
constexpr double depth_weight = 1;

// Blocks of 8 pixels under noise, 0..255.
Array pictures(uint64_t seed, int batch, int size) {
  Array all{{batch, 3, size, size}, std::vector<float>(size_t(batch) * 3 * size_t(size) * size_t(size))};
  for (size_t i = 0; i < all.values.size(); i++) {
    const size_t x = i % size_t(size), row = i / size_t(size), block = x / 8 + 8192 * (row / 8);
    all.values[i] = 127.5f * (random::uniform(seed, i) + random::uniform(seed + 100, block));
  }
  return all;
}

Tensor tensor(Backend& backend, const Array& a) {
  return from_host(backend, {int(a.shape[0]), int(a.shape[1]), int(a.shape[2]), int(a.shape[3])}, a.values.data());
}

struct Weights {
  VggWeights vgg;
  TransformWeights net;
  HourglassWeights depth;
  Array batch, painting;
};

Weights weights_of(const Options& o) {
  const bool train = o.kind == "train";
  Weights w{o.vgg.empty() ? random_vgg(vgg_architecture("vgg16"), vgg_seed) : read_vgg(o.vgg), {}, {}, pictures(picture_seed, train ? o.batch : 1, o.size),
            pictures(painting_seed, 1, o.size)};
  if (train) w.net = fresh_transform(transform_architecture(o.net), "byte", net_seed);
  if (o.depth) w.depth = fresh_hourglass(depth_seed);
  return w;
}

// Pictures, as red, green, blue of 0..255, and the parameters of each network in a file of their own.
void save(const Weights& w, const std::string& folder) {
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const NamedArrays& arrays) {
    if (!arrays.empty()) write_safetensors((std::filesystem::path(folder) / name).string(), {arrays, {}});
  };
  write("vgg.safetensors", w.vgg.parameters);
  write("net.safetensors", w.net.parameters);
  write("depth.safetensors", w.depth.parameters);
  write("pictures.safetensors", {{"batch", w.batch}, {"painting", w.painting}});
}

// Networks and a step of either kind on one backend.
class Bench {
 public:
  Bench(Backend& backend, const Options& o, const Weights& w)
      : vgg_(backend, w.vgg, settings(o).layers()),
        depth_(o.depth ? std::make_unique<DepthNetwork>(backend, w.depth) : nullptr),
        objective_(vgg_, settings(o), depth_.get()) {
    objective_.set_style({seen(backend, w.painting)});
    if (o.kind == "train") {
      net_ = std::make_unique<TransformNet>(backend, w.net, Parameters::Use::trained);
      batch_ = tensor(backend, w.batch);
      training_ = std::make_unique<TrainingStep>(*net_, objective_);
    } else {
      objective_.set_content(seen(backend, w.batch));
      picture_ = Variable(seen(backend, w.painting), true);
      painting_ = std::make_unique<PaintingStep>(objective_, picture_, AdamOptions{.rate = 3});
    }
  }

  void step() {
    losses_ = training_ ? (*training_)(batch_) : (*painting_)();
    objective_.network().backend().synchronize();
  }

  // Of the last step, from before it.
  nlohmann::json losses() const {
    nlohmann::json all;
    for (size_t i = 0; i < losses_.terms.size(); i++) all[objective_.terms()[i].name] = scalar(losses_.terms[i].value());
    all["total"] = scalar(losses_.total.value());
    return all;
  }

 private:
  static ObjectiveSettings settings(const Options& o) {
    ObjectiveSettings s;
    if (o.depth) s.depth_weight = depth_weight;
    if (o.kind == "train") s.depth_width = s.depth_height = o.size;  // gatys: 320x240
    return s;
  }
  Tensor seen(Backend& backend, const Array& rgb) const {
    const NoGrad no_grad;
    return between_spaces(Variable(tensor(backend, rgb)), preprocessing("byte"), vgg_.preprocessing()).value();
  }

  Vgg vgg_;
  std::unique_ptr<DepthNetwork> depth_;
  Objective objective_;
  std::unique_ptr<TransformNet> net_;
  std::unique_ptr<TrainingStep> training_;
  std::unique_ptr<PaintingStep> painting_;
  Tensor batch_;
  Variable picture_;
  Objective::Losses losses_;
};

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

void print_layers(Backend& backend, const Options& o, const Weights& w) {
  Profiler profiler(backend);
  Bench bench(profiler, o, w);
  bench.step();
  profiler.reset();
  bench.step();
  std::printf("%s", profiler.report().c_str());
}

void bench_step(const Options& asked) {
  Options o = asked;
  if (o.kind != "gatys" && o.kind != "train") throw UsageError("--kind " + o.kind + " is not known: use gatys or train");
  if (o.size == 0) o.size = o.kind == "train" ? 256 : 512;
  auto weights = std::make_unique<Weights>(weights_of(o));
  if (!o.folder.empty()) save(*weights, o.folder);
  const std::string name = chosen_backend(o.backend.name);
  const Precision precision = chosen_precision(o.precision, name);
  const auto backend = make_backend(name, precision, o.backend);
  auto bench = std::make_unique<Bench>(*backend, o, *weights);
  if (!o.layers) weights.reset();
  bench->step();  // after this one blocks of every size are there
  backend->pool()->reset_peak();
  long faults = 0;
  int steps = -1;  // the first one warms up
  const Times seconds = times_of(o.repeats, [&] {
    if (steps++ == 0) faults = page_faults();
    bench->step();
  });
  const double faults_a_step = double(page_faults() - faults) / o.repeats;
  const Pool::Usage usage = backend->pool()->usage();
  const size_t process = peak_memory();
  const nlohmann::json losses = bench->losses();
  const std::string title = o.kind + (o.kind == "train" ? " " + o.net + " " + std::to_string(o.batch) + "x" : " ") +
                            std::to_string(o.size) + "x" + std::to_string(o.size) + (o.depth ? " with depth" : "") + " " + name + " " +
                            precision.used();
  std::printf("%s  median %.1f ms  minimum %.1f ms of %d  tensors %s  reserved %s  process %s  page faults a step %.0f\n", title.c_str(),
              seconds.median * 1e3, seconds.minimum * 1e3, o.repeats, memory_text(usage.peak).c_str(), memory_text(usage.reserved).c_str(),
              memory_text(process).c_str(), faults_a_step);
  std::printf("losses before step %d:", o.repeats + 2);
  for (const auto& [name, value] : losses.items()) std::printf("  %s %.7g", name.c_str(), value.get<double>());
  std::printf("\n");
  if (o.layers) {
    bench.reset();
    print_layers(*backend, o, *weights);
  }
  if (!o.json.empty())
    write_json(o.json, {{"kind", o.kind},
                        {"backend", name},
                        {"device", device_json(name)},
                        {"precision", precision.json()},
                        {"net", o.kind == "train" ? o.net : ""},
                        {"size", o.size},
                        {"batch", o.kind == "train" ? o.batch : 1},
                        {"depth", o.depth},
                        {"median_seconds", seconds.median},
                        {"minimum_seconds", seconds.minimum},
                        {"seconds_per_step", seconds.median},
                        {"repeats", o.repeats},
                        {"tensor_bytes", usage.peak},
                        {"reserved_bytes", usage.reserved},
                        {"peak_memory_bytes", process},
                        {"page_faults_per_step", faults_a_step},
                        {"steps", o.repeats + 2},
                        {"losses", losses},
                        {"cpu", cpu_features()}});
}

}  // namespace

void add_bench_step(CLI::App& bench) {
  CLI::App* step = bench.add_subcommand("step", "time and memory of one step of painting by optimisation, or of training");
  const auto options = std::make_shared<Options>();
  step->add_option("--kind", options->kind, "gatys (the picture changes) or train (a network learns)")->capture_default_str();
  step->add_option("--net", options->net, "train: the network's architecture")->capture_default_str();
  step->add_option("--size", options->size, "pixels on each side (default: 512, train 256)")->check(CLI::Range(16, 4096));
  step->add_option("--batch", options->batch, "train: pictures at a time")->capture_default_str()->check(CLI::Range(1, 64));
  step->add_flag("--depth", options->depth, "with a depth loss");
  step->add_option("--vgg", options->vgg, "VGG weights (default: random ones; the time is the same)");
  step->add_option("--repeats", options->repeats, "timed steps, behind two that are not")->capture_default_str()->check(CLI::Range(1, 1000));
  step->add_flag("--layers", options->layers, "also a table of the layers, one step");
  add_backend_options(*step, options->backend);
  add_precision_option(*step, options->precision);
  step->add_option("--save-weights", options->folder, "write weights and pictures into this folder, as safetensors");
  step->add_option("--json", options->json, "also write the figures to this file, - for standard output");
  step->callback([options] { bench_step(*options); });
}

}  // namespace impasto
