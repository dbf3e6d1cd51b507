#include "loaders/hdf5_file.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <thread>

#include "loaders/hdf5_rows.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

TEST_CASE("an HDF5 data set in one piece is read with its shape, whatever the format's age") {
  const Folder folder;
  for (const bool latest : {false, true}) {
    Hdf5(folder / "a.h5", latest).floats("group/values", {2, 3}, ramp(6));
    const Hdf5File file(folder / "a.h5", profile);
    REQUIRE(file.datasets().size() == 1);
    CHECK(file.datasets().at("group/values").shape == std::vector<int64_t>{2, 3});
    CHECK(file.floats("group/values") == ramp(6));
    CHECK(file.has_group("group"));
  }
}

TEST_CASE("HDF5 chunks are put together, also those that hang over an edge") {
  const Folder folder;
  for (const bool latest : {false, true}) {
    Hdf5(folder / "a.h5", latest)
        .chunked({4})
        .floats("one", {10}, ramp(10))
        .chunked({2, 3})
        .floats("two", {5, 7}, ramp(35))
        .chunked({2, 1, 2, 3})
        .floats("four", {3, 2, 5, 4}, ramp(120));
    const Hdf5File file(folder / "a.h5", profile);
    CHECK(file.floats("one") == ramp(10));
    CHECK(file.floats("two") == ramp(35));
    CHECK(file.floats("four") == ramp(120));
  }
}

TEST_CASE("rows of a data set are read alone, later, from any thread, of any rank and however it is stored") {
  const Folder folder;
  Hdf5(folder / "a.h5")
      .floats("piece", {10, 2}, ramp(20))
      .chunked({4})
      .floats("line", {10}, ramp(10))
      .chunked({3, 1})
      .floats("table", {10, 2}, ramp(20));
  const auto rows = [&](const std::string& name, int64_t first, int64_t count) {
    const Hdf5Rows rows = Hdf5File(folder / "a.h5", profile).rows(name);
    std::vector<uint8_t> bytes;
    std::thread([&] { bytes = rows.read(first, count); }).join();
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  };
  using Values = std::vector<float>;
  for (const char* name : {"piece", "table"}) {
    CHECK(rows(name, 0, 10) == ramp(20));
    CHECK(rows(name, 4, 1) == Values{9, 10});
    CHECK(rows(name, 1, 3) == Values{3, 4, 5, 6, 7, 8});
    CHECK(rows(name, 9, 1) == Values{19, 20});
  }
  CHECK(rows("line", 3, 4) == Values{4, 5, 6, 7});
  CHECK(rows("line", 5, 2) == Values{6, 7});
  CHECK(rows("line", 9, 1) == Values{10});
  const Hdf5Rows line = Hdf5File(folder / "a.h5", profile).rows("line");
  CHECK(line.chunk() == 16);
  for (const auto& [first, count] : {std::pair{-1, 2}, {0, 0}, {8, 3}, {10, 1}})
    CHECK(has(refusal([&, first = first, count = count] { line.read(first, count); }), "line has no such rows"));
}

TEST_CASE("shuffle, deflate and fletcher32 are undone in every order, on values and on bytes") {
  const Folder folder;
  const auto filter = [](hid_t storage, char which) {
    if (which == 's') H5Pset_shuffle(storage);
    if (which == 'd') H5Pset_deflate(storage, 6);
    if (which == 'f') H5Pset_fletcher32(storage);
  };
  for (const std::string order : {"s", "d", "f", "sd", "sdf", "fsd", "dsf", "sfd"}) {
    CAPTURE(order);
    {
      Hdf5 sample(folder / "a.h5");
      sample.chunked({7, 3});
      for (const char which : order) filter(sample.storage, which);
      sample.floats("values", {20, 5}, ramp(100));
      const std::vector<uint8_t> odd{1, 2, 3, 250, 251, 252, 253};
      sample.chunked({7});
      for (const char which : order) filter(sample.storage, which);
      sample.data("odd", {7}, H5T_STD_U8LE, odd.data());
    }
    const Hdf5File file(folder / "a.h5", profile);
    CHECK(file.floats("values") == ramp(100));
    CHECK(file.bytes("odd") == std::vector<uint8_t>{1, 2, 3, 250, 251, 252, 253});
  }
}

TEST_CASE("a chunk that deflate could not shrink is stored without it and read") {
  const Folder folder;
  {
    Hdf5 sample(folder / "a.h5");
    sample.chunked({3});
    H5Pset_deflate(sample.storage, 6);
    sample.data("values", {3}, H5T_STD_U8LE, "\x7f\x03\xee");
  }
  CHECK(Hdf5File(folder / "a.h5", profile).bytes("values") == std::vector<uint8_t>{0x7f, 0x03, 0xee});
}

TEST_CASE("a chunk whose stored checksum does not fit is refused") {
  const Folder folder;
  {
    Hdf5 sample(folder / "a.h5");
    sample.chunked({8});
    H5Pset_fletcher32(sample.storage);
    sample.data("values", {8}, H5T_STD_U8LE, "ABCDEFGH");
  }
  std::string bytes = slurp(folder / "a.h5");
  bytes[bytes.find("ABCDEFGH") + 2] = 'X';
  spill(folder / "a.h5", bytes);
  CHECK(has(refusal([&] { Hdf5File(folder / "a.h5", profile).bytes("values"); }), "checksum"));
}

TEST_CASE("halves, bytes and 64-bit words keep their values") {
  const Folder folder;
  const uint16_t halves[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555};  // 1, -2, the least, the largest, near 1/3
  const uint64_t words[] = {0, ~uint64_t{0}, 0x0123456789abcdef};
  Hdf5(folder / "a.h5")
      .data("halves", {5}, hdf5_half(), halves)
      .data("bytes", {4}, H5T_STD_U8LE, "\x00\x01\xfe\xff")
      .data("words", {3}, H5T_STD_U64LE, words);
  const Hdf5File file(folder / "a.h5", profile);
  CHECK(file.floats("halves") == std::vector<float>{1, -2, std::ldexp(1.f, -24), 65504, 0x1.554p-2f});
  CHECK(file.bytes("bytes") == std::vector<uint8_t>{0, 1, 254, 255});
  CHECK(file.words("words") == std::vector<uint64_t>(words, words + 3));
  CHECK(has(refusal([&] { file.bytes("words"); }), "u64"));
  CHECK(has(refusal([&] { file.floats("nothing"); }), "has no data set nothing"));
}

TEST_CASE("fixed-length strings and small numbers are read from attributes, variable-length strings are not") {
  const Folder folder;
  const uint32_t number = 70000;
  const uint8_t small = 200;
  Hdf5(folder / "a.h5", true)
      .group("g")
      .text("g", "text", "caffe")
      .text("g", "long", std::string(64000, 'x'))
      .text("g", "too long", std::string(64001, 'x'))
      .group("variable")
      .variable_text("variable", "name", "block1_conv1")
      .number("g", "u32", H5T_STD_U32LE, &number)
      .number("g", "u8", H5T_STD_U8LE, &small);
  const Hdf5File file(folder / "a.h5", profile);
  CHECK(file.text("g", "text") == "caffe");
  CHECK(file.text("g", "long").size() == 64000);
  CHECK(file.u32("g", "u32") == 70000);
  CHECK(file.u8("g", "u8") == 200);
  CHECK(has(refusal([&] { file.text("g", "too long"); }), "over 64000 bytes"));
  CHECK(has(refusal([&] { file.text("variable", "name"); }), "attributes of variable are not as impasto writes them"));
  CHECK(has(refusal([&] { file.u8("g", "u32"); }), "not a single number"));
  CHECK(has(refusal([&] { file.text("g", "absent"); }), "attribute absent of g is missing"));
}

TEST_CASE("all-zero weights, which deflate shrinks as far as it can, are still read") {
  const Folder folder;
  const std::vector<uint8_t> zeros(1 << 20);
  {
    Hdf5 sample(folder / "a.h5");
    sample.chunked({1 << 20});
    H5Pset_deflate(sample.storage, 9);
    sample.data("zeros", {1 << 20}, H5T_STD_U8LE, zeros.data());
  }
  CHECK(Hdf5File(folder / "a.h5", profile).bytes("zeros") == zeros);
}

TEST_CASE("changed bytes in an HDF5 file end in an error or in values, never otherwise") {
  const Folder folder;
  for (const bool latest : {false, true}) {
    {
      Hdf5 sample(folder / "a.h5", latest);
      sample.floats("a/plain", {5}, ramp(5)).chunked({3, 4});
      H5Pset_shuffle(sample.storage);
      H5Pset_deflate(sample.storage, 6);
      H5Pset_fletcher32(sample.storage);
      sample.floats("a/chunked", {5, 7}, ramp(35)).text("a", "text", "caffe");
    }
    const auto read = [&] {
      const Hdf5File file(folder / "b.h5", profile);
      for (const auto& [name, dataset] : file.datasets())
        if (dataset.type == Hdf5Type::f32 || dataset.type == Hdf5Type::f16) file.floats(name);
      if (latest && file.has_group("a") && file.has_attribute("a", "text")) file.text("a", "text");
    };
    const int refused = flipped_bytes(folder / "a.h5", folder / "b.h5", 1500, latest ? 11 : 7, read);
    CHECK(refused > 100);
    CHECK(refused < 1500);
  }
}

TEST_CASE("a file cut short anywhere is refused") {
  const Folder folder;
  for (const bool latest : {false, true}) {
    {
      Hdf5 sample(folder / "a.h5", latest);
      sample.floats("a/plain", {50}, ramp(50)).chunked({30});
      H5Pset_deflate(sample.storage, 6);
      sample.floats("a/chunked", {50}, ramp(50)).text("a", "text", "caffe");
    }
    const std::string whole = slurp(folder / "a.h5");
    for (size_t length = 0; length < whole.size(); length += 23) {
      CAPTURE(length);
      spill(folder / "b.h5", whole.substr(0, length));
      CHECK(has(refusal_of(folder / "b.h5"), folder / "b.h5: "));
    }
  }
}
