// Behind a ReLU most windows hold equal zeros: the gradient goes to the first largest pixel alone, on every backend.
#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "kernels/reference/reference.h"
#include "layers/pooling.h"

using namespace impasto;

namespace {

std::vector<float> gradient_of_zeros(Backend& backend, int kernel, int stride) {
  const std::vector<float> zeros(9 * 5 * 6, 0.0f);
  Variable x(from_host(backend, {1, 9, 5, 6}, zeros.data(), backend.lanes_for(9)), true);
  const Variable y = max_pool(x, kernel, stride);
  Tensor dy = y.value().like();
  backend.fill(dy, 1);
  backward_from(y, dy);
  return to_host(x.grad());
}

}  // namespace

TEST_CASE("equal pixels of a window: the first takes the gradient") {
  for (const auto& [kernel, stride] : {std::pair{2, 2}, {3, 2}}) {
    const auto reference = make_reference_backend(), cpu = make_cpu_backend(), emulated = make_emulated_backend(8);
    for (Backend* backend : {reference.get(), cpu.get(), emulated.get()}) {
      CAPTURE(backend->name());
      const std::vector<float> dx = gradient_of_zeros(*backend, kernel, stride);
      for (int i = 0; i < 9 * 5 * 6; ++i) {
        const int row = i / 6 % 5, column = i % 6;
        const bool first = row % 2 == 0 && column % 2 == 0 && row + kernel <= 5 && column + kernel <= 6;
        REQUIRE(dx[size_t(i)] == (first ? 1.0f : 0.0f));
      }
    }
  }
}
