// impasto bench accuracy: what exact and fast err by against f64, layer by layer and in the finished picture.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

#include "engine/random.h"
#include "kernels/cpu/backend.h"
#include "kernels/cpu/processor.h"
#include "kernels/reference/reference.h"
#include "loaders/resize.h"
#include "nets/accuracy.h"
#include "nets/conditional.h"
#include "nets/stylize.h"
#include "nets/training_step.h"
#include "nets/transform_file.h"
#include "nets/vgg_file.h"
#include "tools/backend_choice.h"
#include "tools/bench.h"
#include "tools/cache.h"
#include "tools/optimize_options.h"
#include "tools/progress.h"

namespace impasto {
namespace {

struct Options {
  std::string net = usual_net, vgg, photo, painting, json;
  int size = 96, picture_size = 160, gatys_size = 256, steps = 100, orders = 3;
  bool gatys = false, train = false;

  static constexpr const char* usual_net = "styles26";
};

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

/// Direct form is plain sums of products in f32: what the others are held against beside f64.
struct Paths {
  std::unique_ptr<Backend> direct = make_cpu_backend({.winograd = false}), exact = make_backend("cpu", chosen_precision("exact")),
                           fast = make_backend("cpu", chosen_precision("fast"));
  std::vector<ConvolutionPath> all() const { return {{"direct", direct.get()}, {"exact", exact.get()}, {"fast", fast.get()}}; }
};

void print_heading(const std::string& title, const std::vector<ConvolutionPath>& paths) {
  std::printf("%s: relative L2 error, and largest error of the largest number\n%-34s", title.c_str(), "");
  for (const ConvolutionPath& path : paths) std::printf("  %-16s", path.name.c_str());
  std::printf("\n");
}

Json print_lines(const std::string& network, const std::vector<ConvolutionPath>& paths, const std::vector<ConvolutionErrors::Line>& lines) {
  Json list = Json::array();
  for (const ConvolutionErrors::Line& line : lines) {
    std::printf("%-10s%-24s", line.layer.c_str(), line.primitive.c_str());
    for (size_t i = 0; i < paths.size(); i++) {
      const NumberError& error = line.errors[i];
      std::printf("  %.1e %.1e", error.relative_l2, error.largest);
      list.push_back({{"network", network},
                      {"layer", line.layer},
                      {"primitive", line.primitive},
                      {"path", paths[i].name},
                      {"relative_l2", number(error.relative_l2)},
                      {"largest", number(error.largest)}});
    }
    std::printf("\n");
  }
  std::fflush(stdout);
  return list;
}

void add_all(Json& list, const Json& more) { list.insert(list.end(), more.begin(), more.end()); }

/// Layer by layer.
Json layers(const Options& o, const std::optional<VggWeights>& vgg, const TransformWeights& net, const Picture& photo,
            const std::optional<Picture>& painting) {
  const Paths paths;
  const std::vector<ConvolutionPath> all = paths.all();
  const std::string size = std::to_string(o.size) + "x" + std::to_string(o.size);
  const Picture small = middle_square(photo, o.size);
  Json list = Json::array();
  if (vgg) {
    print_heading(vgg->architecture.name + " at " + size, all);
    add_all(list, print_lines(vgg->architecture.name, all, vgg_errors(*paths.exact, all, *vgg, small, middle_square(*painting, o.size))));
  }
  print_heading(o.net + " at " + size + ", learning", all);
  add_all(list, print_lines(o.net, all, transform_errors(*paths.exact, all, net, small)));
  return list;
}

std::string decibels(double psnr) { return std::isfinite(psnr) ? number_text(psnr) + " dB" : "the same"; }

/// The first of a network's styles alone; empty for networks of one.
std::vector<double> first_style(const TransformWeights& net) {
  std::vector<double> blend(size_t(net.architecture.styles), 0.0);
  if (!blend.empty()) blend[0] = 1;
  return blend;
}

/// The painted picture against that of f64 throughout.
Json pictures(const Options& o, const TransformWeights& net, const Picture& photo) {
  const Picture small = resize_longest(photo, o.picture_size);
  const std::vector<double> blend = first_style(net);
  const auto painted = [&](std::unique_ptr<Backend> backend) { return stylize(TransformNet(*backend, net), small, blend); };
  const Picture wanted = painted(make_reference_backend(Dtype::f64));
  Json list = Json::array();
  for (const std::string precision : {"exact", "fast"}) {
    const double found = psnr(painted(make_backend("cpu", chosen_precision(precision))), wanted);
    std::printf("%s painted at %dx%d, %s: PSNR against f64 %s\n", o.net.c_str(), small.width, small.height, precision.c_str(),
                decibels(found).c_str());
    list.push_back(
        {{"network", o.net}, {"width", small.width}, {"height", small.height}, {"precision", precision}, {"psnr", number(found)}});
  }
  return list;
}

/// An optimisation as `impasto optimize` runs it, at one scale.
Painted optimised(const Options& o, const VggWeights& vgg, const Picture& photo, const Picture& painting, const std::string& word) {
  OptimizeOptions settings;
  settings.out = "-";
  settings.iterations = o.steps;
  const auto backend = make_backend("cpu", chosen_precision(word));
  const PaintSettings paint_by = paint_settings(settings);
  const Vgg network(*backend, vgg, paint_by.objective.layers());
  return paint(network, resize_longest(photo, o.gatys_size), {resize_longest(painting, o.gatys_size)}, paint_by);
}

Json gatys(const Options& o, const VggWeights& vgg, const Picture& photo, const Picture& painting) {
  const Painted exact = optimised(o, vgg, photo, painting, "exact"), fast = optimised(o, vgg, photo, painting, "fast");
  const double a = exact.result.last.total, b = fast.result.last.total, between = psnr(exact.picture, fast.picture);
  std::printf("%d steps of %s at %dx%d: loss %.6g exact, %.6g fast, ratio %.5f; PSNR between them %s\n", o.steps,
              vgg.architecture.name.c_str(), exact.picture.width, exact.picture.height, a, b, b / a, decibels(between).c_str());
  return {{"steps", o.steps},       {"width", exact.picture.width}, {"height", exact.picture.height}, {"loss_exact", number(a)},
          {"loss_fast", number(b)}, {"ratio", number(b / a)},       {"psnr", number(between)}};
}

/// Squares of x [1, C, H, W] at seeded places.
Tensor crops(Backend& backend, const Tensor& x, uint64_t order, uint64_t step, int batch, int side) {
  const Shape s = x.shape();
  const std::vector<float> numbers = to_host(x);
  std::vector<float> squares;
  for (uint64_t n = 0; n < uint64_t(batch); n++) {
    const uint64_t draw = 2 * (step * uint64_t(batch) + n);
    const int top = int(random::uniform(order, draw) * float(s.h - side)), left = int(random::uniform(order, draw + 1) * float(s.w - side));
    for (int row = 0; row < s.c * side; row++) {
      const auto from = numbers.begin() + (row / side * s.h + top + row % side) * s.w + left;
      squares.insert(squares.end(), from, from + side);
    }
  }
  return from_host(backend, {batch, s.c, side, side}, squares.data(), backend.lanes_for(s.c));
}

constexpr int train_steps = 200, train_batch = 2, train_side = 128;

/// A network, what judges it, and the photo that it learns from.
struct Lesson {
  Vgg judge;
  Objective objective;
  TransformNet net;
  TrainingStep step;
  Tensor pixels;
  Variable blend;

  Lesson(Backend& backend, const TransformWeights& start, const VggWeights& vgg, const Picture& photo, const Picture& painting)
      : judge(backend, vgg, ObjectiveSettings{}.layers()),
        objective(judge, {}),
        net(backend, start, Parameters::Use::trained),
        step(net, objective),
        pixels(to_network(backend, photo, net.preprocessing())) {
    objective.set_style({to_network(backend, resize_longest(painting, 2 * train_side), judge.preprocessing())});
    const std::vector<double> row = first_style(start);
    if (!row.empty()) blend = style_blend(backend, std::vector(train_batch, row));
  }
  double operator()(uint64_t order, int index, double rate) {
    step.adam().set_rate(rate);
    return scalar(step(crops(pixels.backend(), pixels, order, uint64_t(index), train_batch, train_side), blend).total.value());
  }
};

/// `start` after 200 steps towards another style, at rates that fall along half a cosine from 1e-3 to 0.
TransformWeights trained(Backend& backend, TransformWeights start, const VggWeights& vgg, const Picture& photo, const Picture& painting,
                         uint64_t order) {
  Lesson lesson(backend, start, vgg, photo, painting);
  for (int i = 0; i < train_steps; i++) lesson(order, i, 0.5e-3 * (1 + std::cos(M_PI * i / train_steps)));
  for (auto& [name, array] : start.parameters) array.values = to_host(lesson.net.parameters()[name].value());
  return start;
}

/// The mean loss over ten other batches.
double judged(Backend& backend, const TransformWeights& net, const VggWeights& vgg, const Picture& photo, const Picture& painting,
              uint64_t order) {
  Lesson lesson(backend, net, vgg, photo, painting);
  double sum = 0;
  for (int i = 0; i < 10; i++) sum += lesson(order, train_steps + i, 0);
  return sum / 10;
}

/// Training amplifies every rounding, so that two ways of f32 part as well: what direct and exact differ by is the measure for fast.
Json train(const Options& o, const TransformWeights& net, const VggWeights& vgg, const Picture& photo, const Picture& painting) {
  if (std::min(photo.width, photo.height) < 128) throw UsageError("--train needs a photo of at least 128x128 pixels");
  const Paths paths;
  Json list = Json::array();
  double direct = 0, fast = 0;  // sums of log ratios to exact
  for (int order = 1; order <= o.orders; order++) {
    const auto loss = [&](const std::unique_ptr<Backend>& by) {
      return judged(*paths.exact, trained(*by, net, vgg, photo, painting, uint64_t(order)), vgg, photo, painting, uint64_t(order));
    };
    const double losses[3] = {loss(paths.direct), loss(paths.exact), loss(paths.fast)};
    direct += std::log(losses[0] / losses[1]), fast += std::log(losses[2] / losses[1]);
    std::printf("200 training steps, batch 2 at 128x128, order %d: loss %.6g direct, %.6g exact, %.6g fast\n", order, losses[0], losses[1],
                losses[2]);
    std::fflush(stdout);
    list.push_back({{"order", order}, {"direct", number(losses[0])}, {"exact", number(losses[1])}, {"fast", number(losses[2])}});
  }
  direct = std::exp(direct / o.orders), fast = std::exp(fast / o.orders);
  std::printf("geometric mean of %d orders: direct %.4f of exact, fast %.4f of exact\n", o.orders, direct, fast);
  return {{"steps", 200}, {"losses", list}, {"direct_to_exact", number(direct)}, {"fast_to_exact", number(fast)}};
}

void bench_accuracy(const Options& o) {
  const std::string vgg_file = o.vgg.empty() ? cached_weights("vgg16") : o.vgg;
  std::optional<VggWeights> vgg;
  std::optional<Picture> painting;
  if (!o.vgg.empty() || std::filesystem::exists(vgg_file)) {
    vgg = read_vgg(vgg_file);
    if (o.painting.empty()) throw UsageError("--painting is missing: the style whose gradient goes through " + vgg->architecture.name);
    painting = read_picture(o.painting);
  } else {
    std::cerr << "impasto: there is no " << vgg_file << ", so the layers of VGG-16 are left out: run `impasto weights get vgg16`\n";
    if (o.gatys || o.train)
      throw UsageError("--gatys and --train need VGG weights: run `impasto weights get vgg16`, or give them with --vgg");
  }
  const TransformWeights net = read_transform(file_or_network(o.net));
  const Picture photo = read_picture(o.photo);
  std::printf("%s, compiled for %s: %s\n", cpu_features().c_str(), compiled_architecture().c_str(), compiled_features().c_str());
  Json report = {
      {"cpu", cpu_features()}, {"compiled_for", compiled_features()}, {"photo", o.photo}, {"painting", o.painting}, {"size", o.size}};
  report["layers"] = layers(o, vgg, net, photo, painting);
  report["pictures"] = pictures(o, net, photo);
  if (o.gatys) report["gatys"] = gatys(o, *vgg, photo, *painting);
  if (o.train) report["train"] = train(o, net, *vgg, photo, *painting);
  write_json(o.json, report);
}

}  // namespace

void add_bench_accuracy(CLI::App& bench) {
  CLI::App* accuracy = bench.add_subcommand("accuracy", "what the precisions err by against f64, in layers and in pictures (minutes)");
  const auto o = std::make_shared<Options>();
  accuracy->add_option("--photo", o->photo, "What is painted")->required();
  accuracy->add_option("--painting", o->painting, "The style for VGG");
  accuracy->add_option("--net", o->net, "A style network: a file, or the name of one that `impasto styles` lists")->capture_default_str();
  accuracy->add_option("--vgg", o->vgg, "VGG weights (default: vgg16.h5 of the cache, left out if it is not there)");
  accuracy->add_option("--size", o->size, "Pixels on each side, for layers")->capture_default_str()->check(CLI::Range(16, 256));
  accuracy->add_option("--picture-size", o->picture_size, "Longest side of the painted picture")
      ->capture_default_str()
      ->check(CLI::Range(16, 512));
  accuracy->add_flag("--gatys", o->gatys, "Also an optimisation in either precision, from the same start");
  accuracy->add_option("--gatys-size", o->gatys_size, "Longest side of its picture")->capture_default_str()->check(CLI::Range(16, 2048));
  accuracy->add_option("--steps", o->steps, "Its steps")->capture_default_str()->check(CLI::Range(1, 10000));
  accuracy->add_flag("--train", o->train, "Also 200 steps of training a network, by plain sums and in either precision");
  accuracy->add_option("--orders", o->orders, "Of how many orders of its crops")->capture_default_str()->check(CLI::Range(1, 100));
  accuracy->add_option("--json", o->json, "also write the figures to this file, - for standard output");
  accuracy->callback([o] { bench_accuracy(*o); });
}

}  // namespace impasto
