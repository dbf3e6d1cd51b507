#include "layers/pad.h"

#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

TEST_CASE("pad mirrors without repeating the edge, repeats it, or puts zeros") {
  const Variable x = variable({1, 1, 1, 3}, {1, 2, 3});
  const Pads pads{0, 2, 0, 1};
  CHECK(numbers(pad(x, pads, Padding::reflect)) == std::vector<double>{3, 2, 1, 2, 3, 2});
  CHECK(numbers(pad(x, pads, Padding::replicate)) == std::vector<double>{1, 1, 1, 2, 3, 3});
  CHECK(numbers(pad(x, pads, Padding::zero)) == std::vector<double>{0, 0, 1, 2, 3, 0});
}

TEST_CASE("pad then crop is the identity") {
  const Variable x = integers({2, 3, 4, 5}, 1);
  for (const Padding kind : {Padding::zero, Padding::reflect, Padding::replicate}) {
    CHECK(numbers(crop(pad(x, {1, 3, 2, 0}, kind), 1, 3, 4, 5)) == numbers(x));
  }
}

TEST_CASE("pad gives back as many gradients as it made copies") {
  const Variable x = counted({1, 1, 2, 3}, true);
  const Variable y = pad(x, 1, Padding::reflect);
  const Variable ones = filled(y.shape(), 1);
  backward(record("sum", filled({1, 1, 1, 1}, 30).value(), {y},
                  [ones = ones.value()](Tensor&, std::span<GradientSink> dy) { dy[0].give(ones); }));
  // Rows 1 0 1 0, columns 1 0 1 2 1: row 0 twice, row 1 twice; column 0 once, column 1 three times, column 2 once.
  CHECK(to_host_f64(x.grad()) == std::vector<double>{2, 6, 2, 2, 6, 2});
}

TEST_CASE("pad and crop say what does not fit") {
  const Variable x = counted({1, 2, 3, 4});
  CHECK(shape_error([&] { pad(x, 3, Padding::reflect); }) ==
        "pad: a border of 3 at the top of x [1, 2, 3, 4] cannot be reflected: it must be smaller than the picture");
  CHECK(shape_error([&] {
          pad(x, {0, 0, 0, 4}, Padding::reflect);
        }) == "pad: a border of 4 at the right of x [1, 2, 3, 4] cannot be reflected: it must be smaller than the picture");
  CHECK(shape_error([&] { pad(x, -1, Padding::replicate); }) ==
        "pad: a border of -1 at the top of x [1, 2, 3, 4] is negative, which only zero padding allows");
  CHECK(shape_error([&] {
          pad(x, {-3, 0, 5, 0}, Padding::zero);
        }) == "pad: a border of -3 at the top of x [1, 2, 3, 4] cuts off the whole picture");
  CHECK(shape_error([&] { pad(x, {-2, 0, -1, 0}, Padding::zero); }) == "pad: the negative borders cut off all of x [1, 2, 3, 4]");
  CHECK(shape_error([&] { crop(x, 1, 1, 3, 3); }) == "crop: 3x3 pixels from row 1, column 1 do not lie within x [1, 2, 3, 4]");
}
