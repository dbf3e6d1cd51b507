// impasto bench layers: time, rate and share of the machine's limit of every layer, its error beside it.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "kernels/cpu/backend.h"
#include "kernels/cpu/limits.h"
#include "kernels/cpu/processor.h"
#include "kernels/reference/reference.h"
#include "layers/run_case.h"
#include "tools/backend_choice.h"
#include "tools/bench.h"

namespace impasto {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string filter, precision = "auto", json;
  BackendChoice backend{"cpu"};
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

/// What the processor can do at most; of a GPU nothing is known.
struct Limits {
  bool known;
  double peak = 0, copy = 0;  // GFLOP/s, GB/s
};
Limits limits_of(const std::string& backend) {
  if (backend == "cuda") return {false};
  return {true, fma_peak_gflops(), copy_gbps()};
}

/// Whatever takes longer at its limit says what the limit is: arithmetic or memory.
std::string rate(const Line& line, const Limits& limits, double& share) {
  char text[80];
  if (!limits.known) {
    std::snprintf(text, sizeof text, "%7.1f GFLOP/s %7.1f GB/s", line.flops / line.median * 1e-9, line.bytes / line.median * 1e-9);
    return text;
  }
  const auto [known, peak, copy] = limits;
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
  const std::string name = chosen_backend(options.backend.name);
  const Precision precision = chosen_precision(options.precision, name);
  const auto backend = name == "reference" ? make_reference_backend() : make_backend(name, precision, options.backend);

  const Limits limits = limits_of(name);
  if (limits.known) std::printf("FMA peak %.0f GFLOP/s f32, copy %.1f GB/s; ", limits.peak, limits.copy);
  std::printf("backend %s, precision %s; times are medians of %d; rates count the algorithm's least work\n", name.c_str(),
              precision.used().c_str(), options.repeats);
  const auto limit = [&](double value) { return limits.known ? Json(value) : Json(); };
  Json report{{"fma_peak_gflops", limit(limits.peak)},
              {"copy_gbps", limit(limits.copy)},
              {"backend", name},
              {"device", device_json(name)},
              {"precision", precision.json()},
              {"cpu", cpu_features()},
              {"convolution_library", convolution_library()},
              {"repeats", options.repeats},
              {"lines", Json::array()}};
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
        const std::string text = rate(line, limits, share);
        std::printf("%-18s %-8s f32 %-34s %9.2f ms %s  max error %.0e\n", line.layer.c_str(), line.direction.c_str(), line.name.c_str(),
                    line.median * 1e3, text.c_str(), line.error);
        std::fflush(stdout);
        report["lines"].push_back({{"layer", line.layer},
                                   {"case", line.name},
                                   {"direction", line.direction},
                                   {"median_seconds", line.median},
                                   {"minimum_seconds", line.minimum},
                                   {"flops", line.flops},
                                   {"bytes", line.bytes},
                                   {"share_of_limit", limit(share)},
                                   {"max_error", line.error}});
      }
    }
  }
  if (!any) throw UsageError("--filter " + options.filter + " matches no layer's bench case");
  write_json(options.json, report);
}

}  // namespace

void add_bench_layers(CLI::App& bench) {
  CLI::App* layers = bench.add_subcommand("layers", "time, rate and share of the limit of every layer");
  const auto options = std::make_shared<Options>();
  layers->add_option("--filter", options->filter, "only layers and cases whose name contains this");
  add_backend_options(*layers, options->backend);
  layers->add_option("--repeats", options->repeats, "timed runs of each")->capture_default_str()->check(CLI::Range(1, 1000));
  add_precision_option(*layers, options->precision);
  layers->add_option("--json", options->json, "also write the lines to this file, - for standard output");
  layers->callback([options] { bench_layers(*options); });
}

}  // namespace impasto
