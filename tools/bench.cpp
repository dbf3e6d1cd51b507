// impasto bench: of layers and networks; here the time, rate and share of the machine's limit of every layer, with its error beside it.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "kernels/cpu/backend.h"
#include "kernels/cpu/limits.h"
#include "kernels/reference/reference.h"
#include "layers/run_case.h"
#include "loaders/atomic_file.h"
#include "tools/bench.h"
#include "tools/bench_step.h"
#include "tools/command.h"

namespace impasto {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string filter, backend = "cpu", json;
  int repeats = 7;
};

struct Line {
  std::string layer, name, direction;
  double median = 0, minimum = 0;  // seconds
  double flops = 0, bytes = 0;     // of the algorithm at its least
  double error = 0;                // largest over the layer's small cases, against the reference backend
};

double layer_error(const LayerCases& layer, Backend& backend) {
  const auto reference = make_reference_backend();
  double worst = 0;
  for (const Case& c : layer.cases) {
    if (c.bench_only) continue;
    const CaseResult found = run_case(c, backend), wanted = run_case(c, *reference);
    worst = std::max(worst, relative_error(found.y, wanted.y));
    for (size_t i = 0; i < wanted.gradients.size(); ++i) {
      worst = std::max(worst, relative_error(found.gradients[i], wanted.gradients[i]));
    }
  }
  return worst;
}

/// Backward is timed alone, from a given gradient of the output.
struct CaseTimes {
  Times forward, backward;
};
CaseTimes time_case(const Case& c, Backend& backend, int repeats) {
  std::vector<Variable> x = case_variables(c, backend, {});
  for (size_t i = 0; i < x.size(); ++i) {
    if (!x[i].requires_grad()) x[i].mutable_value().freeze();
  }
  CaseTimes times;
  times.forward = times_of(repeats, [&] {
    NoGrad no_grad;
    c.run(x);
    backend.synchronize();
  });
  const bool learns = std::any_of(x.begin(), x.end(), [](const Variable& v) { return v.requires_grad(); });
  if (!learns || c.cost.backward_bytes == 0) return times;
  std::vector<double> seconds;
  for (int i = 0; i <= repeats; ++i) {
    for (Variable& v : x) v.clear_grad();
    const Variable y = c.run(x);
    Tensor dy = y.value().like();
    backend.fill(dy, 0.5);
    const auto begin = Clock::now();
    backward_from(y, dy);
    backend.synchronize();
    if (i > 0) seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  times.backward = {seconds[seconds.size() / 2], seconds.front()};
  return times;
}

/// Whatever takes longer at its limit says what the limit is: arithmetic or memory.
std::string rate(const Line& line, double peak, double copy, double& share) {
  char text[80];
  const double compute = line.flops / (peak * 1e9), memory = line.bytes / (copy * 1e9);
  share = std::max(compute, memory) / line.median;
  if (compute > memory) {
    std::snprintf(text, sizeof text, "%7.1f GFLOP/s %6.2f x FMA peak", line.flops / line.median * 1e-9, share);
  } else {
    std::snprintf(text, sizeof text, "%7.1f GB/s    %6.0f %% of copy  ", line.bytes / line.median * 1e-9, 100 * share);
  }
  return text;
}

void bench_layers(const Options& options) {
  std::unique_ptr<Backend> backend;
  if (options.backend == "cpu") backend = make_cpu_backend();
  if (options.backend == "reference") backend = make_reference_backend();
  if (!backend) throw UsageError("--backend " + options.backend + " is not known here: use cpu or reference");

  const double peak = fma_peak_gflops(), copy = copy_gbps();
  std::printf("FMA peak %.0f GFLOP/s f32, copy %.1f GB/s; times are medians of %d; rates count the algorithm's least work\n", peak, copy,
              options.repeats);
  nlohmann::json report{{"fma_peak_gflops", peak}, {"copy_gbps", copy}, {"backend", options.backend}, {"cpu", cpu_features()},
                        {"convolution_library", convolution_library()}, {"repeats", options.repeats}, {"lines", nlohmann::json::array()}};
  bool any = false;
  for (const LayerCases& layer : all_layers()) {
    double error = -1;
    for (const Case& c : layer.cases) {
      if (c.cost.forward_bytes == 0 || (layer.layer + " " + c.name).find(options.filter) == std::string::npos) continue;
      if (error < 0) error = layer_error(layer, *backend);
      any = true;
      const CaseTimes times = time_case(c, *backend, options.repeats);
      Line forward{layer.layer, c.name, "forward", times.forward.median, times.forward.minimum, c.cost.forward_flops, c.cost.forward_bytes, error};
      Line backward{layer.layer, c.name, "backward", times.backward.median, times.backward.minimum, c.cost.backward_flops, c.cost.backward_bytes, error};
      for (const Line& line : {forward, backward}) {
        if (line.median == 0) continue;
        double share = 0;
        const std::string text = rate(line, peak, copy, share);
        std::printf("%-18s %-8s f32 %-34s %9.2f ms %s  max error %.0e\n", line.layer.c_str(), line.direction.c_str(), line.name.c_str(),
                    line.median * 1e3, text.c_str(), line.error);
        std::fflush(stdout);
        report["lines"].push_back({{"layer", line.layer}, {"case", line.name}, {"direction", line.direction}, {"median_seconds", line.median},
                                   {"minimum_seconds", line.minimum}, {"flops", line.flops}, {"bytes", line.bytes}, {"share_of_limit", share},
                                   {"max_error", line.error}});
      }
    }
  }
  if (!any) throw UsageError("--filter " + options.filter + " matches no layer's bench case");
  if (!options.json.empty()) {
    const std::string text = report.dump(2) + "\n";
    write_file_atomically(options.json, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
}

}  // namespace

Times times_of(int repeats, const std::function<void()>& run) {
  std::vector<double> seconds;
  for (int i = 0; i <= repeats; ++i) {
    const auto begin = Clock::now();
    run();
    if (i > 0) seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front()};
}

void add_bench_command(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "measure this machine");
  bench->require_subcommand(1);
  CLI::App* layers = bench->add_subcommand("layers", "time, rate and share of the limit of every layer");
  const auto options = std::make_shared<Options>();
  layers->add_option("--filter", options->filter, "only layers and cases whose name contains this");
  layers->add_option("--backend", options->backend, "cpu or reference")->capture_default_str();
  layers->add_option("--repeats", options->repeats, "timed runs of each")->capture_default_str()->check(CLI::Range(1, 1000));
  layers->add_option("--json", options->json, "also write the lines to this file");
  layers->callback([options] { bench_layers(*options); });

  CLI::App* net = bench->add_subcommand("net", "time of a style network's forward pass");
  const auto of_net = std::make_shared<NetBench>();
  net->add_option("NET", of_net->net, "A file, or a cached network's name")->default_val("styles26");
  net->add_option("--size", of_net->size, "pixels on each side")->capture_default_str()->check(CLI::Range(1, 16384));
  net->add_option("--repeats", of_net->repeats, "timed runs")->capture_default_str()->check(CLI::Range(1, 1000));
  net->add_flag("--layers", of_net->layers, "also a table of the layers, one run");
  net->add_option("--json", of_net->json, "also write the figures to this file, - for standard output");
  net->callback([of_net] { bench_net(*of_net); });

  CLI::App* step = bench->add_subcommand("step", "time and memory of one step of painting by optimisation, or of training");
  const auto of_step = std::make_shared<StepBench>();
  step->add_option("--kind", of_step->kind, "gatys (the picture changes) or train (a network learns)")->capture_default_str();
  step->add_option("--net", of_step->net, "train: the network's architecture")->capture_default_str();
  step->add_option("--size", of_step->size, "pixels on each side (default: 512, train 256)")->check(CLI::Range(16, 4096));
  step->add_option("--batch", of_step->batch, "train: pictures at a time")->capture_default_str()->check(CLI::Range(1, 64));
  step->add_flag("--depth", of_step->depth, "with a depth loss");
  step->add_option("--vgg", of_step->vgg, "VGG weights (default: random ones; the time is the same)");
  step->add_option("--repeats", of_step->repeats, "timed steps, behind two that are not")->capture_default_str()->check(CLI::Range(1, 1000));
  step->add_flag("--layers", of_step->layers, "also a table of the layers, one step");
  step->add_option("--save-weights", of_step->folder, "write weights and pictures into this folder, as safetensors");
  step->add_option("--json", of_step->json, "also write the figures to this file, - for standard output");
  step->callback([of_step] { bench_step(*of_step); });
}

}  // namespace impasto
