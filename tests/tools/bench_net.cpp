// What `impasto bench net --save` writes for other programs.
#include <set>

#include "layers/run_case.h"
#include "loaders/onnx.h"
#include "loaders/safetensors.h"
#include "nets/adain.h"
#include "nets/stylize.h"
#include "tests/tolerance.h"
#include "tests/tools/gallery.h"
#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

// What the saved network makes of the saved image, both in 0..255 times `scale`.
void check_saved(const Gallery& gallery, const std::string& words, double scale, const std::vector<double>& blend) {
  const Answer answer = gallery.run("bench net " + words + " --size 24 --repeats 1 --precision exact --save out");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  const Safetensors saved = read_safetensors(gallery.path + "/out/picture.safetensors");
  const Array &image = saved.arrays.at("image"), &painting = saved.arrays.at("painting");
  REQUIRE(image.shape == std::vector<int64_t>{1, 3, 24, 24});
  REQUIRE(painting.shape == image.shape);
  const auto backend = make_cpu_backend();
  const TransformNet net(*backend, read_transform(gallery.path + "/out/net.h5"));
  const NoGrad nothing_recorded;
  std::vector<float> pixels = image.values;
  for (float& v : pixels) v = float(v / scale);
  CHECK(*std::max_element(pixels.begin(), pixels.end()) > 200);
  const Variable x(from_host(*backend, {1, 3, 24, 24}, pixels.data()));
  std::vector<double> wanted = to_host_f64(net(x, blend.empty() ? Variable() : style_blend(*backend, {blend})).value());
  for (double& v : wanted) v *= scale;
  CHECK(relative_error({painting.values.begin(), painting.values.end()}, wanted) < tolerance::f32);
}

NamedArrays part_of(const NamedArrays& all, const std::string& prefix) {
  NamedArrays part;
  for (const auto& [name, array] : all)
    if (name.starts_with(prefix)) part[name.substr(prefix.size())] = array;
  return part;
}

}  // namespace

TEST_CASE("bench net --save writes a network and a picture that belong together, in the numbers the network was trained on") {
  const Gallery gallery;
  check_saved(gallery, "styles26", 1.0 / 255, {1, 0, 0});
  check_saved(gallery, "'transform:c3s1-8,c3s2-8,R8,n2-8,c3s1-3;padding=reflect;output=linear'", 1, {});
}

TEST_CASE("bench net --save of AdaIN: the saved arrays paint what was saved, and the graph has them all") {
  const Gallery gallery;
  const Answer answer = gallery.run("bench net adain:vgg16:4,6,8,10 --size 24 --repeats 1 --precision exact --save out");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  const Safetensors picture = read_safetensors(gallery.path + "/out/picture.safetensors"), net = read_safetensors(gallery.path + "/out/net.safetensors");
  const Array &image = picture.arrays.at("image"), &painting = picture.arrays.at("painting");
  REQUIRE(image.shape == std::vector<int64_t>{1, 3, 24, 24});
  REQUIRE(painting.shape == image.shape);
  VggWeights encoder{"saved", vgg_architecture("vgg16:4,6,8,10"), preprocessing("caffe"), part_of(net.arrays, "encoder/")};
  for (const char* name : {"conv4_2", "conv4_3"}) {  // behind relu4_1, and not saved
    encoder.parameters[std::string(name) + "/weight"] = {{10, 10, 3, 3}, std::vector<float>(900)};
    encoder.parameters[std::string(name) + "/bias"] = {{10}, std::vector<float>(10)};
  }
  const auto backend = make_cpu_backend();
  const Adain adain_net(*backend, encoder, {"saved", encoder.architecture, part_of(net.arrays, "decoder/")});
  const auto row = [&](const char* name) { return from_host(*backend, {1, 10, 1, 1}, net.arrays.at(name).values.data()); };
  const NoGrad nothing_recorded;
  const Variable x = adain_net.encode(Variable(from_host(*backend, {1, 3, 24, 24}, image.values.data())));
  const Variable y = adain_net.decode(adain(x, {row("style/mean"), row("style/deviation")}));
  CHECK(relative_error({painting.values.begin(), painting.values.end()}, to_host_f64(y.value())) < tolerance::f32);

  const OnnxModel model = read_onnx(gallery.path + "/out/net.onnx");
  for (const auto& [name, array] : net.arrays)
    if (!name.starts_with("style/")) CHECK(model.initialisers.at(name).floats == array.values);
  // What each node reads was there before it.
  std::set<std::string> there{"", "image", "style_mean", "style_deviation"};
  for (const auto& [name, tensor] : model.initialisers) there.insert(name);
  for (const OnnxNode& node : model.nodes) {
    for (const std::string& input : node.inputs) CHECK(there.contains(input));
    there.insert(node.outputs.begin(), node.outputs.end());
  }
  CHECK(there.contains("painting"));
  CHECK(std::count_if(model.nodes.begin(), model.nodes.end(), [](const OnnxNode& n) { return n.op == "Conv"; }) == 1 + 8 + 8);
}

TEST_CASE("bench net says what is wrong with an architecture") {
  const Answer answer = Gallery().run("bench net transform:c3s1-8,x9 --size 24 --repeats 1");
  CHECK(answer.code == 2);
  CHECK(answer.has("x9"));
}
