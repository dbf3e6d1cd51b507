#include "layers/concat.h"

#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

TEST_CASE("concat then slice is the identity, whatever the lanes of the parts") {
  const std::unique_ptr<Backend> blocked = make_reference_backend(Dtype::f64, 8);
  for (Backend* b : {&backend(), blocked.get()}) {
    std::vector<Variable> parts;
    std::vector<int> channels{3, 8, 1, 17};
    for (size_t i = 0; i < channels.size(); i++) {  // every other one planar
      const std::vector<double> values = numbers(integers({2, channels[i], 3, 2}, unsigned(i)));
      const std::vector<float> host(values.begin(), values.end());
      parts.push_back(Variable(from_host(*b, {2, channels[i], 3, 2}, host.data(), i % 2 ? 8 : 1)));
    }
    const Variable y = concat(parts);
    CHECK(y.shape() == Shape{2, 29, 3, 2});
    int begin = 0;
    for (size_t i = 0; i < parts.size(); i++) {
      CHECK(numbers(slice_channels(y, begin, channels[i])) == numbers(parts[i]));
      begin += channels[i];
    }
  }
}

TEST_CASE("slices then concat are the identity") {
  const Variable x = integers({2, 19, 2, 3}, 4);
  CHECK(numbers(concat({slice_channels(x, 0, 5), slice_channels(x, 5, 13), slice_channels(x, 18, 1)})) == numbers(x));
}

TEST_CASE("concat and slice_channels say what does not fit") {
  const Variable a = counted({1, 2, 3, 4}), b = counted({1, 2, 3, 5});
  CHECK(shape_error([] { concat({}); }) == "concat: there are no parts to join");
  CHECK(shape_error([&] {
          concat({a, a, b});
        }) == "concat: part 2 is [1, 2, 3, 5] of f64 but part 0 is [1, 2, 3, 4] of f64; only channels may differ");
  CHECK(shape_error([&] { slice_channels(a, 1, 2); }) == "slice_channels: x [1, 2, 3, 4] does not have 2 channels from 1");
  CHECK(shape_error([&] { slice_channels(a, -1, 1); }) == "slice_channels: x [1, 2, 3, 4] does not have 1 channels from -1");
}
