#include "layers/pooling.h"

#include "tests/layers/small.h"

using namespace impasto;
using namespace impasto::small;

TEST_CASE("max_pool takes the largest of each window") {
  const Variable x = variable({1, 1, 2, 4}, {1, 8, 3, 4, 5, 2, 7, 6});
  CHECK(numbers(max_pool(x, 2, 2)) == std::vector<double>{8, 7});
}

TEST_CASE("max_pool of a negative picture is negative: its padding does not compete") {
  CHECK(numbers(max_pool(filled({1, 1, 3, 3}, -5), 3, 2, 1)) == std::vector<double>(4, -5));
}

TEST_CASE("max_pool gives a tie's gradient to the first in row order") {
  const Variable x = filled({1, 1, 2, 2}, 1, true);
  backward(max_pool(x, 2, 2));
  CHECK(to_host_f64(x.grad()) == std::vector<double>{1, 0, 0, 0});
}

TEST_CASE("pools in ceil mode count the windows that stick out, unless they would begin outside") {
  const auto size = [](int of, int kernel, int stride, int pad, bool ceil) {
    return max_pool(counted({1, 1, of, of}), kernel, stride, pad, ceil).shape().h;
  };
  CHECK(size(7, 3, 2, 0, false) == 3);
  CHECK(size(7, 3, 2, 0, true) == 3);
  CHECK(size(8, 3, 2, 0, false) == 3);
  CHECK(size(8, 3, 2, 0, true) == 4);
  CHECK(size(7, 2, 3, 0, true) == 3);  // the third window holds one pixel
  CHECK(size(6, 2, 3, 0, true) == 2);  // the third would begin at pixel 6: beyond
  CHECK(size(5, 2, 2, 1, false) == 3);
  CHECK(size(5, 2, 2, 1, true) == 3);  // the fourth would begin in the padding behind the picture
}

TEST_CASE("average_pool counts the padding as zeros, and nothing beyond it") {
  CHECK(numbers(average_pool(counted({1, 1, 2, 2}), 2, 2)) == std::vector<double>{2.5});
  CHECK(numbers(average_pool(filled({1, 1, 2, 2}, 8), 2, 2, 1)) == std::vector<double>(4, 2));
  CHECK(numbers(average_pool(filled({1, 1, 3, 3}, 8), 2, 2, 0, true)) == std::vector<double>(4, 8));
}

TEST_CASE("pools say what does not fit") {
  const Variable x = counted({1, 2, 3, 4});
  CHECK(shape_error([&] { max_pool(x, 4, 2); }) == "max_pool: a window of 4, stride 2, pad 0, does not fit into x [1, 2, 3, 4]");
  CHECK(shape_error([&] { max_pool(x, 2, 2, 2); }) ==
        "max_pool: a window of 2, stride 2, pad 2 cannot be: pad must be at most half the window");
  CHECK(shape_error([&] { average_pool(x, 2, 0); }) ==
        "average_pool: a window of 2, stride 0, pad 0 cannot be: kernel and stride must be at least 1, pad at least 0");
}
