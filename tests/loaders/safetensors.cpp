#include "loaders/safetensors.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "engine/dtype.h"
#include "loaders/half.h"
#include "loaders/weight_listing.h"
#include "tests/loaders/hdf5_samples.h"
#include "tests/reference/formula.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

std::string little(uint64_t value) { return {reinterpret_cast<const char*>(&value), 8}; }

std::string crafted(const std::string& header, size_t buffer) { return little(header.size()) + header + std::string(buffer, '\0'); }

template <class T>
std::string bytes_of(std::initializer_list<T> values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.begin(), bytes.size());
  return bytes;
}

std::string refusal_of_bytes(const std::string& bytes) {
  const Folder folder;
  spill(folder / "w.safetensors", bytes);
  return refusal([&] { read_safetensors(folder / "w.safetensors"); });
}

std::string refusal_of_header(const std::string& header, size_t buffer) { return refusal_of_bytes(crafted(header, buffer)); }

Safetensors sample() {
  return {{{"conv.weight", {{2, 1, 1, 3}, {1, 2, -3, 0.5f, 0, 65504}}}, {"norm \"quoted\" ä", {{2}, {7, 8}}}, {"scalar", {{}, {9}}}},
          {{"style", "großes Bild"}, {"licence", "MIT"}}};
}

void check_same(const Safetensors& a, const Safetensors& b) {
  REQUIRE(a.arrays.size() == b.arrays.size());
  for (const auto& [name, array] : a.arrays) {
    CHECK(b.arrays.at(name).shape == array.shape);
    CHECK(b.arrays.at(name).values == array.values);
  }
  CHECK(a.metadata == b.metadata);
}

}  // namespace

TEST_CASE("safetensors bring back what was written, as f32 and as f16") {
  const Folder folder;
  for (const Storage storage : {Storage::f32, Storage::f16}) {
    write_safetensors(folder / "w.safetensors", sample(), storage);
    check_same(sample(), read_safetensors(folder / "w.safetensors"));
  }
  write_safetensors(folder / "empty.safetensors", {});
  check_same({}, read_safetensors(folder / "empty.safetensors"));
}

TEST_CASE("the buffer of a written safetensors file begins at a multiple of 8") {
  const Folder folder;
  for (int length = 1; length < 20; ++length) {
    write_safetensors(folder / "w.safetensors", {{{std::string(static_cast<size_t>(length), 'a'), {{1}, {1}}}}, {}});
    const std::string bytes = slurp(folder / "w.safetensors");
    REQUIRE(bytes.size() % 8 == 4);
    REQUIRE(bytes.substr(bytes.size() - 4) == bytes_of<float>({1}));
  }
}

TEST_CASE("safetensors of every real type have the values of their bits, integers are passed over") {
  const Folder folder;
  const std::string header =
      R"({"f16":{"dtype":"F16","shape":[3],"data_offsets":[8,14]},"steps":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
      R"("bf16":{"shape":[2,1],"data_offsets":[14,18],"dtype":"BF16"},"f64":{"dtype":"F64","shape":[2],"data_offsets":[18,34]},)"
      R"("mask":{"dtype":"BOOL","shape":[2],"data_offsets":[34,36]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[36,36]}}  )";
  spill(folder / "w.safetensors", little(header.size()) + header + little(41) + bytes_of<uint16_t>({0x3c00, 0xc000, 0x0001}) +
                                      bytes_of<uint16_t>({0x3f80, 0xc049}) + bytes_of<double>({0.1, -1e30}) + "\1\1");
  const Safetensors read = read_safetensors(folder / "w.safetensors");
  REQUIRE(read.arrays.size() == 4);
  CHECK(read.arrays.at("f16").values == std::vector<float>{1, -2, 0x1p-24f});
  CHECK(read.arrays.at("bf16").shape == std::vector<int64_t>{2, 1});
  CHECK(read.arrays.at("bf16").values == std::vector<float>{1, -3.140625f});
  CHECK(read.arrays.at("f64").values == std::vector<float>{0.1f, -1e30f});
  CHECK(read.arrays.at("none").shape == std::vector<int64_t>{0, 3});
  CHECK(read.metadata.empty());

  const WeightListing listing = list_weights(folder / "w.safetensors");
  REQUIRE(listing.entries.size() == 6);
  CHECK(listing.entries[5].name == "steps");
  CHECK(listing.entries[5].type == "i64");
  CHECK(!listing.entries[5].real);
  CHECK(listing.entries[0].type == "bf16");
  CHECK(listing.entries[0].least == -3.140625);
}

TEST_CASE("safetensors as the format's own library writes them are read") {
  const std::string path = std::string(IMPASTO_TEST_DATA) + "/exchange.safetensors";
  const Safetensors read = read_safetensors(path);
  CHECK(read.metadata == std::map<std::string, std::string>{{"style", "formula"}});
  REQUIRE(read.arrays.size() == 4);
  CHECK(read.arrays.at("conv.weight").shape == std::vector<int64_t>{4, 3, 3, 3});
  for (uint32_t i = 0; i < 108; ++i) CHECK(read.arrays.at("conv.weight").values[i] == formula::value(i, 1));
  CHECK(read.arrays.at("f16").shape == std::vector<int64_t>{2, 3});
  for (uint32_t i = 0; i < 6; ++i) CHECK(read.arrays.at("f16").values[i] == half_to_float(float_to_half(formula::value(i, 3))));
  for (uint32_t i = 0; i < 6; ++i) CHECK(read.arrays.at("bf16").values[i] == static_cast<float>(bf16(formula::value(i, 4))));
  for (uint32_t i = 0; i < 5; ++i) CHECK(read.arrays.at("f64").values[i] == formula::value(i, 5));

  const WeightListing listing = list_weights(path);
  CHECK(listing.attributes == std::vector<std::pair<std::string, std::string>>{{"style", "formula"}});
  CHECK(listing.entries.size() == 5);
}

TEST_CASE("safetensors cut at any length or with bytes too many are refused") {
  const Folder folder;
  write_safetensors(folder / "w.safetensors", sample());
  const std::string whole = slurp(folder / "w.safetensors");
  for (size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    spill(folder / "cut.safetensors", whole.substr(0, length));
    CHECK(has(refusal([&] { read_safetensors(folder / "cut.safetensors"); }), "cut.safetensors: "));
  }
  CHECK(has(refusal_of_bytes(whole + '\0'), "holds 37 bytes of tensors and names 36 of them"));
}

TEST_CASE("changed bytes in safetensors are read as other values or refused") {
  const Folder folder;
  write_safetensors(folder / "w.safetensors", sample());
  const int refused = flipped_bytes(folder / "w.safetensors", folder / "flipped.safetensors", 3000, 5,
                                    [&] { read_safetensors(folder / "flipped.safetensors"); });
  CHECK(refused > 1000);
}

TEST_CASE("header lengths that cannot be are refused") {
  const std::string file = crafted(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4), rest = file.substr(8);
  CHECK(refusal_of_bytes(file) == "");
  for (const uint64_t length : {uint64_t{0}, uint64_t{10}, uint64_t{rest.size() - 1}, uint64_t{rest.size()}, uint64_t{rest.size() + 1},
                                uint64_t{100'000'001}, uint64_t{1} << 63, ~uint64_t{0}})
    CHECK(refusal_of_bytes(little(length) + rest) != "");
  CHECK(has(refusal_of_bytes(little(~uint64_t{0}) + rest), "header has 18446744073709551615 bytes"));
}

TEST_CASE("tensors that overlap or leave holes are refused") {
  const auto two = [](const std::string& a, const std::string& b) {
    return refusal_of_header(
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[)" + a + R"(]},"b":{"dtype":"F32","shape":[1],"data_offsets":[)" + b + "]}}",
        12);
  };
  CHECK(two("0,8", "8,12") == "");
  CHECK(two("4,12", "0,4") == "");
  CHECK(has(two("0,8", "4,8"), "overlap at byte 4"));
  CHECK(has(two("0,8", "0,4"), "overlap at byte"));
  CHECK(has(two("4,12", "12,16"), "hole at byte 4"));
  CHECK(has(two("0,8", "9,13"), "hole at byte 9"));
  CHECK(has(two("0,8", "12,8"), "needs 4 bytes"));
  CHECK(has(two("0,8", "8,13"), "needs 4 bytes"));
  CHECK(has(two("0,8", "9223372036854775807,9223372036854775807"), "needs 4 bytes"));
  CHECK(has(two("0,8", "8,18446744073709551615"), "too large numbers"));
  CHECK(has(two("0,8", "-4,0"), "below 0"));
  CHECK(has(two("0,8", "8,12.0"), "no 64-bit integer"));
  CHECK(has(two("0,8", "8,99999999999999999999"), "no 64-bit integer"));
  CHECK(has(two("0,8", "8"), "has not two offsets"));
  CHECK(has(two("0,8", "8,12,12"), "has not two offsets"));
}

TEST_CASE("shapes and types that cannot be are refused") {
  const auto one = [](const std::string& type, const std::string& shape) {
    return refusal_of_header(R"({"a":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":[0,8]}})", 8);
  };
  CHECK(one("F32", "[2]") == "");
  CHECK(one("F32", "[1,1,1,1,1,1,1,2]") == "");
  CHECK(has(one("F32", "[1,1,1,1,1,1,1,1,2]"), "too many"));
  CHECK(has(one("F64", "[2]"), "needs 16 bytes"));
  CHECK(has(one("F16", "[2]"), "needs 4 bytes"));
  CHECK(has(one("F32", "[0]"), "needs 0 bytes"));
  CHECK(has(one("F32", "[4294967296,4294967296]"), "impossible shape"));
  CHECK(has(one("F32", "[4611686018427387904,8,0]"), "impossible shape"));
  CHECK(has(one("F8_E4M3", "[8]"), "a is of the type \"F8_E4M3\", which is not read"));
  CHECK(has(one("", "[8]"), "is of the type \"\""));
  CHECK(has(one("F32", "[null]"), "null"));
  CHECK(has(one("F32", "[[2]]"), "list where none may be"));
  CHECK(has(one("F32", "2"), "number where none may be"));
  CHECK(has(one("F32", "\"2\""), "string where none may be"));
  CHECK(has(one("F32", "{}"), "object"));
}

TEST_CASE("headers of another form are refused, names twice too") {
  const std::string a = R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]})";
  CHECK(refusal_of_header('{' + a + '}', 4) == "");
  CHECK(refusal_of_header('{' + a + "} \n ", 4) == "");
  CHECK(has(refusal_of_header('{' + a + "}x", 4), "no JSON"));
  CHECK(has(refusal_of_header('{' + a + ',' + a + '}', 4), "it holds a twice"));
  CHECK(has(refusal_of_header(R"({"__metadata__":{},"__metadata__":{}})", 0), "__metadata__ twice"));
  CHECK(has(refusal_of_header(R"({"__metadata__":{"b":"1","b":"2"}})", 0), "two fields b"));
  CHECK(has(refusal_of_header(R"({"__metadata__":{"b":1}})", 0), "number where none may be"));
  CHECK(has(refusal_of_header(R"({"__metadata__":{"b":{}}})", 0), "object"));
  CHECK(has(refusal_of_header(R"({"__metadata__":[]})", 0), "list where none may be"));
  CHECK(has(refusal_of_header(R"({"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4), "two fields dtype"));
  CHECK(has(refusal_of_header(R"({"a":{"dtype":"F32","shape":[]}})", 0), "has not just the fields"));
  CHECK(has(refusal_of_header(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"more":"x"}})", 4), "string where none may be"));
  CHECK(has(refusal_of_header(R"({"a":{}})", 0), "has not just the fields"));
  CHECK(has(refusal_of_header(R"({"a":"F32"})", 0), "string where none may be"));
  CHECK(has(refusal_of_header(R"({"a":true})", 0), "true or false"));
  CHECK(has(refusal_of_header("{\"\xff\":1}", 0), "no JSON"));
  CHECK(has(refusal_of_header("{\"a\":1} ", 0), "number where none may be"));
}

TEST_CASE("a header nested a million deep is refused") {
  std::string deep;
  for (int i = 0; i < 1000000; ++i) deep += R"({"a":)";
  CHECK(has(refusal_of_header(deep, 0), "a holds an object"));
  CHECK(has(refusal_of_header(R"({"a":{"shape":)" + std::string(1000000, '['), 0), "list where none may be"));
}

TEST_CASE("more than 65,536 tensors are refused") {
  for (const int count : {65536, 65537}) {
    std::string header = "{";
    for (int i = 0; i < count; ++i)
      header += (i ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
    CHECK(refusal_of_header(header + '}', 0).empty() == (count == 65536));
  }
}

TEST_CASE("NaN and infinity in safetensors are refused by name") {
  for (const float wrong : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const std::string header =
        R"({"good":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"bad":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
    CHECK(has(refusal_of_bytes(little(header.size()) + header + bytes_of<float>({1, wrong})), "bad holds NaN or infinity"));
  }
  const std::string header = R"({"wide":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})";
  CHECK(has(refusal_of_bytes(little(header.size()) + header + bytes_of<double>({1e300})), "wide holds NaN or infinity"));
}

TEST_CASE("what is no safetensors file is refused with what it seems to be") {
  CHECK(has(refusal_of_bytes("<!DOCTYPE html><html></html>"),
            "not a safetensors file (it begins \"<!DOCTYPE html>\"); was the download a web page?"));
  CHECK(has(refusal_of_bytes("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"));
  CHECK(has(refusal_of_bytes(""), "is empty"));
  CHECK(has(refusal_of_bytes("1234"), "too short"));
  CHECK(has(refusal([] { read_safetensors("absent.safetensors"); }), "no such file"));
}

TEST_CASE("safetensors that could not be read back are not written, and the old file stays") {
  const Folder folder;
  const std::string path = folder / "w.safetensors";
  write_safetensors(path, sample());
  const std::string before = slurp(path);
  const auto refused = [&](const std::string& name, const Array& array, Storage storage = Storage::f32) {
    return refusal([&] { write_safetensors(path, {{{name, array}}, {}}, storage); });
  };
  CHECK(has(refused("a", {{1}, {std::nanf("")}}), "a holds nan"));
  CHECK(has(refused("a", {{1}, {70000}}, Storage::f16), "a holds 70000"));
  CHECK(has(refused("a", {{2}, {1}}), "a has 1 values"));
  CHECK(has(refused("__metadata__", {{1}, {1}}), "__metadata__"));
  CHECK(has(refused("\xff", {{1}, {1}}), "not UTF-8"));
  CHECK(slurp(path) == before);
}
