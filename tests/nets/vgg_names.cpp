#include "nets/vgg_names.h"

#include <doctest/doctest.h>

#include "engine/error.h"

using namespace impasto;

namespace {

// What the layouts call convolution `conv` of `block`, after `before` others.
std::string keras2(int block, int conv, int) { return "block" + std::to_string(block) + "_conv" + std::to_string(conv); }
std::string counted(int n) { return n == 0 ? "conv2d" : "conv2d_" + std::to_string(n); }
std::string row(int, int, int before) { return counted(before); }
std::string nested(int block, int conv, int) { return "block" + std::to_string(block) + "/" + counted(conv - 1); }

using Namer = std::string (*)(int, int, int);

// Every array is filled with its own number: block * 10 + conv, plus 0.5 for a bias.
NamedArrays keras_vgg(Namer name, bool is19) {
  const int64_t widths[] = {3, 64, 128, 256, 512, 512};
  const int depths[] = {2, 2, is19 ? 4 : 3, is19 ? 4 : 3, is19 ? 4 : 3};
  NamedArrays arrays;
  int before = 0;
  for (int block = 1; block <= 5; ++block)
    for (int conv = 1; conv <= depths[block - 1]; ++conv, ++before) {
      const int64_t out = widths[block], in = conv == 1 ? widths[block - 1] : out;
      const std::string layer = name(block, conv, before);
      arrays[layer + (name == keras2 ? "/kernel" : "/0")] = {{out, in, 3, 3}, std::vector<float>(out * in * 9, block * 10 + conv)};
      arrays[layer + (name == keras2 ? "/bias" : "/1")] = {{out}, std::vector<float>(out, block * 10 + conv + 0.5f)};
    }
  return arrays;
}

std::string refusal_of(const NamedArrays& arrays) {
  try {
    vgg_from_keras(arrays);
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("VGG's convolutions are found under each of Keras' names") {
  for (const Namer name : {keras2, row, nested})
    for (const bool is19 : {false, true}) {
      NamedArrays keras = keras_vgg(name, is19);
      keras["dense/0"] = {{1}, {0}};
      keras["dsn1/0"] = {{1}, {0}};
      const NamedArrays vgg = vgg_from_keras(keras);
      REQUIRE(vgg.size() == (is19 ? 32 : 26));
      for (const auto& [ours, array] : vgg) {
        const float number = std::stoi(ours.substr(4, 1)) * 10 + std::stoi(ours.substr(6, 1));
        REQUIRE(array.values[0] == (ours.ends_with("/weight") ? number : number + 0.5f));
      }
      CHECK(vgg.at("conv1_1/weight").shape == std::vector<int64_t>{64, 3, 3, 3});
      CHECK(vgg.at("conv5_3/bias").shape == std::vector<int64_t>{512});
      CHECK(vgg.contains("conv5_4/weight") == is19);
    }
}

TEST_CASE("all that is missing or misshapen stands in one error") {
  NamedArrays keras = keras_vgg(keras2, false);
  keras.erase("block2_conv2/bias");
  keras["block3_conv1/kernel"].shape = {256, 256, 3, 3};
  keras["block1_conv1/kernel"].shape = {};
  CHECK(refusal_of(keras) ==
        "3 of 26 parameters do not fit vgg16: block1_conv1/kernel is [], needs [64,3,3,3]; block2_conv2/bias is missing; "
        "block3_conv1/kernel is [256,256,3,3], needs [256,128,3,3]");
}

TEST_CASE("a VGG-19 that lacks a convolution is not taken for a VGG-16") {
  for (const Namer name : {keras2, nested}) {
    NamedArrays keras = keras_vgg(name, true);
    keras.erase(name(3, 4, 7) + (name == keras2 ? "/kernel" : "/0"));
    keras.erase(name(3, 4, 7) + (name == keras2 ? "/bias" : "/1"));
    CHECK(refusal_of(keras).starts_with("2 of 32 parameters do not fit vgg19"));
  }
}

TEST_CASE("weights of another network are not VGG's") {
  CHECK(refusal_of({{"dense/0", {{1}, {0}}}}).find("not VGG's") != std::string::npos);
}
