// impasto bench depth: how often a network has the order of two places wrong, on pictures whose depth was measured, beside the rule that
// what is lower in a picture is nearer.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>

#include "loaders/depth_set.h"
#include "nets/depth_map.h"
#include "nets/depth_metrics.h"
#include "tools/backend_choice.h"
#include "tools/bench.h"
#include "tools/bootstrap.h"
#include "tools/json_file.h"
#include "tools/judging_depth.h"
#include "tools/plane_run.h"
#include "tools/progress.h"

namespace impasto {
namespace {

struct Options {
  std::vector<std::string> nets, pairs;
  std::string size, json, precision = "auto";
  BackendChoice backend{"cpu"};
  double unit = 0.001;
  int count = 3000;
  uint64_t seed = 0;
};

/// Of one judge, a share a picture.
using Shares = std::vector<double>;
const std::string all_sets = " all";  // before the others in order

// "mb" of "mb2003_cones_rgb.png": the letters that a name begins with.
std::string set_of(const std::string& name) {
  const std::string file = std::filesystem::path(name).filename().string();
  const auto end = std::find_if(file.begin(), file.end(), [](unsigned char c) { return !std::isalpha(c); });
  return {file.begin(), end};
}

Plane lower_is_nearer(const Plane& depth) {
  Plane plane{depth.width, depth.height, {}};
  for (int y = 0; y < depth.height; y++) plane.values.insert(plane.values.end(), size_t(depth.width), float(-y));
  return plane;
}

struct Judge {
  std::string name;
  std::function<Plane(const DepthPair&)> see;
};

std::vector<Judge> judges(const Options& o, Backend& backend) {
  std::vector<Judge> all{{"lower is nearer", [](const DepthPair& pair) { return lower_is_nearer(pair.depth); }}};
  const InputSize size = o.size.empty() ? InputSize{} : parse_input_size("--size", o.size);
  for (const std::string& net : o.nets) {
    const auto network =
        std::make_shared<DepthNetwork>(backend, depth_network(plane_network_file(net, "give a file of `impasto train depth`")));
    all.push_back({net, [=](const DepthPair& pair) { return depth_map(*network, pair.picture, size); }});
  }
  return all;
}

Json interval(const Shares& shares, uint64_t seed) {
  const MeanInterval mean = bootstrap_mean(shares, seed);
  return {{"wrong", mean.mean}, {"low", mean.low}, {"high", mean.high}, {"pictures", shares.size()}};
}

std::string percent(double share) { return number_text(100 * share) + " %"; }

void run(const Options& o) {
  const auto backend = make_backend(chosen_backend(o.backend.name), chosen_precision(o.precision, o.backend.name), o.backend);
  std::vector<std::unique_ptr<DepthSet>> sets;
  for (const std::string& path : o.pairs) sets.push_back(open_depth_set(path, o.unit));
  const auto pairs = joined(std::move(sets));
  const std::vector<Judge> all = judges(o, *backend);
  std::vector<std::map<std::string, Shares>> shares(all.size());  // by set
  Progress progress{int(pairs->size())};
  for (int64_t i = 0; i < pairs->size(); i++) {
    const DepthPair pair = pairs->read(i);
    for (size_t k = 0; k < all.size(); k++) {
      const double wrong = wrong_order(pair.depth, all[k].see(pair), o.count, o.seed + uint64_t(i));
      shares[k][all_sets].push_back(wrong);
      if (const std::string set = set_of(pairs->name(i)); !set.empty()) shares[k][set].push_back(wrong);
    }
    progress.show(int(i + 1), "pictures");
  }
  progress.end();
  Json report = Json::array();
  for (size_t k = 0; k < all.size(); k++)
    for (const auto& [set, values] : shares[k]) {
      Json line = interval(values, o.seed);
      line["judge"] = all[k].name;
      line["set"] = set == all_sets ? "all" : set;
      if (k > 0) {  // picture by picture, as both judged the same pairs
        Shares better;
        for (size_t i = 0; i < values.size(); i++) better.push_back(shares[0][set][i] - values[i]);
        line["better_than_lower_is_nearer"] = interval(better, o.seed);
      }
      std::cout << all[k].name << ", " << line["set"].get<std::string>() << ": " << percent(line["wrong"])
                << " of pairs in the wrong order (95 %: " << percent(line["low"]) << " to " << percent(line["high"]) << "; "
                << values.size() << " pictures)\n";
      report.push_back(line);
    }
  write_json(o.json, report);
}

}  // namespace

void add_bench_depth(CLI::App& bench) {
  CLI::App* command =
      bench.add_subcommand("depth", "How often depth networks have the order of two places wrong, where depth was measured");
  const auto o = std::make_shared<Options>();
  command->add_option("NET", o->nets, "Depth networks: files, or names in the cache or of those that come with impasto")
      ->required();
  command->add_option("--pairs", o->pairs, "Pictures with depth, as `train depth` takes them")->required();
  command->add_option("--unit", o->unit, "Metres of a step of NAME_depth.png")->capture_default_str()->check(CLI::PositiveNumber);
  command->add_option("--size", o->size, "At what size the networks see pictures (default: as `impasto depth`)");
  command->add_option("--count", o->count, "Pairs of places a picture, of those whose depths differ by more than 2 %")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--seed", o->seed, "Of the pairs")->capture_default_str();
  add_backend_options(*command, o->backend);
  add_precision_option(*command, o->precision);
  command->add_option("--json", o->json, "The same as JSON; - is standard output");
  command->footer("Sets are told apart by the letters that names begin with. Intervals are bootstrapped over pictures.");
  command->callback([o] { run(*o); });
}

}  // namespace impasto
