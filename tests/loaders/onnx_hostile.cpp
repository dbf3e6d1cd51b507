// ONNX files that are damaged or made to hurt.
#include <doctest/doctest.h>

#include "tests/loaders/onnx_samples.h"

using namespace impasto;
using namespace impasto::samples;
using namespace impasto::samples::onnx;

namespace {

const std::string two_floats = bytes(9, raw<float>({1, 2}));

/// Everything that can be in a file, for damage; `more` makes the length at the place of that number wrong.
std::string full(int place = -1, uint64_t more = 0) {
  int at = 0;
  const auto sized = [&](int field, const std::string& value) { return bytes(field, value, at++ == place ? more : 0); };
  const std::string values = sized(9, raw<float>({1, 2})), name = sized(8, "w"), packed = sized(4, raw<float>({3}));
  const std::string weight = sized(5, shape({2}) + number(2, 1) + name + values), second = sized(5, number(2, 1) + bytes(8, "s") + packed);
  const std::string ints = sized(5, sized(1, "axes") + sized(8, varints({1, 2})) + number(20, 7));
  const std::string value = sized(5, bytes(1, "value") + sized(5, tensor("", 3, {1}, bytes(5, "\1"))) + number(20, 4));
  const std::string op = sized(1, sized(1, "x") + sized(2, "y") + sized(3, "n") + sized(4, "Op") + ints + value);
  const std::string dims = sized(2, sized(1, number(1, 3)) + sized(1, sized(2, "h")));
  const std::string input = sized(11, sized(1, "x") + sized(2, sized(1, number(1, 1) + dims)));
  const std::string entry = sized(14, sized(1, "k") + sized(2, "v")), graph = sized(7, op + weight + second + input);
  return number(1, 8) + entry + graph + sized(8, sized(1, "") + number(2, 17));
}
constexpr int places = 29;

}  // namespace

TEST_CASE("an ONNX file cut at any length is refused") {
  const std::string whole = full();
  REQUIRE(refusal_of_model(whole) == "");
  const Folder folder;
  for (size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(has(refusal_of_model(whole.substr(0, length)), "sample.onnx: "));
    spill(folder / "cut.onnx", whole.substr(0, length));
    CHECK(has(refusal([&] { read_onnx(folder / "cut.onnx"); }), "cut.onnx: "));
  }
}

TEST_CASE("what our writer wrote is refused when cut at any length") {
  OnnxModel model;
  model.metadata = {{"k", "v"}};
  model.initialisers["w"] = {OnnxTensor::Type::f32, {2}, {1, 2}, {}};
  const std::vector<uint8_t> whole = encode_onnx(model);
  for (size_t length = 0; length < whole.size(); ++length)
    CHECK(refusal([&] { decode_onnx(Bytes(whole).first(length), "sample.onnx"); }) != "");
}

TEST_CASE("every length in an ONNX file that is too large is refused") {
  CHECK(full(places) == full());
  for (int place = 0; place < places; ++place)
    for (const uint64_t more : {uint64_t{1000}, uint64_t{1} << 31, uint64_t{1} << 32, uint64_t{1} << 63, ~uint64_t{0} - 1000}) {
      CAPTURE(place);
      CAPTURE(more);
      CHECK(full(place, more) != full());
      CHECK(has(refusal_of_model(full(place, more)), "sample.onnx: is damaged"));
    }
}

TEST_CASE("changed bytes in an ONNX file are read as something else or refused") {
  const std::string whole = full();
  int refused = 0;
  for (size_t at = 0; at < whole.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = whole;
      changed[at] = static_cast<char>(byte);
      refused += refusal_of_model(changed) != "";  // anything that is not impasto's own error comes through
    }
  CHECK(refused > 10000);
}

TEST_CASE("tensors that do not hold what their shape says are refused") {
  const auto refused = [](int type, std::initializer_list<int64_t> dims, const std::string& values) {
    return refusal_of_graph(initialiser("w", type, dims, values));
  };
  CHECK(refused(1, {2}, two_floats) == "");
  CHECK(refused(1, {0, 7}, bytes(9, "")) == "");
  CHECK(refused(1, {0}, "") == "");
  CHECK(has(refused(1, {3}, two_floats), "w should hold 3 values and does not"));
  CHECK(has(refused(1, {1}, two_floats), "should hold 1 values"));
  CHECK(has(refused(1, {}, two_floats), "should hold 1 values"));
  CHECK(has(refused(1, {0}, two_floats), "should hold 0 values"));
  CHECK(has(refused(1, {1}, ""), "should hold 1 values"));
  CHECK(has(refused(1, {1}, bytes(9, "12345")), "should hold 1 values"));
  CHECK(has(refused(11, {2}, two_floats), "should hold 2 values"));
  CHECK(has(refused(10, {2}, two_floats), "should hold 2 values"));
  CHECK(has(refused(1, {-2}, two_floats), "impossible shape"));
  CHECK(has(refused(1, {int64_t{1} << 32, int64_t{1} << 32}, two_floats), "impossible shape"));
  CHECK(has(refused(1, {int64_t{1} << 62}, two_floats), "should hold 4611686018427387904"));
  CHECK(has(refused(1, {1, 1, 1, 1, 1, 1, 1, 1, 2}, two_floats), "impossible shape"));
}

TEST_CASE("tensors with values of another type or out of range are refused") {
  const auto refused = [](int type, const std::string& values) { return refusal_of_graph(initialiser("w", type, {2}, values)); };
  CHECK(has(refused(1, two_floats + bytes(4, raw<float>({1, 2}))), "values twice"));
  CHECK(has(refused(1, bytes(5, varints({1, 2}))), "another type than f32"));
  CHECK(has(refused(6, bytes(7, varints({1, 2}))), "another type than i32"));
  CHECK(has(refused(7, bytes(4, raw<float>({1, 2}))), "another type than i64"));
  CHECK(has(refused(3, bytes(5, varints({1, 128}))), "no i8"));
  CHECK(has(refused(2, bytes(5, varints({1, -1}))), "no u8"));
  CHECK(has(refused(6, bytes(5, varints({1, int64_t{1} << 31}))), "no i32"));
  CHECK(has(refused(10, bytes(5, varints({1, 65536}))), "no f16"));
  CHECK(has(refused(16, bytes(5, varints({1, -1}))), "no bf16"));
  CHECK(has(refused(9, bytes(9, "\1\2")), "no bool"));
  for (const int type : {0, 8, 12, 13, 14, 17, 22, -1, 1000})
    CHECK(has(refused(type, two_floats), "w is of ONNX's type " + std::to_string(type) + ", which is not read"));
}

TEST_CASE("what an ONNX file keeps elsewhere or in another form is refused") {
  const auto tensor_with = [](const std::string& more) { return refusal_of_graph(initialiser("w", 1, {2}, more)); };
  CHECK(has(tensor_with(bytes(13, bytes(1, "location") + bytes(2, "../../etc/passwd")) + number(14, 1)), "w lies in another file"));
  CHECK(has(tensor_with(bytes(13, bytes(1, "location") + bytes(2, "w.bin"))), "w lies in another file"));
  CHECK(has(tensor_with(two_floats + number(14, 1)), "w lies in another file"));
  CHECK(tensor_with(two_floats + number(14, 0)) == "");
  CHECK(has(tensor_with(two_floats + bytes(3, "")), "segments"));
  CHECK(has(refusal_of_graph(bytes(15, "")), "sparse initialisers"));
  CHECK(has(refusal_of_model(model("", bytes(25, ""))), "functions of its own"));
  const auto attribute = [](const std::string& more) {
    return refusal_of_graph(node("If", bytes(3, "n") + bytes(5, bytes(1, "then_branch") + more)));
  };
  CHECK(has(attribute(bytes(6, "") + number(20, 5)), "If node n holds a graph of its own (then_branch)"));
  CHECK(has(attribute(bytes(11, "") + number(20, 10)), "holds a graph of its own"));
  CHECK(has(attribute(bytes(21, "x") + number(20, 2)), "stands for another"));
  for (const int type : {0, 5, 8, 9, 10, 11, 100, -1}) CHECK(has(attribute(number(20, type)), "attribute type " + std::to_string(type)));
  CHECK(has(attribute(number(20, 4)), "lacks its value"));
  CHECK(has(refusal_of_graph(node("FusedConv", bytes(3, "n") + bytes(7, "com.microsoft"))),
            "node n is the operator FusedConv of com.microsoft"));
  CHECK(has(refusal_of_graph(bytes(11, bytes(1, "x") + bytes(2, bytes(4, "")))), "x is no tensor"));
  CHECK(has(refusal_of_graph(bytes(12, bytes(1, "y"))), "y is no tensor"));
  CHECK(has(refusal_of_graph(bytes(11, bytes(2, bytes(1, number(1, 1))))), "no name"));
}

TEST_CASE("graphs within graphs are refused however deep they are") {
  std::string graph;
  for (int depth = 0; depth < 1000; ++depth) graph = node("If", bytes(5, bytes(1, "then_branch") + bytes(6, graph) + number(20, 5)));
  CHECK(has(refusal_of_graph(graph), "holds a graph of its own"));
}

TEST_CASE("an ONNX model without graph or version, or with two, is refused") {
  const std::string opset = bytes(8, number(2, 17));
  CHECK(has(refusal_of_model(number(1, 8) + opset), "holds no graph"));
  CHECK(has(refusal_of_model(number(1, 8) + bytes(7, "") + bytes(7, "") + opset), "two graphs"));
  CHECK(has(refusal_of_model(number(1, 8) + bytes(7, "")), "version of its operators"));
  CHECK(has(refusal_of_model(number(1, 8) + bytes(7, "") + bytes(8, bytes(1, "ai.onnx.ml") + number(2, 3))), "version of its operators"));
  CHECK(refusal_of_model(number(1, 8) + bytes(7, "") + opset) == "");
}

TEST_CASE("names twice in an ONNX model are refused") {
  const std::string weight = initialiser("w", 1, {2}, two_floats);
  const std::string input = bytes(11, bytes(1, "w") + bytes(2, bytes(1, number(1, 1))));
  CHECK(has(refusal_of_graph(weight + weight), "two initialisers w"));
  CHECK(refusal_of_graph(weight + input) == "");  // so it was before version 4
  CHECK(has(refusal_of_graph(input + input), "w is given twice"));
  CHECK(has(refusal_of_graph(weight + node("Op", bytes(2, "w"))), "w is given twice"));
  CHECK(has(refusal_of_graph(node("Op", bytes(2, "y")) + node("Op", bytes(2, "y"))), "y is given twice"));
  CHECK(refusal_of_graph(node("Op", bytes(2, "") + bytes(2, ""))) == "");
  const std::string attribute = bytes(5, bytes(1, "axis") + number(3, 1) + number(20, 2)), entry = bytes(14, bytes(1, "k") + bytes(2, "v"));
  CHECK(has(refusal_of_graph(node("Op", attribute + attribute)), "two attributes axis"));
  CHECK(has(refusal_of_model(model("", entry + entry)), "say k twice"));
  CHECK(has(refusal_of_graph(initialiser("", 1, {2}, two_floats)), "has no name"));
  CHECK(has(refusal_of_graph(node("", "")), "has no operator"));
}

TEST_CASE("the numbers of nodes, tensors, names and axes end at their limits") {
  const auto repeated = [](const std::string& part, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += part;
    return all;
  };
  CHECK(refusal_of_graph(repeated(node("Op", ""), 65536)) == "");
  CHECK(has(refusal_of_graph(repeated(node("Op", ""), 65537)), "more than 65536 nodes"));
  const std::string value = bytes(5, tensor("", 1, {0}, ""));
  CHECK(refusal_of_graph(node("Op", bytes(5, bytes(1, "value") + repeated(value, 65536) + number(20, 4)))) == "");
  CHECK(has(refusal_of_graph(node("Op", bytes(5, bytes(1, "value") + repeated(value, 65537) + number(20, 4)))), "more than 65536 tensors"));
  CHECK(refusal_of_graph(node("Op", repeated(bytes(1, ""), (1 << 20) - 1))) == "");  // one more is the operator set
  CHECK(has(refusal_of_graph(node("Op", repeated(bytes(1, ""), 1 << 20))), "more than 1048576 names"));
  for (const int axes : {8, 9}) {
    const std::string dims = bytes(2, repeated(bytes(1, number(1, 1)), axes));
    CHECK(refusal_of_graph(bytes(11, bytes(1, "x") + bytes(2, bytes(1, number(1, 1) + dims)))).empty() == (axes == 8));
  }
  CHECK(has(refusal_of_graph(node(std::string((1 << 20) + 1, 'a'), "")), "bytes long"));
}

TEST_CASE("what is no ONNX file is refused with what it seems to be") {
  const Folder folder;
  const auto refused = [&](const std::string& content) {
    spill(folder / "m.onnx", content);
    return refusal([&] { read_onnx(folder / "m.onnx"); });
  };
  CHECK(refused(full()) == "");
  CHECK(has(refused("<!DOCTYPE html><html></html>"), "not an ONNX model (it begins \"<!DOCTYPE html>\"); was the download a web page?"));
  CHECK(has(refused("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"));
  CHECK(has(refused("PK\3\4" + std::string(100, ' ')), "zip archive"));
  CHECK(has(refused(""), "is empty"));
  CHECK(has(refused("\x08\x08"), "too short"));
  CHECK(has(refusal([&] { read_onnx(folder / "absent.onnx"); }), "no such file"));
  CHECK(has(refusal([&] { read_onnx(folder.path.string()); }), "is a folder"));
}
