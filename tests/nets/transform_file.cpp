#include "nets/transform_file.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "kernels/plan/backend.h"
#include "loaders/onnx.h"
#include "nets/transform_metadata.h"
#include "nets/transform_onnx.h"
#include "tests/nets/exchange.h"
#include "tests/reference/varied.h"

using namespace impasto;

namespace {

void write(const std::string& path, const TransformWeights& weights) {
  if (path.ends_with("onnx") || path.ends_with("ONNX")) return write_onnx(path, transform_onnx(weights));
  if (path.ends_with("ensors")) return write_safetensors(path, transform_safetensors(weights));
  write_weight_file(path, transform_weight_file(weights));
}

void check_same(const TransformWeights& a, const TransformWeights& b) {
  CHECK(a.architecture.text() == b.architecture.text());
  CHECK(a.preprocessing.name == b.preprocessing.name);
  CHECK(a.licence == b.licence);
  CHECK(a.provenance == b.provenance);
  CHECK(a.settings == b.settings);
  REQUIRE(a.styles.size() == b.styles.size());
  for (size_t k = 0; k < a.styles.size(); ++k) {
    CHECK(a.styles[k].name == b.styles[k].name);
    CHECK(a.styles[k].painting == b.styles[k].painting);
  }
  REQUIRE(a.parameters.size() == b.parameters.size());
  for (const auto& [name, array] : a.parameters) {
    CAPTURE(name);
    CHECK(array.shape == b.parameters.at(name).shape);
    CHECK(array.values == b.parameters.at(name).values);
  }
}

template <class Function>
std::string refusal_of(const Function& function) {
  try {
    function();
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a network comes back from every kind of file as it was written") {
  const exchange::Folder folder;
  for (const std::string& text : varied::architectures)
    for (const char* name : {"net.h5", "net.onnx", "net.safetensors", "LOUD.ONNX", "LOUD.SafeTensors"}) {
      CAPTURE(text);
      CAPTURE(name);
      const TransformWeights weights = varied::network(text, "torch");
      write(folder / name, weights);
      const TransformWeights read = read_transform(folder / name);
      CHECK(read.source == folder / name);
      CHECK(is_transform_file(folder / name));
      check_same(weights, read);
      const auto nothing = make_plan_backend();
      CHECK_NOTHROW(TransformNet(*nothing, read));
    }
}

TEST_CASE("running statistics are written as what no optimiser changes") {
  const WeightFile file = transform_weight_file(varied::network("transform:c9s1-4,d6,R6,u4,c9s1-3;norm=batch"));
  CHECK(!file.trainable.at("res1/a/running_var"));
  CHECK(file.trainable.at("res1/a/gamma"));
}

TEST_CASE("a file of another network says what it is") {
  const exchange::Folder folder;
  WeightFile vgg;
  vgg.architecture = "vgg16:2";
  vgg.settings = "{}";
  vgg.licence = vgg.provenance = vgg.created_by = "a test";
  vgg.preprocessing = "hed";
  vgg.parameters["conv1_1/bias"] = {{2}, {1, -1}};
  write_weight_file(folder / "vgg.h5", vgg);
  CHECK(!is_transform_file(folder / "vgg.h5"));
  CHECK(refusal_of([&] { read_transform(folder / "vgg.h5"); }).find("vgg.h5: holds a network of the kind \"vgg16:2\"") != std::string::npos);
  write_safetensors(folder / "vgg.safetensors", {vgg.parameters, {{"impasto.architecture", "vgg16:2"}}});
  CHECK(refusal_of([&] { read_transform(folder / "vgg.safetensors"); }).find("vgg16:2") != std::string::npos);
  write_safetensors(folder / "other.safetensors", {vgg.parameters, {}});
  CHECK(refusal_of([&] { read_transform(folder / "other.safetensors"); }).starts_with(folder / "other.safetensors: has no array named"));
  CHECK(refusal_of([&] { read_transform(folder / "none.onnx"); }).starts_with(folder / "none.onnx"));
}

TEST_CASE("metadata that lacks something and parameters that have changed are refused") {
  const exchange::Folder folder;
  const Safetensors good = transform_safetensors(varied::network(varied::architectures[5]));
  const auto refusal = [&](const Safetensors& file) {
    write_safetensors(folder / "net.safetensors", file);
    return refusal_of([&] { read_transform(folder / "net.safetensors"); });
  };
  CHECK(refusal(good) == "");
  for (const auto& [key, value] : good.metadata) {
    CAPTURE(key);
    Safetensors file = good;
    file.metadata.erase(key);
    CHECK(refusal(file) != "");
  }
  Safetensors file = good;
  file.arrays["conv1/weight"].values[0] += 1;
  CHECK(refusal(file).find("its parameters are not those") != std::string::npos);
  for (const char* styles : {"{", "[1]", "[{\"name\": 3, \"painting\": \"x\"}]", "[{\"name\": \"x\"}]"}) {
    file = good;
    file.metadata["impasto.styles"] = styles;
    CHECK(refusal(file).find("no list of names and paintings") != std::string::npos);
  }
  file = good;
  file.metadata["impasto.architecture"] = "transform:q3";
  CHECK(refusal(file).find("q3") != std::string::npos);
}
