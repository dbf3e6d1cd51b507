#include "loaders/protobuf.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

const std::string file = "sample.onnx";

/// What reading every field with `use` is refused with.
std::string said_of(const std::vector<uint8_t>& bytes, const std::function<void(const ProtobufReader&)>& use = {}) {
  return refusal([&] {
    ProtobufReader reader(bytes, file);
    while (reader.next())
      if (use) use(reader);
  });
}

}  // namespace

TEST_CASE("a message's fields are read from bytes written by hand") {
  // 1: 150, 2: "testing", 3: {1: 150}, 5: 1.0f, 6: unknown eight bytes
  const std::vector<uint8_t> bytes{0x08, 0x96, 0x01, 0x12, 7,    't',  'e',  's', 't', 'i', 'n', 'g', 0x1a, 3, 0x08, 0x96,
                                   0x01, 0x2d, 0,    0,    0x80, 0x3f, 0x31, 1,   2,   3,   4,   5,   6,    7, 8};
  ProtobufReader reader(bytes, file);
  REQUIRE(reader.next());
  CHECK(reader.field() == 1);
  CHECK(reader.integer() == 150);
  REQUIRE(reader.next());
  CHECK(reader.text() == "testing");
  REQUIRE(reader.next());
  ProtobufReader inner = reader.message();
  REQUIRE(inner.next());
  CHECK(inner.integer() == 150);
  CHECK(!inner.next());
  REQUIRE(reader.next());
  CHECK(reader.field() == 5);
  CHECK(reader.f32() == 1);
  REQUIRE(reader.next());
  CHECK(reader.field() == 6);
  CHECK(!reader.next());
}

TEST_CASE("repeated numbers are read packed and one by one, mixed too") {
  std::vector<int64_t> integers;
  std::vector<float> floats;
  const std::vector<uint8_t> bytes{0x08, 1,    0x0a, 3, 2, 0xac, 0x02, 0x08, 3, 0x15, 0,    0,
                                   0x80, 0x3f, 0x12, 8, 0, 0,    0,    0x40, 0, 0,    0x40, 0x40};
  ProtobufReader reader(bytes, file);
  while (reader.next()) reader.field() == 1 ? reader.append(integers) : reader.append(floats);
  CHECK(integers == std::vector<int64_t>{1, 2, 300, 3});
  CHECK(floats == std::vector<float>{1, 2, 3});
}

TEST_CASE("integers of all sizes come back from what was written") {
  for (int shift = 0; shift < 64; ++shift)
    for (const int64_t near : {-1, 0, 1}) {
      const auto value = static_cast<int64_t>((uint64_t{1} << shift) + static_cast<uint64_t>(near));
      ProtobufWriter writer;
      writer.integer(1000, value);
      ProtobufReader reader(writer.written, file);
      REQUIRE(reader.next());
      REQUIRE(reader.field() == 1000);
      REQUIRE(reader.integer() == value);
      REQUIRE(!reader.next());
    }
}

TEST_CASE("the writer's bytes are those of the format") {
  ProtobufWriter inner, writer;
  inner.integer(1, 150);
  writer.message(3, inner);
  writer.text(2, "ab");
  writer.f32(5, 1);
  CHECK(writer.written == std::vector<uint8_t>{0x1a, 3, 0x08, 0x96, 0x01, 0x12, 2, 'a', 'b', 0x2d, 0, 0, 0x80, 0x3f});
}

TEST_CASE("numbers that do not end or have more than 64 bits are refused") {
  CHECK(has(said_of({0x08}), "ends within a number"));
  CHECK(has(said_of({0x08, 0x80}), "ends within a number"));
  CHECK(said_of({0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}) == "");
  CHECK(has(said_of({0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}), "longer than 64 bits"));
  CHECK(has(said_of({0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "longer than 64 bits"));
}

TEST_CASE("lengths beyond the message are refused, however large") {
  CHECK(said_of({0x0a, 1, 'a'}) == "");
  CHECK(has(said_of({0x0a, 2, 'a'}), "field 1 of 2 bytes goes beyond"));
  CHECK(has(said_of({0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 'a'}), "goes beyond"));
  CHECK(has(said_of({0x0d, 1, 2, 3}), "goes beyond"));
  CHECK(has(said_of({0x09, 1, 2, 3, 4, 5, 6, 7}), "goes beyond"));
  const std::vector<uint8_t> nested{0x0a, 2, 0x0a, 1, 'a'};  // the inner message may not reach what follows the outer one
  CHECK(has(said_of(nested, [](const ProtobufReader& reader) { reader.message().next(); }), "goes beyond"));
}

TEST_CASE("groups, unknown types and the field 0 are refused") {
  CHECK(has(said_of({0x0b}), "unknown type 3"));
  CHECK(has(said_of({0x0c}), "unknown type 4"));
  CHECK(has(said_of({0x0e}), "unknown type 6"));
  CHECK(has(said_of({0x0f}), "unknown type 7"));
  CHECK(has(said_of({0x00, 1}), "no field of number 0"));
  CHECK(has(said_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 1}), "no field of number"));
}

TEST_CASE("a value of another type than is asked for is refused") {
  std::vector<int64_t> integers;
  std::vector<float> floats;
  std::vector<double> doubles;
  const std::vector<uint8_t> varint{0x08, 1}, fixed{0x0d, 1, 2, 3, 4}, text{0x0a, 3, 1, 2, 3};
  CHECK(has(said_of(varint, [](const ProtobufReader& reader) { reader.text(); }), "wrong type"));
  CHECK(has(said_of(varint, [](const ProtobufReader& reader) { reader.message(); }), "wrong type"));
  CHECK(has(said_of(varint, [](const ProtobufReader& reader) { reader.f32(); }), "wrong type"));
  CHECK(has(said_of(text, [](const ProtobufReader& reader) { reader.integer(); }), "wrong type"));
  CHECK(has(said_of(fixed, [&](const ProtobufReader& reader) { reader.append(integers); }), "wrong type"));
  CHECK(has(said_of(fixed, [&](const ProtobufReader& reader) { reader.append(doubles); }), "wrong type"));
  CHECK(has(said_of(text, [&](const ProtobufReader& reader) { reader.append(floats); }), "ends within a number"));
}

TEST_CASE("texts of 1 MiB are read, longer ones refused") {
  for (const size_t length : {ProtobufReader::longest_text, ProtobufReader::longest_text + 1}) {
    ProtobufWriter writer;
    writer.text(1, std::string(length, 'a'));
    const std::string said = said_of(writer.written, [](const ProtobufReader& reader) { reader.text(); });
    CHECK(said.empty() == (length == ProtobufReader::longest_text));
  }
}
