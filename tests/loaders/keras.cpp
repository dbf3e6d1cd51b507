#include "loaders/keras.h"

#include <doctest/doctest.h>

#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

// An HWIO kernel [2, 4, 3, 5] that holds h*1000 + w*100 + i*10 + o.
const Dims hwio{2, 4, 3, 5};
std::vector<float> kernel() {
  std::vector<float> values;
  for (int h = 0; h < 2; ++h)
    for (int w = 0; w < 4; ++w)
      for (int i = 0; i < 3; ++i)
        for (int o = 0; o < 5; ++o) values.push_back(static_cast<float>(h * 1000 + w * 100 + i * 10 + o));
  return values;
}
const std::vector<float> bias{1, 2, 3, 4, 5};

void check_kernel(const Array& array) {
  REQUIRE(array.shape == std::vector<int64_t>{5, 3, 2, 4});
  for (int o = 0, n = 0; o < 5; ++o)
    for (int i = 0; i < 3; ++i)
      for (int h = 0; h < 2; ++h)
        for (int w = 0; w < 4; ++w, ++n) REQUIRE(array.values[n] == h * 1000 + w * 100 + i * 10 + o);
}

std::vector<std::string> names(const NamedArrays& arrays) {
  std::vector<std::string> list;
  for (const auto& [name, array] : arrays) list.push_back(name);
  return list;
}

std::string read_refusal(const std::string& path) {
  return refusal([&] { read_keras_weights(path); });
}

}  // namespace

TEST_CASE("a Keras 3 file gives names without layers and vars, and kernels as O, I, H, W") {
  const Folder folder;
  const int64_t step = 3;
  const uint32_t seed = 5;
  Hdf5(folder / "a.weights.h5")
      .group("vars")
      .floats("layers/conv2d/vars/0", hwio, kernel())
      .floats("layers/conv2d/vars/1", {5}, bias)
      .variable_text("layers/conv2d/vars", "name", "block1_conv1")
      .group("layers/max_pooling2d/vars")
      .floats("block1/layers/conv2d_1/vars/0", hwio, kernel())
      .floats("dsn1/vars/0", {3, 5}, std::vector<float>(15, 1.f))
      .data("optimizer/vars/0", {1}, H5T_STD_I64LE, &step)
      .data("layers/dropout/seed_generator/vars/0", {1}, H5T_STD_U32LE, &seed);
  const NamedArrays arrays = read_keras_weights(folder / "a.weights.h5");
  CHECK(names(arrays) == std::vector<std::string>{"block1/conv2d_1/0", "conv2d/0", "conv2d/1", "dsn1/0"});
  check_kernel(arrays.at("conv2d/0"));
  check_kernel(arrays.at("block1/conv2d_1/0"));
  CHECK(arrays.at("conv2d/1").values == bias);
  CHECK(arrays.at("dsn1/0").shape == std::vector<int64_t>{3, 5});
}

TEST_CASE("each spelling of a Keras 2 file gives layer/kernel and layer/bias") {
  const Folder folder;
  struct Spelling {
    std::string prefix, kernel, bias;
  };
  for (const auto& [prefix, kernel_name, bias_name] :
       {Spelling{"", "conv/conv_W_1:0", "conv/conv_b_1:0"}, Spelling{"", "conv/conv_W", "conv/conv_b"},
        Spelling{"", "conv/conv/kernel:0", "conv/conv/bias:0"}, Spelling{"", "conv/conv_12/kernel:0", "conv/conv_12/bias:0"},
        Spelling{"model_weights", "conv/conv/kernel:0", "conv/conv/bias:0"},
        Spelling{"model_weights", "conv/conv/kernel", "conv/conv/bias"}}) {
    CAPTURE(kernel_name);
    const std::string inside = prefix.empty() ? "" : prefix + '/';
    const int64_t step = 3;
    Hdf5(folder / "a.h5")
        .group(inside + "input_1")
        .text(prefix.empty() ? "/" : prefix, "layer_names", "conv")
        .variable_text("/", "model_config", "{}")
        .floats(inside + kernel_name, hwio, kernel())
        .floats(inside + bias_name, {5}, bias)
        .data("optimizer_weights/iteration:0", {1}, H5T_STD_I64LE, &step);
    const NamedArrays arrays = read_keras_weights(folder / "a.h5");
    CHECK(names(arrays) == std::vector<std::string>{"conv/bias", "conv/kernel"});
    check_kernel(arrays.at("conv/kernel"));
    CHECK(arrays.at("conv/bias").values == bias);
  }
}

TEST_CASE("a Keras 2 model within a model keeps both names, other parameters keep their own") {
  const Folder folder;
  Hdf5(folder / "a.h5")
      .text("/", "layer_names", "vgg16")
      .floats("vgg16/conv/bias:0", {5}, bias)
      .floats("norm/norm/moving_mean:0", {5}, bias);
  CHECK(names(read_keras_weights(folder / "a.h5")) == std::vector<std::string>{"norm/moving_mean", "vgg16/conv/bias"});
}

TEST_CASE("two parameters that would get the same name are refused") {
  const Folder folder;
  Hdf5(folder / "a.h5").floats("conv2d/vars/0", {5}, bias).floats("layers/conv2d/vars/0", {5}, bias);
  CHECK(has(read_refusal(folder / "a.h5"), "is the second conv2d/0"));
}

TEST_CASE("HDF5 that is not from Keras, or has no weights, is refused") {
  const Folder folder;
  Hdf5(folder / "other.h5").floats("a/b", {5}, bias);
  Hdf5(folder / "mixed.h5").floats("conv2d/vars/0", {5}, bias).floats("a/b", {5}, bias);
  Hdf5(folder / "none.h5").text("/", "layer_names", "input").group("input");
  Hdf5(folder / "double.h5").data("conv2d/vars/0", {1}, H5T_IEEE_F64LE, std::vector<double>{1}.data());
  CHECK(has(read_refusal(folder / "other.h5"), "neither a Keras 3"));
  CHECK(has(read_refusal(folder / "mixed.h5"), "a/b does not belong"));
  CHECK(has(read_refusal(folder / "none.h5"), "holds no weights"));
  CHECK(has(read_refusal(folder / "double.h5"), "conv2d/vars/0 has values of a type"));
}

TEST_CASE("changed bytes in a Keras file end in an error or in arrays, never otherwise") {
  const Folder folder;
  Hdf5(folder / "a.h5")
      .text("/", "layer_names", "conv")
      .floats("conv/conv/kernel:0", {1, 1, 2, 3}, {1, 2, 3, 4, 5, 6})
      .floats("conv/conv/bias:0", {3}, {1, 2, 3})
      .group("pool");
  const int refused = flipped_bytes(folder / "a.h5", folder / "b.h5", 1500, 5, [&] { read_keras_weights(folder / "b.h5"); });
  CHECK(refused > 100);
}
