// Files of torch.save as PyTorch writes them (tests/reference/pytorch.py), zip and legacy, and what surrounds their pickles.
#include "loaders/pytorch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/dtype.h"
#include "loaders/half.h"
#include "loaders/weight_listing.h"
#include "tests/loaders/pytorch_samples.h"
#include "tests/reference/formula.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

std::string recorded(const std::string& name) { return std::string(IMPASTO_TEST_DATA) + "/" + name; }

std::vector<float> values(uint32_t count, uint32_t seed) {
  std::vector<float> all;
  for (uint32_t i = 0; i < count; ++i) all.push_back(formula::value(i, seed));
  return all;
}

// {"a": the 2 x 3 numbers 1 .. 6}
const std::string one_tensor = pickled::dict(pickled::text("a") + pickled::tensor(pickled::storage("0", 6), 0, {2, 3}, {3, 1}));

}  // namespace

TEST_CASE("tensors of every type, and parts of storages, have the values that PyTorch gave them") {
  for (const char* file : {"pieces.pth", "pieces_legacy.pth"}) {
    CAPTURE(file);
    const StateDict read = read_state_dict(recorded(file));
    const std::vector<float> row = values(24, 1);
    const auto at = [&](const char* name, size_t i) { return read.arrays.at(name).values.at(i); };
    CHECK(read.arrays.at("row").values == row);
    CHECK(read.arrays.at("turned").shape == std::vector<int64_t>{6, 4});
    for (size_t i = 0; i < 24; ++i) CHECK(at("turned", i) == row[i % 4 * 6 + i / 4]);
    CHECK(read.arrays.at("middle").values == std::vector<float>(row.begin() + 8, row.begin() + 16));
    CHECK(read.arrays.at("steps").shape == std::vector<int64_t>{2, 2, 2});
    for (size_t i = 0; i < 8; ++i) CHECK(at("steps", i) == row[i / 4 * 12 + (i / 2 % 2 + 1) * 4 + i % 2 * 2]);
    CHECK(read.arrays.at("parameter").values == std::vector<float>(row.begin() + 20, row.end()));
    CHECK(read.arrays.at("f64").values == values(6, 5));
    for (uint32_t i = 0; i < 5; ++i) CHECK(at("f16", i) == half_to_float(float_to_half(formula::value(i, 6))));
    for (uint32_t i = 0; i < 5; ++i) CHECK(at("bf16", i) == static_cast<float>(bf16(formula::value(i, 7))));
    CHECK(read.arrays.at("scalar").shape.empty());
    CHECK(at("scalar", 0) == formula::value(0, 8));
    CHECK(read.arrays.at("none").shape == std::vector<int64_t>{0, 3});
    CHECK(read.arrays.size() == 10);
    REQUIRE(read.entries.size() == 15);
    for (const char* type : {"i64", "i32", "i16", "i8", "bool"}) {
      CHECK(read.entries.at(type).type == type);
      CHECK(read.entries.at(type).shape == std::vector<int64_t>{6});
    }
    CHECK(read.entries.at("turned").type == "f32");
    CHECK(read.entries.at("bf16").type == "bf16");
  }
}

TEST_CASE("a state_dict is found in a checkpoint, without what DataParallel puts in front of names") {
  const StateDict plain = read_state_dict(recorded("examples.pth")), nested = read_state_dict(recorded("examples_legacy.pth"));
  CHECK(plain.arrays.size() == 30);
  CHECK(nested.arrays.size() == 30 + 2 * 7);  // running statistics
  CHECK(nested.entries.at("in1.num_batches_tracked").type == "i64");
  CHECK(!nested.arrays.contains("in1.num_batches_tracked"));
  for (const auto& [name, array] : plain.arrays) {
    CAPTURE(name);
    CHECK(nested.arrays.at(name).shape == array.shape);
    CHECK(nested.arrays.at(name).values == array.values);
  }
}

TEST_CASE("the listing of a file of PyTorch has all tensors with their types") {
  const WeightListing listing = list_weights(recorded("pieces.pth"));
  REQUIRE(listing.entries.size() == 15);
  CHECK(listing.entries[1].name == "bool");
  CHECK(!listing.entries[1].real);
  CHECK(listing.entries[11].name == "row");
  CHECK(listing.entries[11].real);
  const std::vector<float> row = values(24, 1);
  CHECK(listing.entries[11].largest == *std::max_element(row.begin(), row.end()));
}

TEST_CASE("files of PyTorch cut at any length are refused") {
  const Folder folder;
  for (const char* name : {"pieces.pth", "pieces_legacy.pth"}) {
    const std::string whole = slurp(recorded(name));
    spill(folder / "cut.pth", whole + '\0');
    CHECK(has(refusal([&] { read_state_dict(folder / "cut.pth"); }), "cut.pth: is damaged"));
    for (size_t length = whole.size(); length-- > 0;) {
      CAPTURE(name);
      CAPTURE(length);
      std::filesystem::resize_file(folder / "cut.pth", length);
      CHECK(has(refusal([&] { read_state_dict(folder / "cut.pth"); }), "cut.pth: "));
    }
  }
}

TEST_CASE("changed bytes in files of PyTorch are read as other values or refused") {
  const Folder folder;
  for (const char* name : {"pieces.pth", "pieces_legacy.pth"}) {
    const int refused = flipped_bytes(recorded(name), folder / "flipped.pth", 3000, 11, [&] { read_state_dict(folder / "flipped.pth"); });
    CHECK(refused > 1000);
  }
}

TEST_CASE("what the test archives are made of is right") {
  const StateDict read = read_state_dict_of(archive(one_tensor, {bytes_of_floats(ramp(6))}));
  CHECK(read.arrays.at("a").shape == std::vector<int64_t>{2, 3});
  CHECK(read.arrays.at("a").values == ramp(6));
  CHECK(read_state_dict_of(legacy(one_tensor, {{"0", bytes_of_floats(ramp(6))}})).arrays.at("a").values == ramp(6));
}

TEST_CASE("archives of something else say what they are") {
  const auto numbers = bytes_of_floats(ramp(6));
  const auto with = [&](const ZipFile& more) {
    return state_dict_refusal(zip({{"net/data.pkl", pickled::whole(one_tensor)}, {"net/data/0", numbers}, more}));
  };
  CHECK(with({"net/version", "3\n"}) == "");
  CHECK(has(with({"net/constants.pkl", "x"}),
            "TorchScript archive, which holds a program; in PyTorch save torch.jit.load(FILE).state_dict()"));
  CHECK(has(with({"net/byteorder", "big"}), "big-endian"));
  CHECK(has(state_dict_refusal(zip({{"weights.h5", "x"}})), "no data.pkl"));
  CHECK(has(state_dict_refusal(std::string(257, 'x') + "ustar" + std::string(600, '\0')), "is a tar archive, of PyTorch before 0.2"));
  CHECK(has(state_dict_refusal("<!DOCTYPE html><html>"), "web page"));
  CHECK(has(state_dict_refusal("\x89HDF\r\n\x1a\n" + std::string(100, '\0')), "name must end in .h5"));
  CHECK(has(state_dict_refusal(pickled::whole(one_tensor)), "is a pickle, but none of torch.save"));
}

TEST_CASE("storages that are missing or of another size are refused") {
  const std::string data = pickled::whole(one_tensor);
  CHECK(has(state_dict_refusal(zip({{"net/data.pkl", data}})), "its storage \"0\" is missing"));
  for (const size_t bytes : {0, 23, 25, 28})
    CHECK(has(state_dict_refusal(zip({{"net/data.pkl", data}, {"net/data/0", std::string(bytes, '\0')}})), "bytes instead of 24"));
  CHECK(
      has(state_dict_refusal(zip({{"net/data.pkl", data + '.'}, {"net/data/0", bytes_of_floats(ramp(6))}})), "goes on behind the pickle"));
}

TEST_CASE("the legacy row is followed storage by storage") {
  const std::string numbers = bytes_of_floats(ramp(6));
  using Storages = std::vector<std::pair<std::string, std::string>>;
  const auto refused = [&](const Storages& storages, const std::string& object = one_tensor) {
    return state_dict_refusal(legacy(object, storages));
  };
  CHECK(has(refused({}), "lacks a storage"));
  CHECK(has(refused({{"1", numbers}}), "storage \"1\" belongs to nothing"));
  CHECK(has(refused({{"0", numbers}, {"0", numbers}}), "storage \"0\" stands in it twice"));
  CHECK(has(refused({{"0", bytes_of_floats(ramp(5))}}), "has not the 6 numbers"));
  CHECK(has(refused({{"0", bytes_of_floats(ramp(7))}}), "has not the 6 numbers"));
  CHECK(has(state_dict_refusal(legacy(one_tensor, {{"0", numbers}}, "\x89")), "big-endian"));
  CHECK(has(state_dict_refusal(legacy(one_tensor, {{"0", numbers}}) + "x"), "goes on behind its last storage"));
}

TEST_CASE("parts of storages, as old files describe them, are found and kept within") {
  using namespace pickled;
  const auto part = [&](int64_t begin, int64_t count, int64_t offset) {
    const std::string storage =
        pickled::storage("0", 6, "FloatStorage", tuple(text("7") + numbers({begin}).substr(1, 10) + numbers({count}).substr(1, 10)));
    return legacy(dict(text("a") + tensor(storage, offset, {2}, {1})), {{"0", bytes_of_floats(ramp(6))}});
  };
  CHECK(read_state_dict_of(part(2, 3, 1)).arrays.at("a").values == std::vector<float>{4, 5});
  CHECK(has(state_dict_refusal(part(2, 3, 2)), "reaches to number 6 of a storage of 5"));
  CHECK(has(state_dict_refusal(part(4, 3, 0)), "lies outside of it"));
  CHECK(has(state_dict_refusal(part(-1, 3, 0)), "cannot be"));
}

TEST_CASE("tensors must lie in their storages") {
  const auto refused = [](int64_t offset, const std::vector<int64_t>& shape, const std::vector<int64_t>& strides, int64_t count = 6) {
    return pickle_refusal(pickled::dict(pickled::text("a") + pickled::tensor(pickled::storage("0", count), offset, shape, strides)));
  };
  CHECK(refused(0, {6}, {1}) == "");
  CHECK(refused(5, {1}, {1}) == "");
  CHECK(refused(0, {2, 2}, {4, 1}) == "");
  CHECK(refused(0, {0, 7}, {7, 1}) == "");
  CHECK(has(refused(0, {7}, {1}), "\"a\" reaches to number 7 of a storage of 6"));
  CHECK(has(refused(1, {6}, {1}), "reaches to number 7"));
  CHECK(has(refused(0, {2, 3}, {4, 1}), "reaches to number 7"));
  CHECK(has(refused(6, {}, {}), "reaches to number 7"));
  CHECK(has(refused(0, {6}, {-1}), "cannot be"));
  CHECK(has(refused(0, {-6}, {1}), "cannot be"));
  CHECK(has(refused(-1, {6}, {1}), "cannot be"));
  CHECK(has(refused(0, {int64_t{1} << 62}, {0}), "cannot be"));
  CHECK(has(refused(0, {int64_t{1} << 40, int64_t{1} << 40}, {0, 0}), "cannot be"));
  CHECK(has(refused(0, {int64_t{1} << 39, 1}, {int64_t{1} << 39, 1}), "cannot be"));
  CHECK(has(refused(0, {7}, {0}), "shows numbers of its storage more than once"));
  CHECK(has(refused(0, {4, 3}, {1, 1}), "shows numbers of its storage more than once"));
  CHECK(has(refused(0, {6}, {}), "one stride for each axis"));
  CHECK(has(refused(0, {6, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}), "no short list"));
  CHECK(has(refused(0, {6}, {1}, int64_t{1} << 62), "cannot be"));
  CHECK(has(refused(0, {6}, {1}, int64_t{1} << 40), "bytes instead of"));
}

TEST_CASE("a file whose tensors show everything again and again is refused") {
  std::string items;
  for (int i = 0; i < 3000; ++i) items += pickled::text(std::to_string(i)) + 'h' + '\1';
  const std::string once = pickled::tensor(pickled::storage("0", 100000), 0, {100000}, {1}) + "q\1" + '0';
  CHECK(has(pickle_refusal(once, 100000), "opcode 0x30"));  // POP is none of those that are known
  const std::string kept = pickled::dict(pickled::text("first") + once.substr(0, once.size() - 1) + items);
  CHECK(has(pickle_refusal(kept, 100000), "more than 16 times"));
}

TEST_CASE("NaN and infinity in files of PyTorch are refused by name") {
  for (const float wrong : {std::nanf(""), INFINITY})
    CHECK(has(state_dict_refusal(archive(one_tensor, {bytes_of_floats({1, 2, 3, 4, 5, wrong})})), "\"a\" holds NaN or infinity"));
}
