// `impasto stylize --style-image` from outside: what it paints is what the library paints, and wrong calls end with a sentence.
#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "loaders/colour.h"
#include "loaders/median.h"
#include "loaders/resize.h"
#include "nets/adain_file.h"
#include "nets/monodepth_file.h"
#include "tests/nets/painting_adain.h"
#include "tests/nets/narrow_monodepth.h"
#include "tests/tools/gallery.h"
#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

constexpr double rounding = 0.51, of_backends = 1.5;  // of 255 levels: a value to the nearest, and 16-bit products on the way

/// A photo, paintings a.png and b.png, and in the cache a narrow VGG, a decoder for it and a depth network.
struct Easel : Gallery {
  Easel() {
    write_picture(path + "/a.png", picture(3, 50, 60));
    Picture dark = picture(5, 44, 40);
    for (float& value : dark.rgb) value *= 0.4f;
    write_picture(path + "/b.png", dark);
    write_weight_file(path + "/cache/vgg16.h5", narrow_vgg());
    write_weight_file(path + "/cache/adain.h5", adain_weight_file(narrow::painting_decoder()));
    write_weight_file(path + "/cache/hourglass.h5", monodepth_weight_file(narrow::monodepth_weights("monodepth18:4")));
  }
  /// The picture that `impasto stylize photo.png words` makes.
  Picture paint(const std::string& words) const {
    const Answer answer = run("stylize photo.png -o out.png --precision exact " + words);
    CAPTURE(answer.said);
    REQUIRE(answer.code == 0);
    return read("out.png");
  }
  /// What the library paints after these paintings.
  Picture wanted(const std::vector<Picture>& paintings, const AdainPaintSettings& settings = {}) const {
    const auto cpu = make_cpu_backend();
    const Adain network(*cpu, narrow::painting_encoder(), narrow::painting_decoder());
    std::vector<ChannelStatistics> statistics;
    for (const Picture& painting : paintings) statistics.push_back(painting_statistics(network, painting));
    return adain_paint(network, read("photo.png"), statistics, settings);
  }
  Picture a() const { return read("a.png"); }
  Picture b() const { return read("b.png"); }
  void write_grey(const std::string& name, int width, int height, float left, float right) const {
    Picture grey;
    grey.width = width;
    grey.height = height;
    for (int i = 0; i < 3 * width * height; i++) grey.rgb.push_back(i % width < width / 2 ? left : right);
    write_picture(path + '/' + name, grey);
  }
};

AdainPaintSettings depth(const std::string& text) {
  AdainPaintSettings settings;
  settings.depth = parse_mask(text);
  return settings;
}

}  // namespace

TEST_CASE("a painting, several of them with weights, and strength are those of the library") {
  const Easel easel;
  CHECK(largest_difference(easel.paint("--style-image a.png"), easel.wanted({easel.a()})) < rounding);
  CHECK(largest_difference(easel.paint("--style-image a.png --method adain --adain adain --encoder cache/vgg16.h5"), easel.wanted({easel.a()})) < rounding);
  CHECK(largest_difference(easel.wanted({easel.a()}), easel.wanted({easel.b()})) > 5);
  AdainPaintSettings settings;
  settings.blend = {3, 1};
  CHECK(largest_difference(easel.paint("--style-image a.png:3 --style-image b.png:1"), easel.wanted({easel.a(), easel.b()}, settings)) < rounding);
  CHECK(largest_difference(easel.paint("--style-image a.png:1 --style-image b.png:0"), easel.wanted({easel.a()})) < rounding);
  settings.blend = {1, 1};
  settings.strength = 0.4;
  CHECK(largest_difference(easel.paint("--style-image a.png --style-image b.png --strength 0.4"), easel.wanted({easel.a(), easel.b()}, settings)) < rounding);
  fs::copy(easel.path + "/b.png", easel.path + "/a:7.png");
  fs::copy(easel.path + "/b.png", easel.path + "/a:7");
  CHECK(largest_difference(easel.paint("--style-image a:7"), easel.wanted({easel.b()})) < rounding);
  CHECK(largest_difference(easel.paint("--style-image a:7.png:2"), easel.wanted({easel.b()})) < rounding);
}

TEST_CASE("--style-size resizes paintings, and large ones are made small without it") {
  const Easel easel;
  CHECK(largest_difference(easel.paint("--style-image a.png --style-size 30"), easel.wanted({resize_longest(easel.a(), 30)})) < rounding);
  write_picture(easel.path + "/large.png", picture(3, 700, 90));
  CHECK(largest_difference(easel.paint("--style-image large.png"), easel.wanted({resize_longest(easel.read("large.png"), 512)})) < rounding);
}

TEST_CASE("colours are given to the paintings beforehand, luminance is kept afterwards") {
  const Easel easel;
  const Picture photo = easel.read("photo.png");
  for (const auto& [word, how] : {std::pair{"histogram", KeepColour::histogram}, {"cholesky", KeepColour::cholesky}, {"coral", KeepColour::coral}}) {
    CAPTURE(word);
    const std::string words = std::string("--style-image b.png --keep-color ") + word;
    const Picture wanted = easel.wanted({keep_colour(easel.b(), photo, how)});
    CHECK(largest_difference(easel.paint(words), wanted) < rounding);
    CHECK(largest_difference(wanted, easel.wanted({easel.b()})) > 2);
  }
  CHECK(largest_difference(easel.paint("--style-image a.png --keep-color luminance --median 3"),
                           keep_colour(median(easel.wanted({easel.a()}), 3), photo, KeepColour::luminance)) < rounding);
}

TEST_CASE("depth is a picture, a gradient, or what a network sees, with a range and inverted") {
  const Easel easel;
  CHECK(largest_difference(easel.paint("--style-image a.png --depth gradient:left"), easel.wanted({easel.a()}, depth("gradient:left"))) < rounding);
  CHECK(largest_difference(easel.paint("--style-image a.png --depth gradient:left --depth-invert --depth-range 0.2,0.8"),
                           easel.wanted({easel.a()}, depth("gradient:left:invert:range(0.2,0.8)"))) < rounding);
  easel.write_grey("white.png", 47, 34, 1, 1);
  easel.write_grey("half.png", 94, 68, 0, 1);
  const Picture whole = easel.paint("--style-image a.png");
  CHECK(easel.paint("--style-image a.png --depth white.png").rgb == whole.rgb);
  CHECK(easel.paint("--style-image a.png --depth white.png --depth-invert").rgb == easel.paint("--style-image a.png --strength 0").rgb);
  AdainPaintSettings settings = depth("half.png");
  settings.depth->picture = easel.read("half.png");
  CHECK(largest_difference(easel.paint("--style-image a.png --depth half.png"), easel.wanted({easel.a()}, settings)) < rounding);
  CHECK(easel.paint("--style-image a.png --depth half.png --size 20").width == 20);

  const auto cpu = make_cpu_backend();
  Plane seen = depth_map(DepthNetwork(*cpu, read_depth_network(easel.path + "/cache/hourglass.h5")), easel.read("photo.png"));
  const auto [least, most] = std::minmax_element(seen.values.begin(), seen.values.end());
  Picture map;
  map.width = seen.width;
  map.height = seen.height;
  const float from = *least, range = *most - *least;
  for (int c = 0; c < 3; c++)
    for (const float v : seen.values) map.rgb.push_back((v - from) / range);
  settings = depth("depth:range(-0.5,1)");
  settings.depth->picture = map;
  CHECK(largest_difference(easel.paint("--style-image a.png --depth-aware --depth-range=-0.5,1"), easel.wanted({easel.a()}, settings)) < of_backends);
}

TEST_CASE("masks put each painting where it belongs") {
  const Easel easel;
  AdainPaintSettings settings;
  settings.style_masks = {parse_mask("gradient:top"), parse_mask("gradient:bottom")};
  CHECK(largest_difference(easel.paint("--style-image a.png --style-image b.png --style-mask gradient:top --style-mask gradient:bottom"),
                           easel.wanted({easel.a(), easel.b()}, settings)) < rounding);
  easel.write_grey("m.png", 47, 34, 1, 0);
  settings.style_masks = {parse_mask("m.png"), parse_mask("m.png:invert")};
  for (MaskSpec& mask : settings.style_masks) mask.picture = easel.read("m.png");
  CHECK(largest_difference(easel.paint("--style-image a.png --style-image b.png --style-mask m.png --style-mask m.png:invert"),
                           easel.wanted({easel.a(), easel.b()}, settings)) < rounding);
  CHECK(easel.paint("--style-image a.png --style-image b.png --style-mask depth --style-mask depth:invert").width == 47);
}

TEST_CASE("any size, folders, alpha, and a report that says how") {
  const Easel easel;
  fs::create_directories(easel.path + "/photos/sub");
  write_picture(easel.path + "/photos/one.png", picture(2, 1, 1));
  write_picture(easel.path + "/photos/sub/odd.png", picture(2, 3, 41));
  Picture clear = picture(1, 21, 13);
  for (size_t i = 0; i < clear.pixels(); i++) clear.alpha.push_back(i % 2 ? 1.0f : 0.0f);
  write_picture(easel.path + "/photos/clear.png", clear);
  const Answer answer = easel.run("stylize photos --style-image a.png:1 --style-image b.png:3 --depth-aware --strength 0.5 -o out --json run.json");
  CAPTURE(answer.said);
  REQUIRE(answer.code == 0);
  CHECK(easel.read("out/one.png").width == 1);
  CHECK(easel.read("out/sub/odd.png").height == 41);
  CHECK(easel.read("out/clear.png").alpha == clear.alpha);
  const auto json = easel.json("run.json")["pictures"];
  REQUIRE(json.size() == 3);
  CHECK(json[0]["net"] == "cache/adain.h5");
  CHECK(json[0]["encoder"] == "cache/vgg16.h5");
  CHECK(json[0]["paintings"][1]["painting"] == "b.png");
  CHECK(json[0]["paintings"][1]["weight"] == 0.75);
  CHECK(json[0]["depth"] == "cache/hourglass.h5");
  for (const auto& one : json) {
    CHECK(one["mean_strength"].get<double>() >= 0);
    CHECK(one["mean_strength"].get<double>() <= 0.5);
  }
}

TEST_CASE("a wrong call by AdaIN ends with one sentence and no picture") {
  const Easel easel;
  easel.write_grey("tall.png", 34, 47, 0, 1);
  const std::tuple<std::string, int, std::string> wrong[] = {
      {"--method adain", 2, "--style-image is missing: give the painting"},
      {"--depth-aware", 2, "--style-image is missing, for which --depth-aware is"},
      {"--style one.h5 --style-image a.png", 2, "--style-image is for AdaIN, and --style names a network"},
      {"--style one.h5 --style-image a.png --method adain", 2, "--style one.h5 is painted by a network"},
      {"--style one.h5 --depth-invert", 2, "--depth-invert is for AdaIN"},
      {"--style-image a.png --method network", 2, "--style-image is for AdaIN"},
      {"--style-image a.png:-1", 2, "\"-1\" is no weight"},
      {"--style-image a.png:much", 2, "\"much\" is no weight"},
      {"--style-image a.png:1 --style-image b.png", 2, "gives some paintings a weight and others none"},
      {"--style-image a.png:0 --style-image b.png:0", 2, "all weights of the blend are 0"},
      {"--style-image :1", 2, "names no painting"},
      {"--style-image missing.png", 1, "missing.png: "},
      {"--style-image a.png --style-mask gradient:top --style-mask gradient:left", 2, "--style-mask is given 2 times for 1 paintings"},
      {"--style-image a.png --style-mask gradient:up", 2, "there are gradient:top"},
      {"--style-image a.png --depth-aware --depth gradient:left", 2, "leave one of them out"},
      {"--style-image a.png --depth-range 0,1", 2, "--depth-range changes nothing without a depth"},
      {"--style-image a.png --depth-invert", 2, "--depth-invert changes nothing without a depth"},
      {"--style-image a.png --depth-aware --depth-range 1,0", 2, "--depth-range 1,0 is no range"},
      {"--style-image a.png --depth-aware --depth-range 1", 2, "--depth-range 1 is no range"},
      {"--style-image a.png --depth tall.png", 2, "tall.png has 34x47 pixels and photo.png 47x34, so it is not the depth of this photo"},
      {"--style-image a.png --depth missing.png", 1, "missing.png: "},
      {"--style-image a.png --depth 'gradient:left:linear(0,2)'", 2, "what says how strongly a place is painted is 0 to 1"},
      {"--style-image a.png --depth-aware --depth-net none", 1, "there is no network none, neither as a file nor as cache/none.h5"},
      {"--style-image a.png --adain none", 1, "there is no network none, neither as a file nor as cache/none.h5: "},
      {"--style-image a.png --adain cache/hourglass.h5", 1, "not a decoder of AdaIN"},
      {"--style-image a.png --encoder one.h5", 1, "one.h5: "},
      {"photo.png a.png --style-image a.png --depth tall.png -o out", 2, "is the depth of one photo, and there are several"},
  };
  for (const auto& [words, code, reason] : wrong) {
    CAPTURE(words);
    const bool whole = words.starts_with("photo.png");
    const Answer answer = easel.run("stylize " + (whole ? "" : std::string("photo.png -o out.png ")) + words);
    CAPTURE(answer.said);
    CHECK(answer.code == code);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(easel.there("out.png"));
  CHECK_FALSE(easel.there("out"));
}
