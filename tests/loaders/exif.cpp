// Orientation: found in all three containers, applied in all eight ways, and never trusted.
#include "loaders/exif.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "loaders/picture.h"
#include "tests/loaders/crafted.h"

namespace impasto {
namespace {

using namespace crafted;

/// The red plane as letters: stored pixel i is the value i + 1.
std::string letters(const Picture& picture) {
  std::string text;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x)
      text += static_cast<char>('a' + static_cast<int>(picture.rgb[static_cast<std::size_t>(y * picture.width + x)] * 255 + 0.5f) - 1);
    text += '/';
  }
  return text;
}

// Stored: abc/def/. What the standard says the viewer sees, by where row 0 and column 0 of the stored picture lie.
const std::string upright[] = {"abc/def/", "cba/fed/", "fed/cba/", "def/abc/", "ad/be/cf/", "da/eb/fc/", "fc/eb/da/", "cf/be/ad/"};

TEST_CASE("the eight orientations of a PNG come out upright") {
  for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    for (const bool little : {false, true}) {
      File chunk;
      put_chunk(chunk, "eXIf", tiff(orientation, little));
      CHECK(letters(decode_picture(png(3, 2, 8, grey, {1, 2, 3, 4, 5, 6}, chunk), "a")) == upright[orientation - 1]);
    }
  }
}

TEST_CASE("the eight orientations of a WebP come out upright") {
  const File still = webp(3, 2, {1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0});
  for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    for (const bool prefix : {false, true}) {
      File chunk;
      put_riff_chunk(chunk, "ICCP", {1, 2, 3});  // odd, so that a pad byte has to be stepped over
      put_riff_chunk(chunk, "EXIF", prefix ? with_prefix(tiff(orientation, true)) : tiff(orientation, true));
      CHECK(letters(decode_picture(extended_webp(still, 3, 2, 8, chunk), "a")) == upright[orientation - 1]);
    }
  }
}

TEST_CASE("the eight orientations of a JPEG come out as a turned copy of the stored one") {
  const File jpeg = encode_picture(gradient(24, 16), PictureFormat::jpeg, {});
  const Picture stored = decode_picture(jpeg, "a");
  for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const Picture read = decode_picture(with_segment(jpeg, 0xe1, with_prefix(tiff(orientation, false))), "a");
    REQUIRE(read.width == (orientation >= 5 ? 16 : 24));
    // the corner a of the stored picture, from the table above
    const std::string& seen = upright[orientation - 1];
    const bool bottom = seen.find('a') > seen.find('/') && seen.find('a') > seen.find('f');
    const bool right = seen[seen.find('a') + 1] == '/';
    const std::size_t corner = (bottom ? static_cast<std::size_t>(read.height - 1) * static_cast<std::size_t>(read.width) : 0) +
                               (right ? static_cast<std::size_t>(read.width - 1) : 0);
    for (std::size_t c = 0; c < 3; ++c) CHECK(read.rgb[c * read.pixels() + corner] == stored.rgb[c * stored.pixels()]);
  }
}

TEST_CASE("alpha is turned with the colours") {
  File chunk;
  put_chunk(chunk, "eXIf", tiff(6, true));
  const Picture read = decode_picture(png(2, 1, 8, grey_alpha, {1, 10, 2, 20}, chunk), "a");
  CHECK(letters(read) == "a/b/");
  CHECK(read.alpha == std::vector<float>{10 / 255.f, 20 / 255.f});
}

TEST_CASE("an orientation stored as byte or long is understood, others are not") {
  for (const bool little : {false, true}) {
    CHECK(exif_orientation(tiff(6, little, 1)) == 6);
    CHECK(exif_orientation(tiff(6, little, 4)) == 6);
    CHECK(exif_orientation(tiff(6, little, 5)) == 1);
    CHECK(exif_orientation(tiff(6, little, 3, 2)) == 1);
    CHECK(exif_orientation(tiff(0, little)) == 1);
    CHECK(exif_orientation(tiff(9, little)) == 1);
  }
}

TEST_CASE("the orientation is found when other notes come first in a JPEG") {
  const File jpeg = encode_picture(gradient(8, 16), PictureFormat::jpeg, {});
  const File xmp = {'h', 't', 't', 'p', ':', '/', '/', 'n', 's', 0, 0xff, 0xd9, 0xff, 0xe1};
  const File both = with_segment(with_segment(jpeg, 0xe1, with_prefix(tiff(8, true))), 0xe1, xmp);
  CHECK(decode_picture(both, "a").width == 16);
}

TEST_CASE("an EXIF block cut at any length or with wild offsets is upright and harmless") {
  const File whole = tiff(6, true);
  const std::size_t value_ends = 8 + 2 + 12 + 10;
  for (std::size_t length = 0; length < value_ends; ++length) {
    const File cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(exif_orientation(cut) == 1);
  }
  for (const std::uint32_t offset : {0xffffffffu, 0xfffffff0u, 0x7fffffffu, 38u, 37u, 36u, 1000u}) {
    File wild = whole;
    for (int i = 0; i < 4; ++i) wild[static_cast<std::size_t>(4 + i)] = static_cast<std::uint8_t>(offset >> 8 * i);
    CHECK(exif_orientation(wild) == 1);
  }
  File many = whole;
  many[8] = many[9] = 0xff;
  CHECK(exif_orientation(many) == 6);
}

TEST_CASE("random EXIF blocks give 1 to 8") {
  std::mt19937 random(7);
  for (int trial = 0; trial < 20000; ++trial) {
    File block = tiff(1 + random() % 8, random() % 2 != 0);
    for (int i = 0; i < 3; ++i) block[random() % block.size()] = static_cast<std::uint8_t>(random());
    const int orientation = exif_orientation(block);
    REQUIRE(orientation >= 1);
    REQUIRE(orientation <= 8);
  }
}

}  // namespace
}  // namespace impasto
