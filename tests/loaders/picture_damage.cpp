// Damaged, cut and hostile picture files: an Error, never a crash, never half a picture.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "engine/error.h"
#include "loaders/picture.h"
#include "tests/loaders/crafted.h"

namespace impasto {
namespace {

using namespace crafted;

struct Sample {
  const char* name;
  File file;
};

/// One of each kind the readers treat differently.
std::vector<Sample> samples() {
  const Picture picture = gradient(19, 11), transparent = gradient(19, 11, true);
  const File jpeg = encode_picture(picture, PictureFormat::jpeg, {.quality = 70});
  File tables, notes, webp_notes;
  put_chunk(tables, "PLTE", {1, 2, 3, 40, 50, 60});
  put_chunk(notes, "eXIf", tiff(6, true));
  const File lossless = webp(3, 2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18});
  put_riff_chunk(webp_notes, "EXIF", tiff(8, false));
  return {{"jpeg", jpeg},
          {"jpeg with notes", with_segment(jpeg, 0xe1, with_prefix(tiff(6, false)))},
          {"png", encode_picture(picture, PictureFormat::png, {})},
          {"png of 16 bits with alpha", encode_picture(transparent, PictureFormat::png, {.bits = 16})},
          {"png with palette", png(2, 2, 4, palette, {0x10, 0x01}, tables)},
          {"png with notes", png(2, 2, 8, grey, {1, 2, 3, 4}, notes)},
          {"webp", encode_picture(picture, PictureFormat::webp, {})},
          {"webp with alpha", encode_picture(transparent, PictureFormat::webp, {})},
          {"webp with notes", extended_webp(lossless, 3, 2, 8, webp_notes)}};
}

TEST_CASE("the samples of this file are good pictures") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    CHECK_NOTHROW(decode_picture(sample.file, sample.name));
  }
}

TEST_CASE("a picture file cut at any length is refused") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    for (std::size_t length = 0; length < sample.file.size(); ++length) {
      CAPTURE(length);
      const File cut(sample.file.begin(),
                     sample.file.begin() + static_cast<std::ptrdiff_t>(length));  // its own block: reads behind it show
      CHECK_THROWS_AS(decode_picture(cut, "a"), Error);
    }
  }
}

TEST_CASE("a cut file is told to be cut") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    for (const std::size_t missing : {std::size_t{3}, sample.file.size() / 4, sample.file.size() / 3}) {
      CAPTURE(missing);
      const File cut(sample.file.begin(), sample.file.end() - static_cast<std::ptrdiff_t>(missing));
      CHECK_THROWS_WITH_AS(decode_picture(cut, "photo.jpg"), "photo.jpg: the file ends before the picture does; copy it again", FileError);
    }
  }
}

TEST_CASE("random damage gives a picture or an Error and nothing else") {
  std::mt19937 random(20240607);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    for (int trial = 0; trial < 1500; ++trial) {
      CAPTURE(trial);
      File file = sample.file;
      const std::size_t flips = 1 + below(4);
      for (std::size_t i = 0; i < flips; ++i) file[below(file.size())] = static_cast<std::uint8_t>(random());
      if (file[0] == 0x89 && trial % 2) repair_checksums(file);
      try {
        const Picture read = decode_picture(file, "a", {.pixels = 1'000'000});
        REQUIRE(read.rgb.size() == 3 * read.pixels());
      } catch (const Error&) {
      }
    }
  }
}

TEST_CASE("a Huffman table with more symbols than there are is refused") {
  const File jpeg = encode_picture(gradient(8, 8), PictureFormat::jpeg, {});
  File table = {0x00};
  for (int i = 0; i < 16; ++i) table.push_back(255);
  table.resize(17 + 16 * 255, 1);
  CHECK_THROWS_WITH_AS(decode_picture(with_segment(jpeg, 0xc4, table), "a"), doctest::Contains("Huffman"), FileError);
}

TEST_CASE("PNG data that unpack to far more than the header says are refused") {
  const File bomb(200'000'000 / 4, 0);
  File file = png(1, 1, 8, grey, bomb);
  CHECK_THROWS_AS(decode_picture(file, "a"), FileError);
}

TEST_CASE("a PNG with a wrong checksum is refused") {
  File file = png(2, 1, 8, grey, {1, 2});
  file[file.size() - 12 - 5] ^= 1;  // in the data of IDAT
  CHECK_THROWS_AS(decode_picture(file, "a"), FileError);
}

TEST_CASE("a JPEG without one of its colours, or of endless scans, is refused") {
  const File frame = {8, 0, 8, 0, 8, 1, 1, 0x11, 0};
  const File scan = {1, 1, 0, 0, 63, 0};
  const File none = with_segment({0xff, 0xd8, 0xff, 0xd9}, 0xc0, frame);
  CHECK_THROWS_WITH_AS(decode_picture(none, "a"), doctest::Contains("missing"), FileError);
  File many(none.begin(), none.end() - 2);
  for (int i = 0; i < 501; ++i) {
    many.insert(many.end(), {0xff, 0xda, 0, 8});
    put(many, scan);
  }
  many.insert(many.end(), {0xff, 0xd9});
  CHECK_THROWS_WITH_AS(decode_picture(many, "a"), doctest::Contains("scans"), FileError);
}

TEST_CASE("an animated WebP is refused as such") {
  const File still = webp(2, 1, {1, 2, 3, 4, 5, 6});
  File canvas = {2, 0, 0, 0, 1, 0, 0, 0, 0, 0}, chunks, frame = {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 100, 0, 0, 0};
  put_riff_chunk(chunks, "VP8X", canvas);
  put_riff_chunk(chunks, "ANIM", {0, 0, 0, 0, 0, 0});
  frame.insert(frame.end(), still.begin() + 12, still.end());
  put_riff_chunk(chunks, "ANMF", frame);
  put_riff_chunk(chunks, "ANMF", frame);
  CHECK_THROWS_WITH_AS(decode_picture(riff(chunks), "a"), doctest::Contains("animated"), FileError);
}

}  // namespace
}  // namespace impasto
