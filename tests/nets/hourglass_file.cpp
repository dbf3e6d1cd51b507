// The depth hourglass in the names of MegaDepth's state_dict and in the modules of relative_depth's .t7 files, both crafted, with the
// weights of hourglass.h5 and against what PyTorch makes of them.
#include "nets/hourglass_file.h"

#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "tests/loaders/pytorch_samples.h"
#include "tests/loaders/torch7_samples.h"
#include "tests/nets/narrow_hourglass.h"
#include "tests/nets/narrow_transform.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

const std::string level3 = "3.0.0.3.0", level2 = level3 + ".0.3.0", level1 = level2 + ".1.3.0";

// Where MegaDepth's modules stand.
const std::map<std::string, std::string> module_places{
    {"level4/skip1", "3.0.1.0"},       {"level4/deep1", "3.0.0.1"},       {"level4/deep2", "3.0.0.2"},
    {"level4/deep3", "3.0.0.4"},       {"level4/deep4", "3.0.0.5"},       {"level3/skip1", level3 + ".1.0"},
    {"level3/skip2", level3 + ".1.1"}, {"level3/deep1", level3 + ".0.1"}, {"level3/deep2", level3 + ".0.2"},
    {"level3/deep3", level3 + ".0.4"}, {"level3/deep4", level3 + ".0.5"}, {"level2/skip1", level2 + ".0.0"},
    {"level2/skip2", level2 + ".0.1"}, {"level2/deep1", level2 + ".1.1"}, {"level2/deep2", level2 + ".1.2"},
    {"level2/deep3", level2 + ".1.4"}, {"level2/deep4", level2 + ".1.5"}, {"level1/skip1", level1 + ".0.0"},
    {"level1/skip2", level1 + ".0.1"}, {"level1/deep1", level1 + ".1.1"}, {"level1/deep2", level1 + ".1.2"},
    {"level1/deep3", level1 + ".1.3"}};

const HourglassWeights& recorded_weights() {
  static const HourglassWeights weights = narrow::hourglass_weights();
  return weights;
}

// "level4/deep1/7x7/out/weight" by its name in a state_dict.
std::string their_name(const std::string& ours) {
  const size_t last = ours.rfind('/');
  std::string part = ours.substr(last + 1);
  const bool of_norm = part == "gamma" || part == "beta" || part.starts_with("running");
  if (part == "gamma") part = "weight";
  if (part == "beta") part = "bias";
  if (ours.starts_with("stem")) return (of_norm ? "1." : "0.") + part;
  if (ours.starts_with("head")) return "4." + part;
  const std::string module = ours.substr(0, 12), kernel = ours.substr(13, ours.find('/', 13) - 13);
  if (kernel == "1x1") return module_places.at(module) + (of_norm ? ".0.1." : ".0.0.") + part;
  int branch = 1;  // the kernels of a module's branches grow
  for (const char* other : {"3x3", "5x5", "7x7"})
    if (std::stoi(other) < std::stoi(kernel) && recorded_weights().parameters.contains(module + '/' + other + "/in/bias")) ++branch;
  const int place = (ours.find("/out/") == std::string::npos ? 0 : 3) + (of_norm ? 1 : 0);
  return module_places.at(module) + '.' + std::to_string(branch) + '.' + std::to_string(place) + '.' + part;
}

bool is_vector(const std::string& name) { return !name.ends_with("/weight"); }

const NamedArrays& their_arrays() {
  static const NamedArrays arrays = [] {
    NamedArrays made;
    for (const auto& [name, array] : recorded_weights().parameters)
      made[their_name(name)] = {is_vector(name) ? std::vector<int64_t>{static_cast<int64_t>(array.values.size())} : array.shape,
                                array.values};
    return made;
  }();
  return arrays;
}

void check_same(const HourglassWeights& read) {
  const HourglassWeights& wanted = recorded_weights();
  REQUIRE(read.parameters.size() == wanted.parameters.size());
  for (const auto& [name, array] : wanted.parameters) {
    CAPTURE(name);
    REQUIRE(read.parameters.at(name).values == array.values);
  }
}

void check_depth(const HourglassWeights& weights) {
  const auto cpu = make_cpu_backend();
  const Shape shape{1, 3, 16, 16};
  std::vector<float> x = formula::values(shape, 1);
  for (float& value : x) value = 0.5f * value + 0.5f;
  const NoGrad nothing_recorded;
  const Tensor y = Hourglass(*cpu, weights)(Variable(from_host(*cpu, shape, x.data(), cpu->lanes_for(3)))).value();
  CHECK(narrow::error(to_host_f64(y), Recorded("hourglass.h5").values("small/y")) < tolerance::f32);
}

// The modules of hourglass3. With `real` false all tensors show one storage of zeros, which is enough to be walked.
class Modules {
 public:
  using Change = std::function<void(int count, std::string& type, Torch7Bytes::Fields& fields)>;
  Modules(bool real, Change change) : real_(real), change_(std::move(change)) {}

  std::string bytes() {
    std::vector<std::string> all = convolution("stem");
    all.push_back(level(4));
    for (const std::string& module : convolution("head")) all.push_back(module);
    return container("nn.Sequential", all);
  }

 private:
  std::string module(std::string type, Torch7Bytes::Fields fields) {
    change_(++count_, type, fields);
    return t_.object(type, fields, 2);
  }
  std::string container(const std::string& type, const std::vector<std::string>& modules) {
    Torch7Bytes::Fields fields{{"modules", t_.list(modules)}};
    if (type == "nn.Concat") fields.emplace_back("dimension", t_.number(2));
    return module(type, fields);
  }
  std::string tensor(const std::string& name) {
    const Array& array = weights_.parameters.at(name);
    const std::vector<int64_t> shape = is_vector(name) ? std::vector<int64_t>{static_cast<int64_t>(array.values.size())} : array.shape;
    if (real_) return t_.tensor(shape, array.values);
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    const std::string storage = zeros_ == 0 ? t_.storage(std::vector<float>(1 << 19)) : t_.integer(4) + t_.integer(zeros_);
    if (zeros_ == 0) zeros_ = t_.last_index();
    return t_.view(storage, 1, shape, strides);
  }
  std::vector<std::string> convolution(const std::string& name) {
    const std::vector<int64_t>& shape = weights_.parameters.at(name + "/weight").shape;
    const auto number = [&](double value) { return t_.number(value); };
    const double kernel = static_cast<double>(shape[2]), pad = (kernel - 1) / 2;
    Torch7Bytes::Fields fields{{"nInputPlane", number(double(shape[1]))},
                               {"nOutputPlane", number(double(shape[0]))},
                               {"kW", number(kernel)},
                               {"kH", number(kernel)},
                               {"dW", number(1)},
                               {"dH", number(1)},
                               {"padW", number(pad)},
                               {"padH", number(pad)}};
    fields.emplace_back("weight", tensor(name + "/weight"));
    fields.emplace_back("bias", tensor(name + "/bias"));
    std::vector<std::string> made{module("cudnn.SpatialConvolution", fields)};
    if (name == "head") return made;
    Torch7Bytes::Fields norm{{"eps", number(1e-5)}};
    for (const char* part : {"running_mean", "running_var"}) norm.emplace_back(part, tensor(name + '/' + part));
    if (name == "stem") norm.emplace_back("weight", tensor("stem/gamma"));
    if (name == "stem") norm.emplace_back("bias", tensor("stem/beta"));
    made.push_back(module("nn.SpatialBatchNormalization", norm));
    made.push_back(module("cudnn.ReLU", {}));
    return made;
  }
  std::string inception(const std::string& name) {
    std::vector<std::string> branches{container("nn.Sequential", convolution(name + "/1x1"))};
    for (const char* kernel : {"/3x3", "/5x5", "/7x7", "/11x11"}) {
      if (!weights_.parameters.contains(name + kernel + "/in/bias")) continue;
      std::vector<std::string> wide = convolution(name + kernel + "/in");
      for (const std::string& more : convolution(name + kernel + "/out")) wide.push_back(more);
      branches.push_back(container("nn.Sequential", wide));
    }
    return container("nn.Concat", branches);
  }
  std::string level(int number) {
    const std::string name = "level" + std::to_string(number);
    const auto deep = [&] {
      std::vector<std::string> path;
      Torch7Bytes::Fields pool;
      for (const char* field : {"kW", "kH", "dW", "dH"}) pool.emplace_back(field, t_.number(2));
      path.push_back(module(number > 2 ? "nn.SpatialMaxPooling" : "nn.SpatialAveragePooling", pool));
      for (int i = 1; i <= (number > 1 ? 4 : 3); ++i) {
        if (i == 3 && number > 1) path.push_back(level(number - 1));
        path.push_back(inception(name + "/deep" + std::to_string(i)));
      }
      path.push_back(module("nn.SpatialUpSamplingNearest", {{"scale_factor", t_.number(2)}}));
      return container("nn.Sequential", path);
    };
    const auto skip = [&] {
      std::vector<std::string> path;
      for (int i = 1; i <= (number == 4 ? 1 : 2); ++i) path.push_back(inception(name + "/skip" + std::to_string(i)));
      return container("nn.Sequential", path);
    };
    std::vector<std::string> paths;  // one statement each: indices are given as the bytes are made
    if (number > 2) paths.push_back(deep());
    paths.push_back(skip());
    if (number <= 2) paths.push_back(deep());
    const std::string split = container("nn.ConcatTable", paths);
    const std::string sum = module("nn.CAddTable", {});
    return container("nn.Sequential", {split, sum});
  }

  Torch7Bytes t_;
  bool real_;
  Change change_;
  const HourglassWeights& weights_ = recorded_weights();
  int zeros_ = 0, count_ = 0;
};

std::string refused(const Modules::Change& change) {
  const Folder folder;
  spill(folder / "depth.t7", Modules(false, change).bytes());
  return refusal([&] { read_hourglass(folder / "depth.t7"); });
}
Modules::Change first(const std::string& type, const std::string& other, const std::string& field = "", double value = 0) {
  return [=, done = false](int, std::string& now, Torch7Bytes::Fields& fields) mutable {
    if (now != type || done) return;
    done = true;
    now = other;
    for (auto& [name, held] : fields)
      if (name == field) held = Torch7Bytes().number(value);
  };
}

}  // namespace

TEST_CASE("a state_dict with MegaDepth's names gives the depth that PyTorch gives") {
  const Folder folder;
  spill(folder / "depth.pth", archive_of(their_arrays(), "module."));
  const HourglassWeights read = read_hourglass(folder / "depth.pth");
  check_same(read);
  check_depth(read);
  write_weight_file(folder / "depth.h5", hourglass_weight_file(read));
  check_same(read_hourglass(folder / "depth.h5"));
}

TEST_CASE("names of the depth network that are missing or left over are listed") {
  NamedArrays arrays = their_arrays();
  arrays.erase("3.0.0.4.2.3.bias");
  arrays["5.weight"] = {{1}, {1}};
  CHECK(has(refusal([&] { hourglass_from_state_dict(arrays); }),
            "2 names do not fit: 3.0.0.4.2.3.bias is missing; 5.weight is not one of its parameters"));
  CHECK(has(refusal([&] { hourglass_from_state_dict({}); }), "and more"));
}

TEST_CASE("a .t7 file of the depth network gives the depth that PyTorch gives") {
  const Folder folder;
  spill(folder / "depth.t7", Modules(true, [](int, std::string&, Torch7Bytes::Fields&) {}).bytes());
  const HourglassWeights read = read_hourglass(folder / "depth.t7");
  check_same(read);
  check_depth(read);
}

TEST_CASE("modules that are not those of the depth network are refused by their places") {
  const Modules::Change nothing = [](int, std::string&, Torch7Bytes::Fields&) {};
  CHECK(refused(nothing) == "");
  CHECK(has(refused(first("nn.SpatialMaxPooling", "nn.SpatialAveragePooling")),
            "model.modules[4].modules[1].modules[1].modules[1] is \"nn.SpatialAveragePooling\""));
  CHECK(has(refused(first("nn.SpatialMaxPooling", "nn.SpatialMaxPooling", "kW", 3)), "has kW 3, needs 2"));
  CHECK(has(refused(first("nn.Concat", "nn.Concat", "dimension", 3)), "has dimension 3, needs 2"));
  CHECK(has(refused(first("nn.CAddTable", "nn.CMulTable")), "has nn.CAddTable"));
  CHECK(
      has(refused(first("nn.SpatialUpSamplingNearest", "nn.SpatialUpSamplingNearest", "scale_factor", 4)), "has scale_factor 4, needs 2"));
  CHECK(has(refused(first("cudnn.ReLU", "nn.Tanh")), "is \"nn.Tanh\" where the depth hourglass has nn.ReLU"));
  CHECK(has(refused(first("cudnn.SpatialConvolution", "cudnn.SpatialConvolution", "padW", 1)), "has padW 1, needs 3"));
  CHECK(has(refused(first("nn.SpatialBatchNormalization", "nn.SpatialBatchNormalization", "eps", 1e-3)), "has eps 0.001, needs 1e-05"));
  CHECK(has(refused([](int, std::string& type, Torch7Bytes::Fields& fields) {
              if (type == "nn.SpatialBatchNormalization") std::erase_if(fields, [](const auto& field) { return field.first == "weight"; });
            }),
            "lacks a weight"));
}
