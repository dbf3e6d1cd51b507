// Planes as grey PNG files.
#include "loaders/plane_file.h"

#include <doctest/doctest.h>

#include <cmath>

#include "loaders/picture.h"
#include "tests/loaders/crafted.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;

namespace {

Plane plane_of(int width, int height, std::vector<float> values) { return {width, height, std::move(values)}; }

}  // namespace

TEST_CASE("a plane comes back from its PNG to half a step of 16 or 8 bits, grey and of its size") {
  const samples::Folder folder;
  Plane plane{17, 9, {}};
  for (size_t p = 0; p < plane.pixels(); ++p) plane.values.push_back(static_cast<float>(std::fmod(0.37 * static_cast<double>(p), 1.0)));
  for (const int bits : {8, 16}) {
    write_plane(folder / "plane.png", plane, bits);
    const Picture picture = read_picture(folder / "plane.png");
    CHECK(picture.grey);
    CHECK(picture.bits == bits);
    const Plane back = read_plane(folder / "plane.png");
    REQUIRE(back.width == 17);
    REQUIRE(back.values.size() == plane.pixels());
    double worst = 0;
    for (size_t p = 0; p < plane.pixels(); ++p) worst = std::max(worst, double(std::abs(back.values[p] - plane.values[p])));
    CHECK(worst <= 0.501 / ((1 << bits) - 1));
  }
}

TEST_CASE("numbers beyond 0 and 1 are clamped, and all steps of 16 bits are kept apart") {
  const samples::Folder folder;
  write_plane(folder / "plane.png", plane_of(4, 1, {-3, 1.5f, 12345 / 65535.0f, 12346 / 65535.0f}));
  const Plane back = read_plane(folder / "plane.png");
  CHECK(back.values[0] == 0);
  CHECK(back.values[1] == 1);
  CHECK(std::lround(65535 * back.values[2]) == 12345);
  CHECK(std::lround(65535 * back.values[3]) == 12346);
}

TEST_CASE("what is no plane, or no place for one, is refused and nothing written") {
  const samples::Folder folder;
  CHECK(samples::has(samples::refusal([&] { write_plane(folder / "plane.jpg", plane_of(1, 1, {0})); }), "give the name the ending .png"));
  CHECK(samples::has(samples::refusal([&] { write_plane(folder / "plane.png", plane_of(2, 2, {0})); }), "2x2 has 1 numbers"));
  CHECK(samples::has(samples::refusal([&] { write_plane(folder / "plane.png", plane_of(1, 1, {std::nanf("")})); }), "NaN"));
  CHECK(std::filesystem::is_empty(folder.path));
  Picture colours;
  colours.width = colours.height = 1;
  colours.rgb = {0, 0.5f, 1};
  write_picture(folder / "colours.png", colours);
  CHECK(samples::has(samples::refusal([&] { read_plane(folder / "colours.png"); }), "colours.png: a picture in colour"));
}
