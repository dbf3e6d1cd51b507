// VGG against the recorded features and gradients of PyTorch (tests/reference/README.md), and against its own layers.
#include "nets/vgg.h"

#include <doctest/doctest.h>

#include "engine/profiler.h"
#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "layers/arithmetic.h"
#include "layers/conv2d.h"
#include "layers/gram.h"
#include "layers/losses.h"
#include "layers/mean.h"
#include "layers/pooling.h"
#include "tests/nets/decorated.h"
#include "tests/nets/narrow_vgg.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

const Shape batch{2, 3, 37, 45};

Tensor values(Backend& backend, uint32_t seed) {
  return from_host(backend, batch, formula::values(batch, seed).data(), backend.lanes_for(3));
}

std::vector<double> corner(const Tensor& x, int size, bool last) {
  const Shape s = x.shape();
  const std::vector<double> all = to_host_f64(x);
  std::vector<double> part;
  for (int plane = 0; plane < s.n * s.c; plane++)
    for (int y = 0; y < size; y++)
      for (int i = 0; i < size; i++) {
        const int row = last ? s.h - size + y : y, column = last ? s.w - size + i : i;
        part.push_back(all[(size_t(plane) * s.h + row) * s.w + column]);
      }
  return part;
}

std::vector<double> plane_norms(const Tensor& x) {
  const std::vector<double> all = to_host_f64(x);
  const size_t pixels = size_t(x.shape().pixels());
  std::vector<double> norms;
  for (size_t plane = 0; plane * pixels < all.size(); plane++) {
    double squares = 0;
    for (size_t i = 0; i < pixels; i++) squares += all[plane * pixels + i] * all[plane * pixels + i];
    norms.push_back(std::sqrt(squares));
  }
  return norms;
}

// Features, losses and the input's gradient, all as recorded.
void check_against_recorded(Backend& backend, const std::string& group, double tolerance) {
  const Recorded recorded("vgg_features.h5");
  const auto wanted = [&](const std::string& name) { return recorded.values(group + "/" + name); };
  const Vgg vgg(backend, narrow::weights(), narrow::style_layers);
  const Variable x(values(backend, 1), true);
  const Vgg::Features features = vgg.features(x, narrow::style_layers);
  for (const std::string& layer : narrow::style_layers) {
    CAPTURE(layer);
    const Tensor& f = features.at(layer).value();
    CHECK(narrow::error(plane_norms(f), wanted(layer + "_norm")) < tolerance);
    if (recorded.has(group + "/" + layer + "_top_left")) {
      CHECK(narrow::error(corner(f, 6, false), wanted(layer + "_top_left")) < tolerance);
      CHECK(narrow::error(corner(f, 6, true), wanted(layer + "_bottom_right")) < tolerance);
    }
    if (recorded.has(group + "/" + layer)) CHECK(narrow::error(to_host_f64(f), wanted(layer)) < tolerance);
  }
  Tensor content;
  {
    const NoGrad no_grad;
    content = vgg.features(Variable(values(backend, 2)), {"relu2_2"}).at("relu2_2").value();
  }
  Variable total = mean_squared_error(features.at("relu2_2"), content);
  std::vector<double> terms;
  for (const std::string& layer : narrow::style_layers) {
    const Variable g = gram(features.at(layer));
    const Variable term = mean(g * g);
    terms.push_back(scalar(term.value()));
    total = total + term;
  }
  terms.push_back(scalar(mean_squared_error(features.at("relu2_2"), content).value()));
  CHECK(narrow::error(terms, wanted("loss_terms")) < tolerance);
  backward(total);
  CHECK(narrow::error(to_host_f64(x.grad()), wanted("dx")) < tolerance);
}

}  // namespace

TEST_CASE("features and input gradient are PyTorch's: reference backend, f64") {
  const auto backend = make_reference_backend(Dtype::f64);
  check_against_recorded(*backend, "f64", 1e-12);
}

TEST_CASE("features and input gradient are PyTorch's: cpu backend, f32, both lane counts") {
  for (const int lanes : {8, 16}) {
    CAPTURE(lanes);
    const auto backend = make_cpu_backend({.lanes = lanes});
    check_against_recorded(*backend, "f32", tolerance::winograd_f32);
  }
}

TEST_CASE("a planar picture has the same features and gradient as one in lanes") {
  const auto backend = make_cpu_backend();
  const Vgg vgg(*backend, narrow::weights(), {"relu2_1"});
  const auto gradient = [&](int lanes) {
    const Variable x(from_host(*backend, batch, formula::values(batch, 1).data(), lanes), true);
    backward(mean(vgg.features(x, {"relu2_1"}).at("relu2_1")));
    CHECK(x.grad().lanes() == lanes);
    return to_host_f64(x.grad());
  };
  CHECK(gradient(1) == gradient(backend->lanes_for(3)));
}

TEST_CASE("features in bf16 stay near those in f32") {
  const auto backend = make_cpu_backend();
  InBf16 in_bf16(*backend);
  const Vgg exact(*backend, narrow::weights(), {"relu3_3"}), fast(in_bf16, narrow::weights(), {"relu3_3"});
  const Variable x(values(in_bf16, 1), true);
  const Tensor wanted = exact.features(Variable(values(*backend, 1)), {"relu3_3"}).at("relu3_3").value();
  const Variable found = fast.features(x, {"relu3_3"}).at("relu3_3");
  CHECK(found.value().dtype() == Dtype::bf16);
  const double error = narrow::error(to_host_f64(found.value()), to_host_f64(wanted));
  CHECK(error < tolerance::bf16);
  CHECK(error > 0);
  backward(mean_squared_error(found, fast.features(Variable(values(in_bf16, 2)), {"relu3_3"}).at("relu3_3").value()));
  CHECK(x.grad().dtype() == Dtype::f32);
}

TEST_CASE("nothing is computed beyond the deepest layer asked for") {
  auto cpu = make_cpu_backend();
  Profiler profiler(*cpu);
  const Vgg vgg(profiler, narrow::weights(), narrow::style_layers);
  vgg.features(Variable(values(profiler, 1)), {"relu2_1", "relu1_1"});
  const auto ran = [&](const std::string& layer) {
    for (const auto& [key, entry] : profiler.entries())
      if (key.first == layer) return true;
    return false;
  };
  CHECK(ran("conv1_2"));
  CHECK(ran("pool1"));
  CHECK(ran("conv2_1"));
  CHECK_FALSE(ran("conv2_2"));
}

TEST_CASE("only the weights up to the deepest layer are loaded") {
  const auto live = [](const std::vector<std::string>& layers) {
    const auto backend = make_reference_backend();
    const Vgg vgg(*backend, narrow::weights(), layers);
    return backend->pool()->usage().live;
  };
  CHECK(live({"relu1_1"}) < 3000);  // 8 x 3 x 9 and 8 numbers
  CHECK(live({"relu4_3"}) > 4 * (24 * 32 + 2 * 32 * 32) * 9);
}

TEST_CASE("average pooling stands where max pooling stood") {
  const auto backend = make_reference_backend(Dtype::f64);
  const VggWeights weights = narrow::weights();
  const Vgg vgg(*backend, weights, {"relu2_1"}, Pooling::average);
  const Vgg::Features f = vgg.features(Variable(values(*backend, 1)), {"relu1_2", "relu2_1"});
  const auto parameter = [&](const std::string& name, Shape shape) {
    return Variable(from_host(*backend, shape, weights.parameters.at(name).values.data()));
  };
  const Variable wanted = conv2d(average_pool(f.at("relu1_2"), 2, 2), parameter("conv2_1/weight", {16, 8, 3, 3}),
                                 parameter("conv2_1/bias", {1, 16, 1, 1}), {.pad = 1, .relu = true});
  CHECK(narrow::error(to_host_f64(f.at("relu2_1").value()), to_host_f64(wanted.value())) < 1e-14);
}

TEST_CASE("a network's own scaling of pixels goes into its first weights, at the border too") {
  const auto backend = make_reference_backend(Dtype::f64);
  const Preprocessing& torch = preprocessing("torch");
  const Vgg folded(*backend, narrow::weights(torch), {"relu2_1"}), plain(*backend, narrow::weights(), {"relu2_1"});
  const Tensor x = values(*backend, 1);
  const float scale[] = {float(torch.scale[0]), float(torch.scale[1]), float(torch.scale[2])};
  const Variable scaled = Variable(x) * Variable(from_host(*backend, {1, 3, 1, 1}, scale));
  // The folded weights are rounded to f32.
  CHECK(narrow::error(to_host_f64(folded.features(Variable(x), {"relu2_1"}).at("relu2_1").value()),
                      to_host_f64(plain.features(scaled, {"relu2_1"}).at("relu2_1").value())) < 1e-6);
}

TEST_CASE("the tables have the parameters of the paper") {
  const auto count = [](const std::string& name) {
    int64_t all = 0, inputs = 3;
    for (const auto& block : vgg_architecture(name).blocks)
      for (const int width : block) {
        all += (inputs * 9 + 1) * width;
        inputs = width;
      }
    return all;
  };
  CHECK(count("vgg16") == 14'714'688);
  CHECK(count("vgg19") == 20'024'384);
  CHECK(vgg_architecture("vgg19:4,5").blocks == std::vector<std::vector<int>>{{4, 4}, {5, 5}});
  for (const char* wrong : {"vgg11", "vgg16:", "vgg16:8,", "vgg16:8,x", "vgg16:0", "vgg16:1,2,3,4,5,6", ""}) {
    CAPTURE(wrong);
    CHECK(narrow::refusal<UsageError>([&] { vgg_architecture(wrong); }) != "");
  }
}

TEST_CASE("what does not fit VGG is said in one sentence") {
  const auto backend = make_reference_backend();
  const Vgg vgg(*backend, narrow::weights(), narrow::style_layers);
  CHECK(narrow::refusal<UsageError>([&] { Vgg(*backend, narrow::weights(), {"relu5_1"}); }) ==
        "vgg16:8,16,24,32 has no layer \"relu5_1\"; it has relu1_1, relu1_2, relu2_1, relu2_2, relu3_1, relu3_2, relu3_3, relu4_1, "
        "relu4_2, relu4_3");
  const Variable small(from_host(*backend, {1, 3, 7, 9}, std::vector<float>(3 * 7 * 9).data()));
  CHECK(narrow::refusal<ShapeError>([&] { vgg.features(small, {"relu4_1"}); }) ==
        "a picture of 9x7 pixels is too small for relu4_1, which needs at least 8x8");
  CHECK(vgg.features(small, {"relu3_1"}).at("relu3_1").shape() == Shape{1, 24, 1, 2});
  VggWeights damaged = narrow::weights();
  damaged.parameters.erase("conv2_1/bias");
  damaged.parameters["conv4_3/weight"].shape = {32, 31, 3, 3};
  CHECK(narrow::refusal<ShapeError>([&] { Vgg(*backend, damaged, {"relu1_1"}); }) ==
        "narrow.h5: 2 of 20 parameters do not fit vgg16:8,16,24,32: conv2_1/bias is missing; conv4_3/weight is [32,31,3,3], needs "
        "[32,32,3,3]");
}

TEST_CASE("a picture goes into network space and comes back") {
  const auto backend = make_cpu_backend();
  const Picture picture = narrow::picture(1, 5, 3);
  for (const char* name : {"caffe", "hed", "torch", "unit"}) {
    CAPTURE(name);
    const Tensor x = to_network(*backend, picture, preprocessing(name));
    CHECK(x.shape() == Shape{1, 3, 3, 5});
    const Picture back = from_network(x, preprocessing(name));
    for (size_t i = 0; i < picture.rgb.size(); i++) CHECK(back.rgb[i] == doctest::Approx(picture.rgb[i]).epsilon(1e-6));
  }
  // Blue comes first, and black is minus the mean.
  Picture blue;
  blue.width = blue.height = 1;
  blue.rgb = {0, 0, 1};
  CHECK(to_host(to_network(*backend, blue, preprocessing("caffe"))) == std::vector<float>{255 - 103.939f, -116.779f, -123.68f});
  CHECK(narrow::has(narrow::refusal<UsageError>([] { preprocessing("bgr"); }), "caffe, hed, torch, byte, unit"));
}
