#include "loaders/onnx.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/dtype.h"
#include "loaders/half.h"
#include "loaders/weight_listing.h"
#include "tests/loaders/onnx_samples.h"
#include "tests/reference/formula.h"

using namespace impasto;
using namespace impasto::samples;
using namespace impasto::samples::onnx;

namespace {

using Type = OnnxTensor::Type;
using Shape64 = std::vector<int64_t>;

OnnxModel sample() {
  OnnxModel model;
  model.ir_version = 9;
  model.opset = 18;
  model.producer = "impasto";
  model.metadata = {{"style", "wave"}, {"licence", "MIT"}};
  model.inputs = {{"picture", {1, 3, "height", ""}, Type::f32}, {"unknown", {}, Type::f16}};
  model.outputs = {{"result", {1, 3}, Type::u8}};
  model.initialisers["f32"] = {Type::f32, {2, 1, 2}, {1, -2, 0.1f, 3e38f}, {}};
  model.initialisers["f16"] = {Type::f16, {2}, {0.5f, -65504}, {}};
  model.initialisers["bf16"] = {Type::bf16, {2}, {0.5f, 3.140625f}, {}};
  model.initialisers["f64"] = {Type::f64, {}, {0.1f}, {}};
  model.initialisers["none"] = {Type::f32, {0, 3}, {}, {}};
  model.initialisers["i8"] = {Type::i8, {3}, {}, {-128, 0, 127}};
  model.initialisers["u8"] = {Type::u8, {2}, {}, {0, 255}};
  model.initialisers["i16"] = {Type::i16, {2}, {}, {-32768, 32767}};
  model.initialisers["u16"] = {Type::u16, {2}, {}, {0, 65535}};
  model.initialisers["i32"] = {Type::i32, {2}, {}, {INT32_MIN, INT32_MAX}};
  model.initialisers["i64"] = {Type::i64, {2}, {}, {INT64_MIN, INT64_MAX}};
  model.initialisers["bool"] = {Type::boolean, {2}, {}, {0, 1}};
  OnnxNode conv{"Conv", "conv", {"picture", "f32", ""}, {"y"}, {}};
  conv.attributes = {{"pads", Shape64{1, -1, 0}},
                     {"group", int64_t{-3}},
                     {"auto_pad", std::string("NOTSET")},
                     {"alpha", 0.25f},
                     {"scales", std::vector<float>{1, 2}},
                     {"value", OnnxTensor{Type::i64, {1}, {}, {5}}},
                     {"empty", Shape64{}}};
  model.nodes = {conv, {"Relu", "", {"y"}, {"result"}, {}}};
  return model;
}

void check_same(const OnnxTensor& a, const OnnxTensor& b) {
  CHECK(a.type == b.type);
  CHECK(a.shape == b.shape);
  CHECK(a.floats == b.floats);
  CHECK(a.integers == b.integers);
}

void check_same(const OnnxValue& a, const OnnxValue& b) {
  CHECK(a.name == b.name);
  CHECK((a.dims == b.dims));
  CHECK(a.type == b.type);
}

void check_same(const OnnxNode& a, const OnnxNode& b) {
  CHECK(a.op == b.op);
  CHECK(a.name == b.name);
  CHECK(a.inputs == b.inputs);
  CHECK(a.outputs == b.outputs);
  REQUIRE(a.attributes.size() == b.attributes.size());
  for (const auto& [name, value] : a.attributes) {
    const OnnxAttribute& other = b.attributes.at(name);
    REQUIRE(value.index() == other.index());
    if (const auto* tensor = std::get_if<OnnxTensor>(&value)) check_same(*tensor, std::get<OnnxTensor>(other));
    if (const auto* integer = std::get_if<int64_t>(&value)) CHECK(*integer == std::get<int64_t>(other));
    if (const auto* real = std::get_if<float>(&value)) CHECK(*real == std::get<float>(other));
    if (const auto* text = std::get_if<std::string>(&value)) CHECK(*text == std::get<std::string>(other));
    if (const auto* integers = std::get_if<Shape64>(&value)) CHECK(*integers == std::get<Shape64>(other));
    if (const auto* reals = std::get_if<std::vector<float>>(&value)) CHECK(*reals == std::get<std::vector<float>>(other));
  }
}

void check_same(const OnnxModel& a, const OnnxModel& b) {
  CHECK(a.ir_version == b.ir_version);
  CHECK(a.opset == b.opset);
  CHECK(a.producer == b.producer);
  CHECK(a.metadata == b.metadata);
  REQUIRE(a.initialisers.size() == b.initialisers.size());
  for (const auto& [name, tensor] : a.initialisers) check_same(tensor, b.initialisers.at(name));
  REQUIRE(a.nodes.size() == b.nodes.size());
  for (size_t i = 0; i < a.nodes.size(); ++i) check_same(a.nodes[i], b.nodes[i]);
  REQUIRE(a.inputs.size() == b.inputs.size());
  for (size_t i = 0; i < a.inputs.size(); ++i) check_same(a.inputs[i], b.inputs[i]);
  REQUIRE(a.outputs.size() == b.outputs.size());
  for (size_t i = 0; i < a.outputs.size(); ++i) check_same(a.outputs[i], b.outputs[i]);
}

}  // namespace

TEST_CASE("an ONNX model comes back as it was written") {
  const Folder folder;
  write_onnx(folder / "m.onnx", sample());
  const OnnxModel read = read_onnx(folder / "m.onnx");
  check_same(sample(), read);
  CHECK(read.file == folder / "m.onnx");
}

TEST_CASE("an ONNX model written by hand is read") {
  const std::string attribute = bytes(5, bytes(1, "alpha") + varint(2 << 3 | 5) + raw<float>({0.5f}) + number(20, 1));
  const std::string dims = bytes(1, number(1, 1)) + bytes(1, bytes(2, "h")) + bytes(1, number(1, -1)) + bytes(1, "");
  const OnnxModel read = decode(model(node("LeakyRelu", bytes(1, "x") + bytes(2, "y") + bytes(3, "n") + attribute) + bytes(2, "a name") +
                                          initialiser("w", 1, {2}, bytes(9, raw<float>({1, 2}))) +
                                          bytes(11, bytes(1, "x") + bytes(2, bytes(1, number(1, 1) + bytes(2, dims)))),
                                      bytes(14, bytes(1, "k") + bytes(2, "v")) + bytes(99, "of a later version")));
  CHECK(read.ir_version == 8);
  CHECK(read.opset == 17);
  REQUIRE(read.nodes.size() == 1);
  check_same(read.nodes[0], {"LeakyRelu", "n", {"x"}, {"y"}, {{"alpha", 0.5f}}});
  check_same(read.initialisers.at("w"), {Type::f32, {2}, {1, 2}, {}});
  REQUIRE(read.inputs.size() == 1);
  check_same(read.inputs[0], {"x", {1, "h", "", ""}, Type::f32});
  CHECK(read.metadata == std::map<std::string, std::string>{{"k", "v"}});
}

TEST_CASE("an attribute whose value is zero may be left out") {
  const OnnxModel read = decode(model(node("Op", bytes(5, bytes(1, "i") + number(20, 2)) + bytes(5, bytes(1, "f") + number(20, 1)) +
                                                     bytes(5, bytes(1, "s") + number(20, 3)) + bytes(5, bytes(1, "n") + number(20, 7)))));
  check_same(read.nodes.at(0), {"Op", "", {}, {}, {{"i", int64_t{0}}, {"f", 0.f}, {"s", std::string()}, {"n", Shape64{}}}});
}

TEST_CASE("tensors whose values lie in the fields of numbers are read, packed and not") {
  const auto read = [](int type, const std::string& values) {
    return decode(model(initialiser("t", type, {2}, values))).initialisers.at("t");
  };
  CHECK(read(1, bytes(4, raw<float>({1, -2}))).floats == std::vector<float>{1, -2});
  CHECK(read(1, varint(4 << 3 | 5) + raw<float>({1}) + varint(4 << 3 | 5) + raw<float>({-2})).floats == std::vector<float>{1, -2});
  CHECK(read(11, bytes(10, raw<double>({0.1, -2}))).floats == std::vector<float>{0.1f, -2});
  CHECK(read(10, bytes(5, varints({0x3c00, 0xc000}))).floats == std::vector<float>{1, -2});
  CHECK(read(16, bytes(5, varints({0x3f80, 0xc000}))).floats == std::vector<float>{1, -2});
  CHECK(read(3, number(5, 127) + number(5, -128)).integers == Shape64{127, -128});
  CHECK(read(6, bytes(5, varints({INT32_MIN, 7}))).integers == Shape64{INT32_MIN, 7});
  CHECK(read(9, bytes(5, varints({1, 0}))).integers == Shape64{1, 0});
  CHECK(read(7, bytes(7, varints({INT64_MIN, 7}))).integers == Shape64{INT64_MIN, 7});
}

TEST_CASE("an ONNX model as the format's own library writes it is read") {
  const OnnxModel read = read_onnx(std::string(IMPASTO_TEST_DATA) + "/exchange.onnx");
  CHECK(read.ir_version == 8);
  CHECK(read.opset == 17);
  CHECK(read.producer == "exchange.py");
  CHECK(read.metadata == std::map<std::string, std::string>{{"licence", "none needed"}, {"style", "formula"}});
  CHECK(read.initialisers.at("sizes").integers == Shape64{1, -1, int64_t{1} << 40});
  REQUIRE(read.nodes.size() == 7);
  check_same(
      read.nodes[4],
      {"Conv", "conv", {"picture", "conv/weight", "conv/bias"}, {"convolved"}, {{"group", int64_t{1}}, {"pads", Shape64{1, 1, 1, 1}}}});
  check_same(read.nodes[5], {"LeakyRelu", "relu", {"convolved"}, {"result"}, {{"alpha", 0.25f}}});
  REQUIRE(read.inputs.size() == 1);
  check_same(read.inputs[0], {"picture", {1, 3, "height", ""}, Type::f32});
  REQUIRE(read.outputs.size() == 1);
  check_same(read.outputs[0], {"larger", {}, Type::f32});

  const NamedArrays arrays = onnx_arrays(read);
  CHECK(arrays.size() == 15);
  const auto check = [&](const std::string& name, const Shape64& shape, const std::function<float(uint32_t)>& value) {
    CAPTURE(name);
    const Array& array = arrays.at(name);
    CHECK(array.shape == shape);
    int64_t count = 1;
    for (const int64_t dim : shape) count *= dim;
    REQUIRE(array.values.size() == static_cast<size_t>(count));
    for (uint32_t i = 0; i < array.values.size(); ++i) CHECK(array.values[i] == value(i));
  };
  const auto of_seed = [](uint32_t seed) { return [seed](uint32_t i) { return formula::value(i, seed); }; };
  const auto integer = [](uint32_t i, uint32_t seed) { return static_cast<float>(std::floor(100.0 * formula::value(i, seed))); };
  check("conv/weight", {4, 3, 3, 3}, of_seed(1));
  check("conv/bias", {4}, of_seed(2));
  for (const char* name : {"f16_bytes", "f16_numbers"})
    check(name, {2, 3}, [](uint32_t i) { return half_to_float(float_to_half(formula::value(i, 3))); });
  check("bf16_numbers", {2, 3}, [](uint32_t i) { return static_cast<float>(bf16(formula::value(i, 4))); });
  for (const char* name : {"f64_bytes", "f64_numbers"}) check(name, {5}, of_seed(5));
  check("scalar", {}, of_seed(6));
  check("roi", {0}, of_seed(0));
  check("weight", {4, 2, 1, 3}, [&](uint32_t i) {
    const float zeros[] = {0, 3, -5, 7};
    return (integer(i, 7) - zeros[i / 6]) * std::fabs(formula::value(i / 6, 8));
  });
  check("bias", {4}, [&](uint32_t i) { return 0.125f * integer(i, 9); });
  check("constant", {2, 2}, of_seed(10));
  check("slope", {}, [](uint32_t) { return 0.2f; });
}

TEST_CASE("dequantised weights use scale and zero point per tensor or along the axis") {
  OnnxModel model;
  model.initialisers["x"] = {Type::u8, {2, 3}, {}, {0, 1, 2, 3, 4, 255}};
  model.initialisers["two"] = {Type::f32, {2}, {1, 10}, {}};
  model.initialisers["three"] = {Type::f32, {3}, {1, 10, 100}, {}};
  model.initialisers["half"] = {Type::f32, {}, {0.5f}, {}};
  model.initialisers["half of one axis"] = {Type::f32, {1}, {0.5f}, {}};
  model.initialisers["square"] = {Type::f32, {1, 2}, {1, 1}, {}};
  model.initialisers["zero"] = {Type::u8, {}, {}, {1}};
  model.initialisers["zeros"] = {Type::u8, {2}, {}, {1, 2}};
  const auto y = [&](const std::vector<std::string>& inputs, const std::map<std::string, OnnxAttribute>& attributes = {}) {
    model.nodes = {{"DequantizeLinear", "q", inputs, {"y"}, attributes}};
    const NamedArrays arrays = onnx_arrays(model);
    CHECK(arrays.at("y").shape == Shape64{2, 3});
    return arrays.at("y").values;
  };
  using Values = std::vector<float>;
  CHECK(y({"x", "half"}) == Values{0, 0.5f, 1, 1.5f, 2, 127.5f});
  CHECK(y({"x", "half of one axis", ""}) == Values{0, 0.5f, 1, 1.5f, 2, 127.5f});
  CHECK(y({"x", "half", "zero"}) == Values{-0.5f, 0, 0.5f, 1, 1.5f, 127});
  CHECK(y({"x", "three"}) == Values{0, 10, 200, 3, 40, 25500});  // axis 1
  CHECK(y({"x", "three"}, {{"axis", int64_t{-1}}}) == Values{0, 10, 200, 3, 40, 25500});
  CHECK(y({"x", "two", "zeros"}, {{"axis", int64_t{0}}}) == Values{-1, 0, 1, 10, 20, 2530});

  const auto refused = [&](const std::vector<std::string>& inputs, const std::map<std::string, OnnxAttribute>& attributes = {}) {
    return refusal([&] { y(inputs, attributes); });
  };
  CHECK(has(refused({"x", "two"}), "the scale of x does not fit its axis 1"));
  CHECK(has(refused({"x", "two"}, {{"axis", int64_t{2}}}), "does not fit its axis 2"));
  CHECK(has(refused({"x", "two"}, {{"axis", int64_t{-3}}}), "does not fit its axis -1"));
  CHECK(has(refused({"x", "square"}), "does not fit"));
  CHECK(has(refused({"x", "two", "zero"}, {{"axis", int64_t{0}}}), "zero point of x"));
  CHECK(has(refused({"x", "half", "computed"}), "zero point of x"));
  CHECK(has(refused({"x", "computed"}), "the scale of x is no constant"));
  CHECK(has(refused({"x"}), "has not 2 or 3 inputs"));
  CHECK(has(refused({"x", "half"}, {{"block_size", int64_t{2}}}), "in blocks"));

  model.nodes = {{"DequantizeLinear", "q", {"a picture", "half"}, {"y"}, {}}};
  CHECK(!onnx_arrays(model).contains("y"));
}

TEST_CASE("NaN and infinity in ONNX weights are refused by name") {
  for (const float wrong : {std::nanf(""), INFINITY}) {
    CHECK(has(refusal_of_graph(initialiser("good", 1, {1}, bytes(9, raw<float>({1}))) +
                               initialiser("bad", 1, {1}, bytes(9, raw<float>({wrong})))),
              "sample.onnx: bad holds NaN or infinity"));
    OnnxModel model;
    model.nodes = {{"Constant", "c", {}, {"k"}, {{"value_float", wrong}}}};
    CHECK(has(refusal([&] { onnx_arrays(model); }), "k holds NaN or infinity"));
  }
  CHECK(has(refusal_of_graph(initialiser("wide", 11, {1}, bytes(10, raw<double>({1e300})))), "wide holds NaN or infinity"));
}

TEST_CASE("ONNX models are listed with their metadata, .ONNX too") {
  const Folder folder;
  OnnxModel model = sample();
  model.nodes.push_back({"Constant", "c", {}, {"k"}, {{"value", OnnxTensor{Type::f32, {2}, {1, 3}, {}}}}});
  write_onnx(folder / "m.ONNX", model);
  const WeightListing listing = list_weights(folder / "m.ONNX");
  CHECK(listing.attributes ==
        std::vector<std::pair<std::string, std::string>>{{"producer", "impasto"}, {"opset", "18"}, {"licence", "MIT"}, {"style", "wave"}});
  REQUIRE(listing.entries.size() == 13);
  CHECK(listing.entries[0].name == "bf16");
  CHECK(listing.entries[0].type == "bf16");
  CHECK(listing.entries[0].largest == 3.140625);
  CHECK(listing.entries[12].name == "k");
  CHECK(listing.entries[12].mean == 2);
  CHECK(listing.entries[12].deviation == 1);
  for (const auto& entry : listing.entries) CHECK(entry.real == (entry.type.find('f') != std::string::npos));
}

TEST_CASE("what does not fit an ONNX tensor's shape or type is not written, and the old file stays") {
  const Folder folder;
  write_onnx(folder / "m.onnx", sample());
  const std::string before = slurp(folder / "m.onnx");
  const auto refused = [&](const OnnxTensor& tensor) {
    OnnxModel model = sample();
    model.initialisers["wrong"] = tensor;
    const std::string said = refusal([&] { write_onnx(folder / "m.onnx", model); });
    CHECK(has(said, "m.onnx: not written, since wrong "));
    return said;
  };
  refused({Type::f32, {2}, {1}, {}});
  refused({Type::f32, {1}, {1}, {1}});
  refused({Type::i8, {1}, {1}, {}});
  refused({Type::f32, {-1, -1}, {1}, {}});
  refused({Type::f32, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1}, {}});
  CHECK(has(refused({Type::i8, {1}, {}, {128}}), "no i8"));
  CHECK(has(refused({Type::boolean, {1}, {}, {2}}), "no bool"));
  CHECK(has(refused({Type::f16, {1}, {70000}, {}}), "holds 70000"));
  CHECK(slurp(folder / "m.onnx") == before);
}
