// Single layers and optimisers against recorded PyTorch (tests/reference/layers.h5; its README lists the groups): outputs and
// every gradient, on the reference backend in f64 and on the CPU backend in f32.
#include "tests/reference/recorded.h"

#include <doctest/doctest.h>

#include <map>

#include "engine/optimizer.h"
#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "layers/activations.h"
#include "layers/arithmetic.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/conv_transpose2d.h"
#include "layers/gram.h"
#include "layers/instance_norm.h"
#include "layers/losses.h"
#include "layers/mean.h"
#include "layers/pad.h"
#include "layers/pooling.h"
#include "layers/resize.h"
#include "layers/run_case.h"
#include "layers/ranking.h"
#include "layers/total_variation.h"
#include "layers/upsample.h"
#include "tests/reference/formula.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

// Both sides compute in f64 on the same numbers; what is left is the order of the sums.
constexpr double f64_bound = 1e-13;

struct Given {
  std::string name;  // the gradient is recorded as "d" + name
  Input input;
};

struct Comparison {
  std::string group;
  std::vector<Given> inputs;
  std::function<Variable(std::vector<Variable>&)> run;
  float scale = 1;  // of the inputs
};

const Recorded& file() {
  static const Recorded recorded("layers.h5");
  return recorded;
}

Given x(Shape shape) { return {"x", activation(shape)}; }

Comparison of_x(std::string group, Shape shape, std::function<Variable(const Variable&)> f, float scale = 1) {
  return {std::move(group), {x(shape)}, [f](std::vector<Variable>& v) { return f(v[0]); }, scale};
}

Comparison conv(const char* group, Shape xs, Shape weight, const ConvParams& params) {
  return {group, {x(xs), {"weight", parameter(weight)}, {"bias", parameter({1, weight.n})}}, [params](std::vector<Variable>& v) {
            return conv2d(v[0], v[1], v[2], params, false);
          }};
}

RunningStatistics running_statistics(Backend& backend) {
  std::vector<float> variance = formula::values({1, 5}, 8, 0.5f);
  for (float& v : variance) v += 1.0f;
  return {from_host(backend, {1, 5}, formula::values({1, 5}, 7).data()), from_host(backend, {1, 5}, variance.data())};
}

void add_convolutions(std::vector<Comparison>& all) {
  const auto padded = [](int pad, int stride = 1, int dilation = 1, int groups = 1) {
    return Conv2dOptions{.stride = stride, .pad = pad, .dilation = dilation, .groups = groups}.params();
  };
  all.push_back(conv("conv2d_3x3", {2, 17, 7, 9}, {19, 17, 3, 3}, padded(1)));
  all.push_back(conv("conv2d_1x1", {2, 5, 4, 3}, {7, 5, 1, 1}, padded(0)));
  all.push_back(conv("conv2d_9x9", {1, 3, 12, 11}, {5, 3, 9, 9}, padded(4)));
  all.push_back(conv("conv2d_stride2", {2, 6, 9, 12}, {5, 6, 3, 3}, padded(1, 2)));
  all.push_back(conv("conv2d_dilation2", {2, 4, 10, 9}, {6, 4, 3, 3}, padded(2, 1, 2)));
  all.push_back(conv("conv2d_groups2", {2, 6, 7, 8}, {8, 3, 3, 3}, padded(1, 1, 1, 2)));
  all.push_back(conv("conv2d_depthwise", {2, 5, 8, 7}, {5, 1, 3, 3}, padded(1, 1, 1, 5)));
  all.push_back(conv("conv2d_asymmetric", {1, 3, 7, 10}, {4, 3, 3, 5},
                     ConvParams{.stride_h = 2, .pad_top = 1, .pad_left = 3, .pad_bottom = 1, .pad_right = 3}));
  all.push_back(
      conv("conv2d_same_stride2", {2, 3, 8, 10}, {4, 3, 3, 3}, ConvParams{.stride_h = 2, .stride_w = 2, .pad_bottom = 1, .pad_right = 1}));
  all.push_back({"conv_transpose2d",
                 {x({2, 5, 6, 7}), {"weight", parameter({5, 4, 3, 3})}, {"bias", parameter({1, 4})}},
                 [](std::vector<Variable>& v) { return conv_transpose2d(v[0], v[1], v[2], {.stride = 2, .pad = 1, .output_pad = 1}); }});
}

void add_functions_of_one(std::vector<Comparison>& all) {
  const Pads pads{.top = 1, .left = 2, .bottom = 4, .right = 3};
  for (const auto& [name, kind] :
       {std::pair{"pad_reflect", Padding::reflect}, {"pad_replicate", Padding::replicate}, {"pad_zero", Padding::zero}}) {
    all.push_back(of_x(name, {2, 3, 6, 7}, [pads, kind](const Variable& v) { return pad(v, pads, kind); }));
  }
  const Shape small{2, 3, 5, 7};
  all.push_back(of_x(
      "leaky_relu", small, [](const Variable& v) { return leaky_relu(v, 0.2); }, 8));
  all.push_back(of_x("relu6", small, relu6, 8));
  all.push_back(of_x(
      "elu", small, [](const Variable& v) { return elu(v); }, 8));
  all.push_back(of_x("silu", small, silu, 8));
  all.push_back(of_x("sigmoid", small, sigmoid, 8));
  all.push_back(of_x(
      "tanh150", small, [](const Variable& v) { return scaled_tanh(v, 150); }, 8));
  all.push_back(of_x("max_pool_2", {2, 3, 9, 11}, [](const Variable& v) { return max_pool(v, 2, 2); }));
  all.push_back(of_x("max_pool_3s2_ceil_odd", {2, 3, 9, 11}, [](const Variable& v) { return max_pool(v, 3, 2, 0, true); }));
  all.push_back(of_x("max_pool_3s2_ceil_even", {2, 3, 8, 10}, [](const Variable& v) { return max_pool(v, 3, 2, 0, true); }));
  all.push_back(of_x("avg_pool_2", {2, 3, 7, 8}, [](const Variable& v) { return average_pool(v, 2, 2); }));
  all.push_back(of_x("upsample_nearest2", {2, 3, 5, 4}, [](const Variable& v) { return upsample_nearest(v, 2); }));
  for (const bool corners : {true, false}) {
    const std::string end = corners ? "corners" : "centres";
    all.push_back(of_x("bilinear_grow_" + end, small, [=](const Variable& v) { return resize_bilinear(v, 8, 12, corners); }));
    all.push_back(of_x("bilinear_shrink_" + end, small, [=](const Variable& v) { return resize_bilinear(v, 3, 5, corners); }));
  }
  all.push_back(of_x("gram", {2, 5, 6, 7}, [](const Variable& v) { return gram(v); }));
  all.push_back(of_x("total_variation", small, [](const Variable& v) { return total_variation(v); }));
  all.push_back(of_x("total_variation_torch7", small, [](const Variable& v) { return total_variation(v, Variation::torch); }));
}

Variable ranking_of_12(std::vector<Variable>& v) {
  std::vector<std::vector<RankedPair>> pairs(2);
  for (int n = 0; n < 2; n++)
    for (int k = 0; k < 12; k++) pairs[size_t(n)].push_back({(7 * k + n) % 35, (11 * k + 3) % 35, k % 3 - 1});
  const RankedPairTable table = ranked_pairs(pairs);
  return ranking(v[0], from_host(v[0].backend(), table.shape, table.values.data()));
}

void add_norms_and_losses(std::vector<Comparison>& all) {
  const auto normalised = [](int rows) {
    return std::vector<Given>{x({3, 5, 6, 7}), {"gamma", parameter({rows, 5})}, {"beta", parameter({rows, 5})}};
  };
  const auto instance = [](std::vector<Variable>& v) { return instance_norm(v[0], v[1], v[2]); };
  all.push_back({"instance_norm", normalised(1), instance});
  all.push_back({"instance_norm_conditional", normalised(3), instance});
  all.push_back({"batch_norm_training", normalised(1), [](std::vector<Variable>& v) {
                   RunningStatistics running = running_statistics(v[0].backend());
                   return batch_norm(v[0], v[1], v[2], running);
                 }});
  all.push_back({"batch_norm_eval", normalised(1),
                 [](std::vector<Variable>& v) { return batch_norm_frozen(v[0], v[1], v[2], running_statistics(v[0].backend())); }});
  all.push_back({"ranking", {{"x", parameter({2, 1, 5, 7})}}, ranking_of_12, 4});
  // Both losses are even, so the target's recorded gradient is that of the loss with the two exchanged.
  const Given target{"target", activation({2, 3, 5, 4})};
  const std::vector<Given> by_x{x({2, 3, 5, 4}), {"target", constant(target.input)}}, by_target{{"x", constant(target.input)}, target};
  for (const auto& [name, f] : {std::pair{"mse", &mean_squared_error}, {"smooth_l1", &smooth_l1}}) {
    all.push_back({name, by_x, [f = f](std::vector<Variable>& v) { return f(v[0], v[1].value()); }, 4});
    all.push_back({name, by_target, [f = f](std::vector<Variable>& v) { return f(v[1], v[0].value()); }, 4});
  }
}

const std::vector<Comparison>& comparisons() {
  static const std::vector<Comparison> table = [] {
    std::vector<Comparison> all;
    for (auto add : {add_convolutions, add_functions_of_one, add_norms_and_losses}) add(all);
    return all;
  }();
  return table;
}

struct OptimiserRun {
  std::string group;
  float gradient_scale;
  std::function<std::unique_ptr<Optimizer>(std::vector<Variable>)> make;
};

std::vector<OptimiserRun> optimiser_runs() {
  const auto adam = [](AdamForm form) {
    return [form](std::vector<Variable> p) { return std::make_unique<Adam>(std::move(p), AdamOptions{.rate = 0.1, .form = form}); };
  };
  return {{"adam", 1, adam(AdamForm::pytorch)},
          {"adam_small_gradient", 0x1p-20f, adam(AdamForm::pytorch)},
          {"adam_torch7", 1, adam(AdamForm::torch7)},
          {"adam_torch7_small_gradient", 0x1p-20f, adam(AdamForm::torch7)},
          {"sgd_momentum", 1, [](std::vector<Variable> p) { return std::make_unique<Sgd>(std::move(p), 0.1, 0.9); }}};
}

Variable variable(Backend& backend, const Given& given, float scale) {
  static const std::map<std::string, uint32_t> seeds{{"x", 1}, {"weight", 2}, {"bias", 3}, {"gamma", 5}, {"beta", 6}, {"target", 9}};
  const Input& input = given.input;
  const int lanes = input.role == Input::Role::activation ? backend.lanes_for(input.shape.c) : 1;
  const std::vector<float> numbers = formula::values(input.shape, seeds.at(given.name), scale);
  return Variable(from_host(backend, input.shape, numbers.data(), lanes), input.differentiable);
}

void check_layers(Backend& backend, double bound) {
  for (const Comparison& c : comparisons()) {
    CAPTURE(c.group);
    std::vector<Variable> inputs;
    for (const Given& given : c.inputs) inputs.push_back(variable(backend, given, c.scale));
    const Variable y = c.run(inputs);
    CHECK(relative_error(to_host_f64(y.value()), file().values(c.group + "/y")) <= bound);
    if (y.shape().elements() == 1) {
      backward(y);
    } else {
      backward_from(y, from_host(backend, y.shape(), formula::values(y.shape(), 4).data(), y.value().lanes()));
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!c.inputs[i].input.differentiable) continue;
      CAPTURE(c.inputs[i].name);
      CHECK(relative_error(to_host_f64(inputs[i].grad()), file().values(c.group + "/d" + c.inputs[i].name)) <= bound);
    }
  }
}

void check_running_statistics(Backend& backend, double bound) {
  RunningStatistics running = running_statistics(backend);
  const Variable in = variable(backend, x({3, 5, 6, 7}), 1);
  batch_norm(in, {}, {}, running);
  CHECK(relative_error(to_host_f64(running.mean), file().values("batch_norm_training/running_mean")) <= bound);
  CHECK(relative_error(to_host_f64(running.variance), file().values("batch_norm_training/running_var")) <= bound);
}

void check_optimisers(Backend& backend, double bound) {
  for (const OptimiserRun& run : optimiser_runs()) {
    CAPTURE(run.group);
    const Shape shape{1, 17};
    const Variable p(from_host(backend, shape, formula::values(shape, 1).data()), true);
    const auto optimiser = run.make({p});
    std::vector<double> path;
    for (uint32_t t = 1; t <= 5; ++t) {
      const Variable g(from_host(backend, shape, formula::values(shape, 20 + t, run.gradient_scale).data()));
      optimiser->clear_grads();
      backward(sum(multiply(p, g)));  // whose gradient by p is g
      optimiser->step();
      const std::vector<double> now = to_host_f64(p.value());
      path.insert(path.end(), now.begin(), now.end());
    }
    CHECK(relative_error(path, file().values(run.group + "/x")) <= bound);
  }
}

}  // namespace

TEST_CASE("every recorded number of layers.h5 is compared with ours") {
  std::set<std::string> compared{"batch_norm_training/running_mean", "batch_norm_training/running_var"};
  for (const Comparison& c : comparisons()) {
    compared.insert(c.group + "/y");
    for (const Given& given : c.inputs) {
      if (given.input.differentiable) compared.insert(c.group + "/d" + given.name);
    }
  }
  for (const OptimiserRun& run : optimiser_runs()) compared.insert(run.group + "/x");
  CHECK(compared == file().datasets());
}

TEST_CASE("the reference backend in f64 computes what PyTorch does") {
  const auto reference = make_reference_backend(Dtype::f64);
  check_layers(*reference, f64_bound);
  check_running_statistics(*reference, f64_bound);
  check_optimisers(*reference, f64_bound);
}

TEST_CASE("the CPU backend in f32 computes what PyTorch does in f64, in every layout") {
  for (const int lanes : {1, 8, 16}) {
    CAPTURE(lanes);
    const auto direct = make_cpu_backend({.lanes = lanes, .winograd = false}), winograd = make_cpu_backend({.lanes = lanes});
    check_layers(*direct, tolerance::f32);
    check_layers(*winograd, tolerance::winograd_f32);
    check_running_statistics(*direct, tolerance::f32);
    check_optimisers(*direct, tolerance::f32);
  }
}
