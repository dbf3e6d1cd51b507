// Pictures read as the formats say: every kind that is taken, every kind that is refused, and whole round trips.
#include "loaders/picture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/error.h"
#include "loaders/reduced_picture.h"
#include "tests/loaders/crafted.h"
#include "tests/loaders/hdf5_samples.h"

namespace impasto {
namespace {

using namespace crafted;

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

std::string refusal(const File& file, const PictureLimits& limits = {}) {
  try {
    decode_picture(file, "a.jpg", limits);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

// 16 x 8, left half red, right half blue, colour halved, ten scans; made with a baseline encoder's progressive mode.
const File progressive_jpeg = {
    255, 216, 255, 219, 0,   67,  0,   13,  9,   10,  11,  10,  8,   13,  11,  10, 11,  14,  14,  13,  15,  19,  32,  21,  19,  18,
    18,  19,  39,  28,  30,  23,  32,  46,  41,  49,  48,  46,  41,  45,  44,  51, 58,  74,  62,  51,  54,  70,  55,  44,  45,  64,
    87,  65,  70,  76,  78,  82,  83,  82,  50,  62,  90,  97,  90,  80,  96,  74, 81,  82,  79,  255, 219, 0,   67,  1,   14,  14,
    14,  19,  17,  19,  38,  21,  21,  38,  79,  53,  45,  53,  79,  79,  79,  79, 79,  79,  79,  79,  79,  79,  79,  79,  79,  79,
    79,  79,  79,  79,  79,  79,  79,  79,  79,  79,  79,  79,  79,  79,  79,  79, 79,  79,  79,  79,  79,  79,  79,  79,  79,  79,
    79,  79,  79,  79,  79,  79,  79,  79,  79,  79,  255, 194, 0,   17,  8,   0,  8,   0,   16,  3,   1,   34,  0,   2,   17,  1,
    3,   17,  1,   255, 196, 0,   22,  0,   1,   1,   1,   0,   0,   0,   0,   0,  0,   0,   0,   0,   0,   0,   0,   0,   0,   4,
    5,   255, 196, 0,   20,  1,   1,   0,   0,   0,   0,   0,   0,   0,   0,   0,  0,   0,   0,   0,   0,   0,   4,   255, 218, 0,
    12,  3,   1,   0,   2,   16,  3,   16,  0,   0,   1,   207, 128, 99,  255, 0,  255, 196, 0,   20,  16,  1,   0,   0,   0,   0,
    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   16,  255, 218, 0,   8,  1,   1,   0,   1,   5,   2,   63,  255, 196, 0,
    23,  17,  0,   3,   1,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,  0,   0,   0,   5,   66,  129, 255, 218, 0,   8,
    1,   3,   1,   1,   63,  1,   103, 58,  127, 255, 196, 0,   24,  17,  0,   2,  3,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   0,   0,   0,   0,   5,   66,  129, 193, 255, 218, 0,   8,   1,   2,   1,  1,   63,  1,   83,  58,  211, 255, 196, 0,   20,
    16,  1,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,  0,   16,  255, 218, 0,   8,   1,   1,   0,   6,
    63,  2,   63,  255, 196, 0,   20,  16,  1,   0,   0,   0,   0,   0,   0,   0,  0,   0,   0,   0,   0,   0,   0,   0,   16,  255,
    218, 0,   8,   1,   1,   0,   1,   63,  33,  63,  255, 218, 0,   12,  3,   1,  0,   2,   0,   3,   0,   0,   0,   16,  115, 255,
    196, 0,   22,  17,  0,   3,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,  0,   0,   0,   0,   0,   129, 240, 255, 218, 0,
    8,   1,   3,   1,   1,   63,  16,  146, 63,  255, 196, 0,   20,  17,  1,   0,  0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   0,   0,   0,   0,   255, 218, 0,   8,   1,   2,   1,   1,   63,  16,  7,  255, 196, 0,   20,  16,  1,   0,   0,   0,   0,
    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   16,  255, 218, 0,   8,  1,   1,   0,   1,   63,  16,  63,  255, 217};

TEST_CASE("a PNG of 8 bits comes back as the bytes over 255") {
  const Picture read = decode_picture(png(2, 1, 8, rgb, {0, 51, 255, 10, 20, 30}), "a.png");
  CHECK(read.width == 2);
  CHECK(read.height == 1);
  CHECK(read.rgb == std::vector<float>{0, 10 / 255.f, 51 / 255.f, 20 / 255.f, 1, 30 / 255.f});
  CHECK(read.alpha.empty());
  CHECK_FALSE(read.grey);
  CHECK(read.bits == 8);
}

TEST_CASE("a large picture of which few pixels are needed comes as means of blocks, upright, as small as that allows") {
  const samples::Folder folder;
  const auto put = [&](const File& file) { samples::spill(folder / "a.png", {file.begin(), file.end()}); };
  put(png(5, 4, 8, grey, {0, 8, 16, 24, 99, 8, 0, 24, 17, 99, 100, 100, 200, 200, 99, 100, 102, 200, 202, 99}));
  const Picture half = read_reduced_picture(folder / "a.png", 2);
  CHECK(half.width == 2);
  CHECK(half.height == 2);
  CHECK(std::vector<float>(half.rgb.begin(), half.rgb.begin() + 4) == std::vector<float>{4 / 255.f, 20 / 255.f, 101 / 255.f, 201 / 255.f});
  CHECK(read_reduced_picture(folder / "a.png", 3).rgb == read_picture(folder / "a.png").rgb);
  const Picture quarter = read_reduced_picture(folder / "a.png", 1);
  CHECK(quarter.pixels() == 1);
  CHECK(quarter.rgb[0] == 81 / 255.f);  // of 1304 / 16

  put(png(2, 2, 16, rgb, {0, 0, 1, 0, 2, 0, 0, 4, 1, 4, 2, 4, 0, 0, 1, 0, 2, 0, 0, 0, 1, 0, 2, 0}));
  CHECK(read_reduced_picture(folder / "a.png", 1).rgb == std::vector<float>{1 / 65535.f, 257 / 65535.f, 513 / 65535.f});

  const std::vector<std::uint8_t> wide = encode_picture(gradient(70, 35), PictureFormat::jpeg);
  put(with_segment(wide, 0xe1, with_prefix(tiff(6, true))));
  const Picture turned = read_reduced_picture(folder / "a.png", 4);
  CHECK(turned.width == 4);
  CHECK(turned.height == 8);
  CHECK(turned.rgb[0] < turned.rgb[28]);                        // red grows downwards now
  CHECK(read_reduced_picture(folder / "a.png", 5).width == 8);  // the shorter side counts
}

TEST_CASE("a PNG of 16 bits keeps all of them") {
  const Picture read = decode_picture(png(1, 1, 16, rgb, {0x12, 0x34, 0x00, 0x01, 0xff, 0xfe}), "a.png");
  CHECK(read.bits == 16);
  CHECK(read.rgb == std::vector<float>{0x1234 / 65535.f, 1 / 65535.f, 65534 / 65535.f});
}

TEST_CASE("grey PNGs of 1, 2, 4, 8 and 16 bits fill three equal planes") {
  const auto check = [](int bits, const File& row, float first, float second) {
    const Picture read = decode_picture(png(2, 1, bits, grey, row), "a.png");
    CHECK(read.grey);
    CHECK(read.rgb == std::vector<float>{first, second, first, second, first, second});
  };
  check(1, {0x40}, 0, 1);
  check(2, {0x60}, 85 / 255.f, 170 / 255.f);
  check(4, {0x3f}, 51 / 255.f, 1);
  check(8, {7, 200}, 7 / 255.f, 200 / 255.f);
  check(16, {1, 2, 3, 4}, 0x0102 / 65535.f, 0x0304 / 65535.f);
}

TEST_CASE("alpha is read from grey, colour and palette PNGs and not multiplied in") {
  const Picture a = decode_picture(png(1, 1, 8, grey_alpha, {100, 51}), "a.png");
  CHECK(a.alpha == std::vector<float>{51 / 255.f});
  CHECK(a.rgb == std::vector<float>(3, 100 / 255.f));
  CHECK(a.grey);
  const Picture b = decode_picture(png(1, 1, 16, rgb_alpha, {0, 1, 0, 2, 0, 3, 0x80, 0}), "a.png");
  CHECK(b.alpha == std::vector<float>{0x8000 / 65535.f});
  CHECK(b.rgb[2] == 3 / 65535.f);
  File tables;
  put_chunk(tables, "PLTE", {1, 2, 3, 40, 50, 60});
  put_chunk(tables, "tRNS", {255, 51});
  const Picture c = decode_picture(png(2, 1, 4, palette, {0x10}, tables), "a.png");
  CHECK(c.rgb == std::vector<float>{40 / 255.f, 1 / 255.f, 50 / 255.f, 2 / 255.f, 60 / 255.f, 3 / 255.f});
  CHECK(c.alpha == std::vector<float>{51 / 255.f, 1});
}

TEST_CASE("a palette PNG without transparency is opaque colour") {
  File tables;
  put_chunk(tables, "PLTE", {1, 2, 3, 40, 50, 60});
  const Picture read = decode_picture(png(2, 1, 8, palette, {1, 0}, tables), "a.png");
  CHECK(read.rgb == std::vector<float>{40 / 255.f, 1 / 255.f, 50 / 255.f, 2 / 255.f, 60 / 255.f, 3 / 255.f});
  CHECK(read.alpha.empty());
  CHECK_FALSE(read.grey);
}

TEST_CASE("a WebP without loss comes back exactly") {
  const Picture read = decode_picture(webp(2, 2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), "a.webp");
  CHECK(read.rgb == std::vector<float>{1 / 255.f, 4 / 255.f, 7 / 255.f, 10 / 255.f, 2 / 255.f, 5 / 255.f, 8 / 255.f, 11 / 255.f, 3 / 255.f,
                                       6 / 255.f, 9 / 255.f, 12 / 255.f});
  CHECK(read.alpha.empty());
}

TEST_CASE("a progressive JPEG is read") {
  const Picture read = decode_picture(progressive_jpeg, "a.jpg");
  REQUIRE(read.width == 16);
  REQUIRE(read.height == 8);
  for (const std::size_t x : {0, 3, 12, 15}) {  // away from the middle, where the halved colour runs over
    CAPTURE(x);
    CHECK(read.rgb[x] == doctest::Approx(x < 8 ? 1 : 0).epsilon(0.1));
    CHECK(read.rgb[128 + x] == doctest::Approx(0).epsilon(0.1));
    CHECK(read.rgb[256 + x] == doctest::Approx(x < 8 ? 0 : 1).epsilon(0.1));
  }
}

TEST_CASE("what is written is read again, by its content and not by its name") {
  const int sizes[][2] = {{1, 1}, {1, 7}, {17, 1}, {37, 29}, {64, 48}};
  for (const auto& [width, height] : sizes) {
    CAPTURE(width);
    CAPTURE(height);
    const Picture picture = gradient(width, height);
    const auto again = [&](PictureFormat format, WriteOptions options) {
      const Picture read = decode_picture(encode_picture(picture, format, options), "no ending");
      CHECK(read.width == width);
      CHECK(read.height == height);
      return largest_difference(read.rgb, picture.rgb);
    };
    CHECK(again(PictureFormat::png, {.bits = 8}) <= 0.5001f / 255);
    CHECK(again(PictureFormat::png, {.bits = 16}) <= 0.501f / 65535);
    CHECK(again(PictureFormat::jpeg, {.quality = 95}) < 0.03f);
    CHECK(again(PictureFormat::jpeg, {.quality = 60}) < 0.2f);  // colour halved
    CHECK(again(PictureFormat::webp, {.quality = 95}) < 0.06f);
  }
}

TEST_CASE("every 16-bit value survives being written and read") {
  Picture picture;
  picture.width = picture.height = 256;
  for (int plane = 0; plane < 3; ++plane)
    for (int i = 0; i < 65536; ++i) picture.rgb.push_back(static_cast<float>(plane == 1 ? 65535 - i : i) / 65535.f);
  CHECK(decode_picture(encode_picture(picture, PictureFormat::png, {.bits = 16}), "a").rgb == picture.rgb);
}

TEST_CASE("alpha is kept by PNG and WebP and laid on white for JPEG") {
  const Picture picture = gradient(24, 16, true);
  CHECK(largest_difference(decode_picture(encode_picture(picture, PictureFormat::png, {}), "a").alpha, picture.alpha) <= 0.5001f / 255);
  CHECK(largest_difference(decode_picture(encode_picture(picture, PictureFormat::webp, {}), "a").alpha, picture.alpha) <= 0.5001f / 255);
  const Picture jpeg = decode_picture(encode_picture(picture, PictureFormat::jpeg, {}), "a");
  CHECK(jpeg.alpha.empty());
  std::vector<float> expected = picture.rgb;
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = 1 - picture.alpha[i % picture.pixels()] * (1 - expected[i]);
  CHECK(largest_difference(jpeg.rgb, expected) < 0.03f);
}

TEST_CASE("values outside 0..1 are clamped, halves rounded up, and a NaN refused") {
  Picture picture;
  picture.width = 2, picture.height = 1;
  picture.rgb = {-3, 2, 0.5f / 255 + 1e-5f, 0.5f / 255 - 1e-5f, INFINITY, -INFINITY};
  const Picture read = decode_picture(encode_picture(picture, PictureFormat::png, {}), "a");
  CHECK(read.rgb == std::vector<float>{0, 1, 1 / 255.f, 0, 1, 0});
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::jpeg, PictureFormat::webp}) {
    picture.rgb[3] = NAN;
    CHECK_THROWS_AS(encode_picture(picture, format, {}), Error);
    picture.rgb[3] = 0;
    picture.alpha = {1, NAN};
    CHECK_THROWS_AS(encode_picture(picture, format, {}), Error);
    picture.alpha.clear();
  }
}

TEST_CASE("wrong options, names and planes are refused before anything is written") {
  Picture picture = gradient(4, 4);
  for (const char* name : {"a", "a.gif", "folder.png/a", "a.png.txt", ".", ""}) CHECK_THROWS_AS(picture_format(name), UsageError);
  CHECK(picture_format("A.JPeG") == PictureFormat::jpeg);
  CHECK(picture_format("-") == PictureFormat::png);
  CHECK_THROWS_AS(encode_picture(picture, PictureFormat::jpeg, {.bits = 16}), UsageError);
  CHECK_THROWS_AS(encode_picture(picture, PictureFormat::png, {.bits = 12}), UsageError);
  CHECK_THROWS_AS(encode_picture(picture, PictureFormat::jpeg, {.quality = 0}), UsageError);
  picture.rgb.pop_back();
  CHECK_THROWS_AS(encode_picture(picture, PictureFormat::png, {}), ShapeError);
}

TEST_CASE("a side longer than the format can hold is refused") {
  const Picture wide = gradient(16384, 1);
  CHECK_THROWS_AS(encode_picture(wide, PictureFormat::webp, {}), Error);
  CHECK(decode_picture(encode_picture(wide, PictureFormat::jpeg, {}), "a").width == 16384);
  CHECK_THROWS_AS(encode_picture(gradient(65536, 1), PictureFormat::jpeg, {}), Error);
}

TEST_CASE("a file that is no picture is told apart by what it begins with") {
  const auto text = [](const std::string& s) { return refusal(File(s.begin(), s.end())); };
  CHECK(text("<!DOCTYPE html><html>") ==
        "a.jpg: not a JPEG, PNG or WebP picture (it begins \"<!DOCTYPE html\"); was the download a web page?");
  CHECK(says(text("\r\n\n<html>not found</html>"), "web page"));
  CHECK(says(text("GIF89a......"), "a GIF"));
  CHECK(says(text(std::string("\0\0\0\x18"
                              "ftypheic",
                              12)),
             "a HEIC"));
  CHECK(says(text("\x1b[2J\x07 evil"), "with the bytes 1b 5b 32 4a"));
  CHECK(says(text("version https://"), "\"version https:\""));
  CHECK(says(text(""), "empty"));
}

TEST_CASE("JPEGs of four colours, twelve bits or lossless coding are refused with their own sentence") {
  const auto jpeg = [](int marker, int bits, int components) {
    File frame = {static_cast<std::uint8_t>(bits), 0, 8, 0, 8, static_cast<std::uint8_t>(components)};
    for (int i = 0; i < components; ++i) put(frame, File{static_cast<std::uint8_t>(i + 1), 0x11, 0});
    return with_segment({0xff, 0xd8, 0xff, 0xd9}, marker, frame);
  };
  for (const int marker : {0xc0, 0xc1, 0xc2}) CHECK(says(refusal(jpeg(marker, 8, 4)), "four-colour"));
  CHECK(says(refusal(jpeg(0xc1, 12, 3)), "12 bits"));
  for (const int marker : {0xc3, 0xc9, 0xcf}) CHECK(says(refusal(jpeg(marker, 8, 3)), "arithmetic-coded"));
  CHECK(says(refusal(jpeg(0xc0, 8, 3)), "a colour component is missing"));
}

TEST_CASE("pictures over the limits are refused before they are decoded") {
  CHECK(says(refusal(png(60000, 60000, 8, rgb, {})), "60000x60000 pixels are 3600 megapixels, the limit is 100"));
  CHECK(says(refusal(png(65536, 1, 8, rgb, {})), "65535"));
  CHECK(says(refusal(png(0xffffffff, 0xffffffff, 8, rgb, {})), "65535"));
  const File small = png(3, 2, 8, grey, {1, 2, 3, 4, 5, 6});
  CHECK(says(refusal(small, {.pixels = 5}), "limit"));
  CHECK(refusal(small, {.pixels = 6}).empty());
  CHECK(says(refusal(small, {.bytes = small.size() - 1}), "larger than"));
}

}  // namespace
}  // namespace impasto
