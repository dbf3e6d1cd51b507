// What `impasto bench net --save` writes for other programs.
#include "layers/run_case.h"
#include "loaders/safetensors.h"
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

}  // namespace

TEST_CASE("bench net --save writes a network and a picture that belong together, in the numbers the network was trained on") {
  const Gallery gallery;
  check_saved(gallery, "styles26", 1.0 / 255, {1, 0, 0});
  check_saved(gallery, "'transform:c3s1-8,c3s2-8,R8,n2-8,c3s1-3;padding=reflect;output=linear'", 1, {});
}

TEST_CASE("bench net says what is wrong with an architecture") {
  const Answer answer = Gallery().run("bench net transform:c3s1-8,x9 --size 24 --repeats 1");
  CHECK(answer.code == 2);
  CHECK(answer.has("x9"));
}
