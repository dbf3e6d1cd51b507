// `impasto weights export` and `import` from outside: a network goes round all formats and comes back.
#include <doctest/doctest.h>

#include <filesystem>

#include "loaders/safetensors.h"
#include "nets/hed_file.h"
#include "nets/transform_file.h"
#include "tests/nets/narrow_hed.h"
#include "tests/reference/varied.h"
#include "tests/tools/studio.h"

using namespace impasto;

namespace {

struct Workplace : studio::Studio {
  studio::Answer weights(const std::string& words) const { return shell("'" IMPASTO_PROGRAM "' weights " + words + " 2>&1"); }
};

}  // namespace

TEST_CASE("a network goes round all formats and comes back, with what is known of it") {
  const Workplace place;
  const TransformWeights network = varied::network(varied::architectures[5]);
  write_weight_file(place.path + "/net.h5", transform_weight_file(network));
  CHECK(place.weights("export net.h5 -o net.onnx").code == 0);
  CHECK(place.weights("import net.onnx -o second.h5").code == 0);
  CHECK(place.weights("export second.h5 -o net.safetensors").code == 0);
  CHECK(place.weights("import net.safetensors -o third.h5 --as transform --licence MIT").code == 0);
  const WeightFile back = read_weight_file(place.path + "/third.h5");
  CHECK(back.content_hash == content_hash(network.parameters));
  CHECK(back.architecture == network.architecture.text());
  CHECK(back.styles.size() == 3);
  CHECK(back.licence == "MIT");
  CHECK(back.provenance.starts_with("made by a test; imported from net.onnx (SHA-256 "));
  for (const char* file : {"net.h5", "net.onnx", "net.safetensors"}) {
    const studio::Answer verified = place.weights(std::string("verify ") + file);
    CHECK(verified.code == 0);
    CHECK(verified.has("styles=3"));
    CHECK(verified.has("style 2  style-2"));
    CHECK(place.weights(std::string("inspect ") + file).has("res1/a/gamma"));
  }
}

TEST_CASE("VGG is exported to safetensors only") {
  const Workplace place;
  CHECK(place.weights("export vgg.h5 -o vgg.safetensors").code == 0);
  CHECK(read_safetensors(place.path + "/vgg.safetensors").arrays.at("conv1_1/bias").values == studio::narrow_vgg().parameters.at("conv1_1/bias").values);
  const studio::Answer refused = place.weights("export vgg.h5 -o vgg.onnx");
  CHECK(refused.code == 2);
  CHECK(refused.has("exported to .safetensors only"));
  CHECK(!place.there("vgg.onnx"));
}

TEST_CASE("imports that are not what they are called, or do not say, are refused") {
  const Workplace place;
  write_safetensors(place.path + "/net.safetensors", transform_safetensors(varied::network(varied::architectures[3])));
  const studio::Answer other = place.weights("import net.safetensors -o out.h5 --as vgg16");
  CHECK(other.code == 1);
  CHECK(other.has("net.safetensors: is a transform, not a vgg16; say --as transform"));
  const studio::Answer unsaid = place.weights("import vgg.h5 -o out.h5");
  CHECK(unsaid.code == 2);
  CHECK(unsaid.has("--as vgg16"));
  CHECK(!place.there("out.h5"));
  TransformWeights damaged = varied::network(varied::architectures[3]);
  damaged.parameters.erase("conv1/gamma");
  damaged.parameters["res1/a/weight"].shape = {6, 6, 9, 1};
  write_safetensors(place.path + "/damaged.safetensors", transform_safetensors(damaged));
  const studio::Answer refused = place.weights("verify damaged.safetensors");
  CHECK(refused.code == 1);
  CHECK(refused.lines() == 1);
  CHECK(refused.has("conv1/gamma is missing"));
  CHECK(refused.has("res1/a/weight is [6,6,9,1], needs [6,6,3,3]"));
}

TEST_CASE("networks of PyTorch and Torch7 are imported, verified and listed, and painted with") {
  const Workplace place;
  for (const std::string name : {"examples.pth", "examples_legacy.pth", "fast_neural_style.t7"}) {
    CAPTURE(name);
    std::filesystem::copy_file(IMPASTO_TEST_DATA "/" + name, place.path + '/' + name);
    CHECK(place.weights("import " + name + " -o " + name + ".h5").code == 0);
    const WeightFile imported = read_weight_file(place.path + '/' + name + ".h5");
    const TransformWeights direct = read_transform(place.path + '/' + name);
    CHECK(imported.architecture == direct.architecture.text());
    CHECK(imported.content_hash == content_hash(direct.parameters));
    CHECK(imported.provenance.starts_with("imported from " + name + " (SHA-256 "));
    CHECK(place.weights("verify " + name).has("sound; transform:c9s1-"));
    CHECK(place.shell("'" IMPASTO_PROGRAM "' stylize photo.png --style " + name + " -o " + name + ".png").code == 0);
    CHECK(place.there(name + ".png"));
  }
  CHECK(place.weights("import examples.pth -o other.pth").code == 2);
  CHECK(!place.there("other.pth"));
  CHECK(place.weights("inspect examples_legacy.pth").has("in1.num_batches_tracked"));
  CHECK(place.weights("inspect fast_neural_style.t7").has("reflect-start"));
  std::filesystem::copy_file(place.path + "/examples.pth", place.path + "/wrong.h5");
  CHECK(place.weights("verify wrong.h5").has("if PyTorch wrote it, its name must end in .pth"));
}

TEST_CASE("monodepth2 is imported from its two files; a second file of anything else is refused") {
  const Workplace place;
  for (const std::string name : {"encoder", "depth"})
    std::filesystem::copy_file(IMPASTO_TEST_DATA "/monodepth_" + name + ".pth", place.path + '/' + name + ".pth");
  const studio::Answer imported = place.weights("import encoder.pth depth.pth --as monodepth -o net.h5 --licence research");
  CAPTURE(imported.said);
  CHECK(imported.code == 0);
  CHECK(imported.has("net.h5: sound; monodepth18:4, preprocessing unit"));
  const WeightFile file = read_weight_file(place.path + "/net.h5");
  CHECK(file.provenance.starts_with("imported from encoder.pth (SHA-256 "));
  CHECK(file.provenance.find(") and depth.pth (SHA-256 ") != std::string::npos);
  CHECK(file.licence == "research");
  CHECK(place.weights("verify net.h5").code == 0);
  CHECK(place.weights("import net.h5 --as monodepth -o again.h5").code == 0);
  const std::pair<std::string, std::string> refused[] = {
      {"import encoder.pth depth.pth -o out.h5", "only monodepth2 lies in more than one file"},
      {"import encoder.pth --as monodepth -o out.h5", "monodepth2 lies in two files, encoder.pth and depth.pth; give both"},
      {"import net.h5 depth.pth --as monodepth -o out.h5", "monodepth2 lies in two files"},
      {"import encoder.pth depth.pth net.h5 --as monodepth -o out.h5", "At Most 2"}};
  for (const auto& [words, reason] : refused) {
    CAPTURE(words);
    const studio::Answer answer = place.weights(words);
    CAPTURE(answer.said);
    CHECK(answer.code == 2);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK(place.weights("import net.h5 --as hourglass -o out.h5").has("is a monodepth18, not a hourglass; say --as monodepth"));
  CHECK(!place.there("out.h5"));
}

TEST_CASE("HED is verified, and imported only as what it is") {
  const Workplace place;
  write_weight_file(place.path + "/edges.h5", hed_weight_file(narrow::hed_weights()));
  CHECK(place.weights("verify edges.h5").has("sound; hed:4,6,8,10,12, preprocessing hed, 38 parameters"));
  CHECK(place.weights("import edges.h5 --as hed -o again.h5").code == 0);
  WeightFile damaged = hed_weight_file(narrow::hed_weights());
  damaged.parameters.erase("side3/bias");
  write_weight_file(place.path + "/damaged.h5", damaged);
  CHECK(place.weights("verify damaged.h5").has("1 of 38 parameters do not fit HED: side3/bias is missing"));
  CHECK(place.weights("import damaged.h5 --as hed -o out.h5").code == 1);
  std::filesystem::copy_file(IMPASTO_TEST_DATA "/examples.pth", place.path + "/examples.pth");
  const studio::Answer other = place.weights("import examples.pth --as hed -o out.h5");
  CHECK(other.code == 1);
  CHECK(other.has("examples.pth: is not the edge network HED, "));
  CHECK(!place.there("out.h5"));
}
