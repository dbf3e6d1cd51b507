// impasto bench objective: how good a trained network is, by what it was trained for: its pictures' loss beside that of pictures that were
// optimised for it one by one (Gatys et al. 2016), as in Johnson et al. 2016, figure 5.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "loaders/picture_set.h"
#include "loaders/resize.h"
#include "nets/optimize.h"
#include "nets/stylize.h"
#include "nets/transform_file.h"
#include "nets/vgg_file.h"
#include "tools/bench.h"
#include "tools/losses_text.h"
#include "tools/progress.h"
#include "tools/train_transform_options.h"

namespace impasto {
namespace {

struct Options {
  std::string net, photos, loss_net, precision = "exact", json;
  std::vector<std::string> paintings;
  int size = 256, style = 0, steps = 100, count = 20;
  BackendChoice backend{"cpu"};
};

struct Judged {
  double total = 0;
  std::vector<double> terms = {};
  double seconds = 0;
  std::vector<double> before = {};  // an optimised picture's total before each step
};

Judged read(const OptimizeStep& losses, double seconds) { return {losses.total, losses.terms, seconds}; }

/// Steps after which an optimised picture was as good as `total`; one more than were made if it never was.
int steps_to(double total, const Judged& optimised) {
  std::vector<double> totals = optimised.before;
  totals.push_back(optimised.total);
  return int(std::find_if(totals.begin(), totals.end(), [&](double t) { return t <= total; }) - totals.begin());
}

Picture sized(const Picture& picture, int longest) { return resize_longest(picture, std::min(longest, std::max(picture.width, picture.height))); }

/// The network, and the objective that it was trained by.
class Bench {
 public:
  Bench(const Options& o, Backend& backend)
      : o_(o),
        weights_(read_transform(o.net)),
        trained_by_(options_of(weights_.settings, o.net)),
        vgg_(backend, read_vgg(judge_file()), training_settings(named(trained_by_)).objective.layers()),
        objective_(vgg_, training_settings(named(trained_by_)).objective),
        net_(backend, weights_) {
    const std::vector<std::string>& paintings = o.paintings.empty() ? trained_by_.paintings : o.paintings;
    if (o.style >= std::max(1, weights_.architecture.styles) || size_t(o.style) >= paintings.size())
      throw UsageError("--style " + std::to_string(o.style) + " is not among the styles of " + o.net);
    objective_.set_style({to_network(backend, sized(read_picture(paintings[size_t(o.style)]), trained_by_.style_size), vgg_.preprocessing())});
  }

  std::vector<std::string> terms() const { return objective_.term_names(); }

  Judged painted(const Picture& photo) {
    std::vector<double> blend(size_t(weights_.architecture.styles), 0.0);
    if (!blend.empty()) blend[size_t(o_.style)] = 1;
    const auto begin = std::chrono::steady_clock::now();
    const Picture picture = stylize(net_, photo, blend);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    Variable x(tensor(picture), true);
    return read(optimize_for(photo, x, 0).last, seconds);
  }

  Judged optimised(const Picture& photo) {
    Variable x(tensor(photo), true);
    const auto begin = std::chrono::steady_clock::now();
    std::vector<double> before;
    const OptimizeResult result = optimize_for(photo, x, o_.steps, [&](const OptimizeStep& step, const Variable&) {
      before.push_back(step.total);
      return true;
    });
    Judged judged = read(result.last, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    judged.before = std::move(before);
    return judged;
  }

 private:
  static TrainOptions named(TrainOptions options) {
    options.out = "none.h5";
    return options;
  }
  std::string judge_file() const { return judging_network_file(o_.loss_net.empty() ? trained_by_.loss_net : o_.loss_net, "--loss-net"); }
  Tensor tensor(const Picture& picture) const { return to_network(vgg_.backend(), picture, vgg_.preprocessing()); }
  OptimizeResult optimize_for(const Picture& photo, Variable& x, int steps, const Watch& watch = {}) {
    objective_.set_content(tensor(photo));
    return optimize(objective_, x, {.steps = steps, .method = Method::lbfgs, .rate = 1}, watch);
  }

  const Options& o_;
  TransformWeights weights_;
  TrainOptions trained_by_;
  Vgg vgg_;
  Objective objective_;
  TransformNet net_;
};

Json json_of(const Judged& judged, const std::vector<std::string>& terms) {
  Json json = {{"total", judged.total}, {"seconds", judged.seconds}};
  for (size_t i = 0; i < terms.size(); i++) json[terms[i]] = judged.terms[i];
  return json;
}

void bench_objective(Options o) {
  o.backend.name = chosen_backend(o.backend.name);
  const auto backend = make_backend(o.backend.name, chosen_precision(o.precision, o.backend.name), o.backend);
  Bench bench(o, *backend);
  const auto photos = open_picture_set(o.photos, Split::validation);
  const int count = int(std::min<int64_t>(photos->size(), o.count));
  std::printf("%s against %d L-BFGS steps from the photo, longest side %d\n%-32s %10s %10s %8s %8s\n", o.net.c_str(), o.steps, o.size,
              "photo", "network", "L-BFGS", "ratio", "steps");
  Json list = Json::array();
  double logs = 0;
  int better = 0;
  std::vector<int> steps;
  for (int i = 0; i < count; i++) {
    const Picture photo = sized(photos->read(i, o.size), o.size);
    const Judged net = bench.painted(photo), picture = bench.optimised(photo);
    const std::string name = std::filesystem::path(photos->name(i)).filename().string();
    steps.push_back(steps_to(net.total, picture));
    std::printf("%-32.32s %10.4g %10.4g %8.3f %8d   %s\n", name.c_str(), net.total, picture.total, net.total / picture.total, steps.back(),
                losses_text(net.total, bench.terms(), net.terms).c_str());
    std::fflush(stdout);
    logs += std::log(net.total / picture.total);
    better += net.total <= picture.total;
    list.push_back({{"photo", name}, {"steps", steps.back()}, {"network", json_of(net, bench.terms())}, {"optimised", json_of(picture, bench.terms())}});
  }
  std::nth_element(steps.begin(), steps.begin() + count / 2, steps.end());
  std::printf("geometric mean of the ratios %.3f; the network is as good as %d steps (median), no worse than all on %d of %d photos\n",
              std::exp(logs / count), steps[size_t(count) / 2], better, count);
  write_json(o.json, {{"net", o.net},
                      {"size", o.size},
                      {"steps", o.steps},
                      {"photos", list},
                      {"ratio", std::exp(logs / count)},
                      {"as_good_as_steps", steps[size_t(count) / 2]},
                      {"no_worse", better}});
}

}  // namespace

void add_bench_objective(CLI::App& bench) {
  CLI::App* objective = bench.add_subcommand("objective", "a trained network's losses beside those of optimised pictures (minutes)");
  const auto o = std::make_shared<Options>();
  objective->add_option("NET", o->net, "A network of `impasto train transform`")->required();
  objective->add_option("--photos", o->photos, "Photographs it was not trained on: a folder or a set")->required();
  objective->add_option("--painting", o->paintings, "The paintings (default: where they were in training)");
  objective->add_option("--style", o->style, "Which of a network of several, from 0")->capture_default_str()->check(CLI::NonNegativeNumber);
  objective->add_option("--loss-net", o->loss_net, "VGG weights (default: those of the training)");
  objective->add_option("--size", o->size, "Longest side of the photos")->capture_default_str()->check(CLI::Range(16, 4096));
  objective->add_option("--steps", o->steps, "Of L-BFGS")->capture_default_str()->check(CLI::Range(1, 10000));
  objective->add_option("--count", o->count, "Photos, at most")->capture_default_str()->check(CLI::Range(1, 1000));
  add_backend_options(*objective, o->backend);
  add_precision_option(*objective, o->precision);
  objective->add_option("--json", o->json, "Also write the figures to this file, - for standard output");
  objective->callback([o] { bench_objective(*o); });
}

}  // namespace impasto
