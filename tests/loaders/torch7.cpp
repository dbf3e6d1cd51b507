// .t7 files: as Torch7's own File.lua wrote them (tests/reference/torch7.py), and crafted ones.
#include "loaders/torch7.h"

#include <doctest/doctest.h>

#include <cmath>

#include "loaders/weight_listing.h"
#include "tests/loaders/torch7_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

using Kind = Torch7Value::Kind;

const std::string recorded = std::string(IMPASTO_TEST_DATA) + "/fast_neural_style.t7";

// A file that holds these bytes, kept until the end of the test.
struct Written {
  explicit Written(const std::string& bytes) { spill(folder / "net.t7", bytes); }
  Torch7File read() const { return Torch7File(folder / "net.t7"); }
  Folder folder;
};

Array first_array(const std::string& bytes) {
  const Written written(bytes);
  const Torch7File file = written.read();
  return file.array(file.root(), "it");
}

// A table of everything, in 8- or 4-byte longs.
std::string sample(int long_bytes) {
  Torch7Bytes t;
  t.long_bytes = long_bytes;
  const std::string storage = t.storage({1, 2, 3, 4, 5, 6}), again = t.integer(4) + t.integer(t.last_index());
  return t.table({{"turned", t.view(storage, 1, {2, 3}, {1, 2})},
                  {"middle", t.view(again, 3, {2}, {1})},
                  {"empty", t.view(t.nil(), 1, {}, {})},
                  {"yes", t.boolean(true)},
                  {"no", t.boolean(false)},
                  {"nothing", t.nil()},
                  {"module", t.object("nn.ReLU", {{"inplace", t.boolean(true)}, {"name", t.text("relu")}}, 3)}});
}

}  // namespace

TEST_CASE("what File.lua wrote is read: tables, numbers, texts, booleans, a function, a table that holds itself") {
  const Torch7File file(recorded);
  const Torch7Value& root = file.root();
  CHECK(root.kind == Kind::table);
  CHECK(file.field(root, "again") == &root);
  CHECK(file.field(root, "resume")->kind == Kind::function);
  const Torch7Value& opt = *file.field(root, "opt");
  CHECK(file.field(opt, "padding_type")->text == "reflect-start");
  CHECK(file.field(opt, "tanh_constant")->number == 150);
  CHECK(file.item(*file.field(opt, "style_layers"), 3)->number == 16);
  CHECK(file.item(*file.field(opt, "style_layers"), 5) == nullptr);
  CHECK(file.field(opt, "nothing") == nullptr);
  const Torch7Value& model = *file.field(root, "model");
  CHECK(model.kind == Kind::object);
  CHECK(model.text == "nn.Sequential");
  CHECK(model.version == 1);
  CHECK(file.field(model, "train")->kind == Kind::boolean);
  CHECK(file.field(model, "output")->view->shape == std::vector<int64_t>{0});
}

TEST_CASE("the listing of a .t7 file has its tensors by their paths, and what its opt says") {
  const WeightListing listing = list_weights(recorded);
  CHECK(listing.entries.size() == 22);
  CHECK(listing.entries[0].name == "model.modules.2.weight");
  CHECK(listing.entries[0].shape == std::vector<int64_t>{4, 3, 9, 9});
  CHECK(listing.entries[0].type == "f32");
  const auto says = [&](const char* name, const char* value) {
    return std::count(listing.attributes.begin(), listing.attributes.end(), std::pair<std::string, std::string>(name, value)) == 1;
  };
  CHECK(says("opt.arch", "c9s1-4,d6,R6,u4,c9s1-3"));
  CHECK(says("opt.style_layers.4", "23"));
}

TEST_CASE("files of machines with long integers of 8 and of 4 bytes hold the same") {
  for (const int long_bytes : {8, 4}) {
    CAPTURE(long_bytes);
    const Written written(sample(long_bytes));
    const Torch7File file = written.read();
    CHECK(file.array(*file.field(file.root(), "turned"), "it").values == std::vector<float>{1, 3, 5, 2, 4, 6});
    CHECK(file.array(*file.field(file.root(), "middle"), "it").values == std::vector<float>{3, 4});
    CHECK(file.array(*file.field(file.root(), "empty"), "it").values.empty());
    CHECK(file.field(file.root(), "yes")->number == 1);
    CHECK(file.field(file.root(), "no")->number == 0);
    CHECK(file.field(file.root(), "nothing") == nullptr);
    const Torch7Value& module = *file.field(file.root(), "module");
    CHECK(module.version == 3);
    CHECK(file.field(module, "name")->text == "relu");
  }
}

TEST_CASE("tensors of every type are known, reals are read") {
  Torch7Bytes t;
  const auto numbers = [&](const std::string& type, const std::string& bytes, int64_t count) {
    return t.view(t.head("torch." + type + "Storage") + t.longs({count}) + bytes, 1, {count}, {1}, "torch." + type + "Tensor");
  };
  double half = 0.5;
  const std::string f64(reinterpret_cast<const char*>(&half), 8), f16("\0\x38", 2);
  CHECK(first_array(numbers("Double", f64 + f64, 2)).values == std::vector<float>{0.5f, 0.5f});
  CHECK(first_array(numbers("CudaDouble", f64, 1)).values == std::vector<float>{0.5f});
  CHECK(first_array(numbers("Half", f16, 1)).values == std::vector<float>{0.5f});
  CHECK(first_array(numbers("Cuda", std::string("\0\0\0\x3f", 4), 1)).values == std::vector<float>{0.5f});
  for (const auto& [type, width, name] : {std::tuple("Byte", 1, "u8"),
                                          {"Char", 1, "i8"},
                                          {"Short", 2, "i16"},
                                          {"Int", 4, "i32"},
                                          {"Long", 8, "i64"},
                                          {"CudaLong", 8, "i64"}}) {
    const Written written(numbers(type, std::string(static_cast<size_t>(3 * width), '\1'), 3));
    const Torch7File file = written.read();
    CHECK(file.type_of(file.root()) == name);
    CHECK(has(refusal([&] { file.array(file.root(), "it"); }), "it is no tensor of real numbers"));
  }
}

TEST_CASE("old versions: classes without a version, functions without an index") {
  Torch7Bytes t;
  const std::string bare = t.integer(4) + t.integer(7) + t.characters("nn.Tanh") + t.table({});
  const Written written(bare);
  CHECK(written.read().root().text == "nn.Tanh");
  CHECK(written.read().root().version == 0);
  for (const int tag : {6, 7, 8}) {
    const std::string function =
        t.integer(tag) + (tag == 6 ? "" : t.integer(900 + tag)) + t.characters("\x1bLua never run") + t.table({{"up", t.number(1)}});
    const Written file(t.table({{"f", function}, {"after", t.number(5)}}));
    const Torch7File read = file.read();
    CHECK(read.field(read.root(), "f")->kind == Kind::function);
    CHECK(read.field(read.root(), "after")->number == 5);
  }
}

TEST_CASE(".t7 files cut at any length are refused") {
  const Folder folder;
  for (const std::string& whole : {sample(8), sample(4), slurp(recorded)}) {
    spill(folder / "cut.t7", whole + '\0');
    CHECK(has(refusal([&] { Torch7File(folder / "cut.t7"); }), "cut.t7: is damaged"));
    for (size_t length = whole.size(); length-- > 0;) {
      CAPTURE(length);
      std::filesystem::resize_file(folder / "cut.t7", length);
      CHECK(has(refusal([&] { Torch7File(folder / "cut.t7"); }), "cut.t7: "));
    }
  }
  CHECK(has(torch7_refusal(sample(8) + '\0'), "goes on behind its object"));
}

TEST_CASE("changed bytes in .t7 files are read as other values or refused") {
  const Folder folder;
  spill(folder / "whole.t7", sample(8));
  const int refused = flipped_bytes(folder / "whole.t7", folder / "flipped.t7", 4000, 3, [&] {
    const Torch7File file(folder / "flipped.t7");
    for (const Torch7Value& value : file.values())
      if (value.kind == Kind::tensor) file.array(value, "it");
  });
  CHECK(refused > 1000);
}

TEST_CASE("files that are no binary .t7 say what they are") {
  CHECK(has(torch7_refusal("4\n1\n3\nV 1\n13\nnn.Sequential\n"),
            "is a .t7 file in ASCII, which is not read; save it in Torch with torch.save(name, object)"));
  CHECK(has(torch7_refusal("<html>"), "web page"));
  CHECK(has(torch7_refusal("PK\3\4xxxxxxx"), "name must end in .pth"));
  CHECK(has(torch7_refusal(std::string("\3\0\0", 3)), "too short"));
}

TEST_CASE("lengths, tags and references that cannot be are refused") {
  Torch7Bytes t;
  const std::string minus = t.integer(-1), much = t.integer(0x7fffffff);
  CHECK(has(torch7_refusal(t.integer(9)), "not a file of Torch7"));
  CHECK(has(torch7_refusal(t.list({t.integer(9)})), "unknown kind 9"));
  CHECK(has(torch7_refusal(t.list({minus})), "unknown kind -1"));
  CHECK(has(torch7_refusal(t.integer(2) + minus), "a length below 0"));
  CHECK(has(torch7_refusal(t.integer(2) + much), "a text of 2147483647 bytes"));
  CHECK(has(torch7_refusal(t.integer(3) + t.integer(90) + minus), "a length below 0"));
  CHECK(has(torch7_refusal(t.integer(3) + t.integer(90) + much), "cut short"));
  CHECK(has(torch7_refusal(t.integer(6) + minus), "a length below 0"));
  CHECK(has(torch7_refusal(t.integer(8) + t.integer(90) + much), "cut short"));
  const std::string table = t.table({});
  const std::string reference = t.integer(t.last_index());
  CHECK(torch7_refusal(t.list({table, t.integer(3) + reference})) == "");
  CHECK(has(torch7_refusal(t.list({table, t.integer(4) + reference})), "as what it is not"));
  CHECK(has(torch7_refusal(t.list({table, t.integer(8) + reference})), "as what it is not"));
}

TEST_CASE("classes that are neither tensors nor tables are refused by name") {
  Torch7Bytes t;
  CHECK(has(torch7_refusal(t.object("tds.Hash", {})), "the class \"tds.Hash\", which is not read"));
  CHECK(has(torch7_refusal(t.object("torch.Timer", {})), "the class \"torch.Timer\""));
  CHECK(has(torch7_refusal(t.head("nn.ReLU") + t.number(1)), "\"nn.ReLU\" has no fields"));
  CHECK(torch7_refusal(t.object("mine.Anything", {})) == "");
}

TEST_CASE("tensors of .t7 files must lie in their storages") {
  const auto refused = [](int64_t offset, const std::vector<int64_t>& shape, const std::vector<int64_t>& strides,
                          const std::string& type = "torch.FloatStorage") {
    Torch7Bytes t;
    return torch7_refusal(t.view(t.storage(ramp(6), type), offset, shape, strides));
  };
  CHECK(refused(1, {2, 3}, {3, 1}) == "");
  CHECK(refused(6, {1}, {1}) == "");
  CHECK(has(refused(1, {7}, {1}), "reaches to number 7 of a storage of 6"));
  CHECK(has(refused(2, {2, 3}, {3, 1}), "reaches to number 7"));
  CHECK(has(refused(7, {1}, {1}), "reaches to number 7"));
  CHECK(has(refused(0, {1}, {1}), "cannot be"));
  CHECK(has(refused(1, {-1}, {1}), "cannot be"));
  CHECK(has(refused(1, {2}, {-1}), "cannot be"));
  CHECK(has(refused(1, {int64_t{1} << 62}, {0}), "cannot be"));
  CHECK(has(refused(1, {1000000}, {0}), "more than once"));
  CHECK(has(refused(1, {1, 1, 1, 1, 1, 1, 1, 1, 6}, {1, 1, 1, 1, 1, 1, 1, 1, 1}), "a tensor of 9 axes"));
  CHECK(has(refused(1, {6}, {1}, "torch.IntStorage"), "numbers are of another type"));
  Torch7Bytes t;
  CHECK(has(torch7_refusal(t.view(t.nil(), 1, {2}, {1})), "reaches to number 2 of a storage of 0"));
  CHECK(has(torch7_refusal(t.view(t.number(1), 1, {2}, {1})), "numbers are of another type"));
  CHECK(has(torch7_refusal(t.head("torch.FloatStorage") + t.longs({-1})), "cannot be"));
  CHECK(has(torch7_refusal(t.head("torch.FloatStorage") + t.longs({int64_t{1} << 40})), "cut short"));
}

TEST_CASE("objects nested too deep, and too many of them, are refused") {
  const auto nested = [](int depth) {
    std::string bytes;
    Torch7Bytes t;
    for (int i = 0; i < depth; ++i) bytes += t.integer(3) + t.integer(i) + t.integer(1) + t.number(1);
    return bytes + t.nil();
  };
  CHECK(torch7_refusal(nested(256)) == "");
  CHECK(has(torch7_refusal(nested(257)), "nested more than 256 deep"));
  CHECK(has(torch7_refusal(nested(100000)), "nested more than 256 deep"));
  Torch7Bytes t;
  const auto nils = [&](int pairs) {
    return t.integer(3) + t.integer(1) + t.integer(pairs) + std::string(static_cast<size_t>(8 * pairs), '\0');
  };
  CHECK(torch7_refusal(nils(499999)) == "");
  CHECK(has(torch7_refusal(nils(500000)), "more than 1000000 objects"));
}

TEST_CASE("NaN and infinity in .t7 files are refused by name") {
  Torch7Bytes t;
  for (const float wrong : {std::nanf(""), INFINITY}) {
    const std::string message = refusal([&] { first_array(t.tensor({2}, {1, wrong})); });
    CHECK(has(message, "it holds NaN or infinity"));
  }
}
