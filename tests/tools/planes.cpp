// `impasto depth` and `impasto edges` from outside, with narrow networks of seeded weights.
#include <doctest/doctest.h>

#include <limits>

#include "kernels/cpu/backend.h"
#include "loaders/colour_map.h"
#include "loaders/plane_file.h"
#include "nets/depth_map.h"
#include "nets/hed_file.h"
#include "nets/monodepth_file.h"
#include "tests/nets/narrow_hed.h"
#include "tests/nets/narrow_monodepth.h"
#include "tests/tools/shell.h"
#include "tools/memory.h"
#include "tools/plane_run.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

constexpr double step16 = 1.0 / 65535, step8 = 1.0 / 255;

// Less sure than narrow::hed_weights() of anything, so that its edges keep away from 0 and 1.
HedWeights unsure_hed() {
  HedWeights weights = narrow::hed_weights();
  for (float& value : weights.parameters.at("fuse/weight").values) value *= 0.002f;
  return weights;
}

// Narrow monodepth2 goes by the name of the usual depth network here, which would take seconds.
struct Lookout : Folder {
  Lookout() {
    fs::create_directory(path + "/cache");
    write_weight_file(path + "/cache/hourglass.h5", monodepth_weight_file(narrow::monodepth_weights("monodepth18:4")));
    write_weight_file(path + "/cache/hed.h5", hed_weight_file(unsure_hed()));
    write_picture(path + "/photo.png", picture(1, 47, 34));
  }
  Answer run(const std::string& words, const std::string& behind = " 2>&1") const {
    return shell("'" IMPASTO_PROGRAM "' " + words + behind);
  }
  Answer shell(const std::string& line) const { return studio::shell("cd '" + path + "' && export IMPASTO_CACHE=cache && " + line); }
  Plane plane(const std::string& name) const { return read_plane(path + '/' + name); }
};

void stretch(Plane& plane) {
  const auto [least, largest] = std::minmax_element(plane.values.begin(), plane.values.end());
  const float low = *least, range = *largest - *least;
  for (float& value : plane.values) value = (value - low) / range;
}

Plane depth_of(const Picture& photo, const InputSize& size = {}) {
  const auto backend = make_cpu_backend();
  Plane plane = depth_map(DepthNetwork(*backend, narrow::monodepth_weights("monodepth18:4")), photo, size);
  stretch(plane);
  return plane;
}

Plane edges_of(const Picture& photo, const InputSize& size = {}) {
  const auto backend = make_cpu_backend();
  return edge_map(Hed(*backend, unsure_hed()), photo, size);
}

double largest_difference(const Plane& a, const Plane& b) {
  if (a.width != b.width || a.height != b.height) return 1e9;
  double worst = 0;
  for (size_t i = 0; i < a.values.size(); i++) worst = std::max(worst, double(std::abs(a.values[i] - b.values[i])));
  return worst;
}

}  // namespace

TEST_CASE("depth is a grey PNG of 16 bits and the photo's size, from the nearest at 0 to the farthest at 1") {
  const Lookout lookout;
  const Answer answer = lookout.run("depth photo.png -o out.png --precision exact --json run.json");
  CAPTURE(answer.said);
  CHECK(answer.code == 0);
  CHECK(answer.lines() == 1);
  CHECK(answer.said.starts_with("out.png: 47x34, "));
  const Picture picture = lookout.read("out.png");
  CHECK(picture.grey);
  CHECK(picture.bits == 16);
  const Plane depth = lookout.plane("out.png");
  CHECK(*std::min_element(depth.values.begin(), depth.values.end()) == 0);
  CHECK(*std::max_element(depth.values.begin(), depth.values.end()) == 1);
  CHECK(largest_difference(depth, depth_of(lookout.read("photo.png"))) < step16);
  const auto report = lookout.json("run.json")["pictures"][0];
  CHECK(report["net"] == "cache/hourglass.h5");
  CHECK(report["width"] == 47);
  CHECK(report["least"].get<double>() >= 0.1);
  CHECK(report["largest"].get<double>() > report["least"].get<double>());
  CHECK(report["seconds"]["network"].get<double>() > 0);
}

TEST_CASE("edges stay what the network says, 0 to 1") {
  const Lookout lookout;
  REQUIRE(lookout.run("edges photo.png -o out.png --precision exact").code == 0);
  const Plane edges = lookout.plane("out.png"), wanted = edges_of(lookout.read("photo.png"));
  CHECK(largest_difference(edges, wanted) < step16);
  CHECK(*std::min_element(edges.values.begin(), edges.values.end()) > 0.01);
  CHECK(*std::max_element(edges.values.begin(), edges.values.end()) < 0.99);
}

TEST_CASE("bits, inverted and in colours") {
  const Lookout lookout;
  const Plane wanted = edges_of(lookout.read("photo.png"));
  Plane inverted = wanted;
  for (float& value : inverted.values) value = 1 - value;
  REQUIRE(lookout.run("edges photo.png -o out.png --precision exact --bits 8 --invert").code == 0);
  CHECK(lookout.read("out.png").bits == 8);
  CHECK(largest_difference(lookout.plane("out.png"), inverted) < 0.51 * step8 + step16);
  const auto in_colours = [&](const std::string& words, const Plane& plane, int bits) {
    REQUIRE(lookout.run("edges photo.png -o out.png --precision exact " + words).code == 0);
    const Picture picture = lookout.read("out.png"), colours = coloured(plane);
    CHECK(picture.bits == bits);
    REQUIRE(picture.rgb.size() == colours.rgb.size());
    double worst = 0;
    for (size_t i = 0; i < picture.rgb.size(); i++) worst = std::max(worst, double(std::abs(picture.rgb[i] - colours.rgb[i])));
    CHECK(worst < 0.51 * step8 + 4 * step16);
  };
  in_colours("--colour", wanted, 8);
  in_colours("--color --invert --bits 16", inverted, 16);
}

TEST_CASE("--size is what the network sees, and the result is of the photo's size all the same") {
  const Lookout lookout;
  const Picture photo = lookout.read("photo.png");
  REQUIRE(lookout.run("depth photo.png -o out.png --precision exact --size 128x96").code == 0);
  CHECK(largest_difference(lookout.plane("out.png"), depth_of(photo, {128, 96})) < step16);
  REQUIRE(lookout.run("edges photo.png -o out.png --precision exact --size 30").code == 0);
  CHECK(largest_difference(lookout.plane("out.png"), edges_of(photo, {30, 0})) < step16);
  CHECK(largest_difference(edges_of(photo), edges_of(photo, {30, 0})) > 0.01);
}

TEST_CASE("a folder's photos become PNGs of their names; what cannot be read is listed at the end, and the others are there") {
  const Lookout lookout;
  fs::create_directories(lookout.path + "/photos/sub");
  write_picture(lookout.path + "/photos/b.jpg", picture(1, 30, 20));
  write_picture(lookout.path + "/photos/sub/a.webp", picture(2, 12, 31));
  std::ofstream(lookout.path + "/photos/broken.png") << "<!DOCTYPE html>";
  for (const std::string command : {"depth", "edges"}) {
    const Answer answer = lookout.run(command + " photos -o " + command + "-out --json run.json --size 64");
    CAPTURE(answer.said);
    CHECK(answer.code == 1);
    CHECK(answer.has("impasto: 1 of 3 pictures failed:\n  photos/broken.png: "));
    CHECK(answer.lines() == 4);
    CHECK(lookout.plane(command + "-out/b.png").width == 30);
    CHECK(lookout.plane(command + "-out/sub/a.png").height == 31);
    CHECK_FALSE(lookout.there(command + "-out/broken.png"));
    CHECK(lookout.json("run.json")["totals"]["failed"] == 1);
    CHECK(lookout.json("run.json")["pictures"][1]["error"].get<std::string>().starts_with("photos/broken.png: "));
  }
}

TEST_CASE("from standard input to standard output, which then holds nothing else") {
  const Lookout lookout;
  const Answer answer = lookout.shell("cat photo.png | '" IMPASTO_PROGRAM "' edges - -o - --precision exact 2>said >piped.png");
  CHECK(answer.code == 0);
  CHECK(lookout.bytes("said").empty());
  CHECK(largest_difference(lookout.plane("piped.png"), edges_of(lookout.read("photo.png"))) < step16);
}

TEST_CASE("a wrong call of depth or edges ends with code 2 and one sentence, before any work") {
  const Lookout lookout;
  const std::pair<std::string, std::string> wrong[] = {
      {"depth photo.png", "--output is required"},
      {"depth photo.png -o out.jpg", "out.jpg: depth and edges are written as PNG; give the name the ending .png"},
      {"depth photo.png -o out.jpg --net missing", "out.jpg: depth and edges are written as PNG"},
      {"edges photo.png -o out.webp --colour", "out.webp: depth and edges are written as PNG"},
      {"edges photo.png -o photo.png", "photo.png is a photo and would be painted over"},
      {"edges photo.png cache -o -", "takes one picture"},
      {"edges photo.png -o out.png --bits 12", "--bits"},
      {"edges photo.png -o out.png --size 3y4", "--size 3y4 is no size: give the longest side, 512, or width and height, 640x192"},
      {"edges photo.png -o out.png --size 30x", "--size 30x is no size"},
      {"edges photo.png -o out.png --size x30", "--size x30 is no size"},
      {"edges photo.png -o out.png --size 0", "--size 0 is no size"},
      {"depth photo.png -o out.png --json out.png", "--json would write over out.png"},
      {"depth photo.png -o - --json -", "--json would write to standard output"},
  };
  for (const auto& [words, reason] : wrong) {
    CAPTURE(words);
    const Answer answer = lookout.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == 2);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(lookout.there("out.png"));
}

TEST_CASE("what a network needs for a large picture is asked for and held against the free memory") {
  if (available_memory() == 0) {
    MESSAGE("skipped: this system does not say how much memory is free");
    return;
  }
  const auto never_there = [] { return std::numeric_limits<size_t>::max() / 2; };
  CHECK_THROWS_AS(check_plane_memory(2000, 1000, never_there), MemoryError);
  CHECK_NOTHROW(check_plane_memory(2000, 1000, [] { return size_t(1); }));
  CHECK_NOTHROW(check_plane_memory(200, 100, never_there));
}

TEST_CASE("what fails in depth or edges ends with code 1 and one sentence") {
  const Lookout lookout;
  write_picture(lookout.path + "/tiny.png", picture(1, 20, 8));
  std::ofstream(lookout.path + "/text.h5") << "<!DOCTYPE html>";
  const std::pair<std::string, std::string> failing[] = {
      {"depth missing.png -o out.png", "missing.png: "},
      {"depth photo.png -o nowhere/out.png", "nowhere/out.png: "},
      {"depth photo.png -o out.png --net missing",
       "there is no network missing, neither as a file nor as cache/missing.h5: give one with --net"},
      {"depth photo.png -o out.png --net text.h5", "text.h5: "},
      {"depth photo.png -o out.png --net hed", "hed.h5: holds a network of the kind \"hed:4,6,8,10,12\", not of depth"},
      {"edges photo.png -o out.png --net hourglass",
       "hourglass.h5: holds a network of the kind \"monodepth18:4\", not the edge network HED"},
      {"edges tiny.png -o out.png", "at least 9x9 pixels"},
      {"edges photo.png -o out.png --size 65535", "use a smaller --size"},
      {"depth photo.png -o out.png --size 65535", "use a smaller --size"},
  };
  for (const auto& [words, reason] : failing) {
    CAPTURE(words);
    const Answer answer = lookout.run(words);
    CAPTURE(answer.said);
    CHECK(answer.code == 1);
    CHECK(answer.lines() == 1);
    CHECK(answer.has(reason));
  }
  CHECK_FALSE(lookout.there("out.png"));
  fs::remove(lookout.path + "/cache/hed.h5");
  CHECK(lookout.run("edges photo.png -o out.png").has("run `impasto weights get hed`"));
}
