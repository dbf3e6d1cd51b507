// Blocks that work beside each other share a CUDA block (kernels/shared/launch.h): each has its own pixels and its own sums, and every
// pixel of every block is visited once, whatever the launches.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "kernels/emulator/launcher.h"

using namespace impasto;

namespace {

struct TileSums {  // x [z][pixels][y]: each block sums its column, and copies it
  const float* x;
  float *sums, *copy;
  int pixels;
  template <class Block>
  void operator()(Block& block) const {
    const int rows = block.grid_y();
    const auto at = [&](int p) { return (block.z() * pixels + p) * rows + block.y(); };
    Lanes<1> sum(0.0f), largest(-1e30f);
    for (int p = block.rank(); p < pixels; p += block.size()) {
      sum += Lanes<1>(x[at(p)]);
      largest = max(largest, Lanes<1>(x[at(p)]));
      copy[at(p)] = x[at(p)];
    }
    sum = block.sum(sum);
    largest = block.max(largest);
    if (block.rank() == 0) sums[block.z() * rows + block.y()] = sum[0] + 1000 * largest[0];
  }
};

}  // namespace

TEST_CASE("blocks beside each other have their own pixels, sums and maxima, for any number of them, of threads and of launches") {
  constexpr int pixels = 70, images = 2;
  for (const int rows : {1, 2, 3, 4, 6, 8, 12, 20})
    for (const int threads : {32, 64, 96})
      for (const int most_rows : {1, 3, 1000})
        for (const emulator::Order order : {emulator::Order::forward, emulator::Order::shuffled}) {
          CAPTURE(rows);
          CAPTURE(threads);
          CAPTURE(most_rows);
          std::vector<float> x(size_t(images * pixels * rows)), copy(x.size()), sums(size_t(images * rows)), expected(sums.size());
          for (size_t i = 0; i < x.size(); i++) x[i] = float(int(i * 37 % 101) - 50);
          for (int n = 0; n < images; n++)
            for (int r = 0; r < rows; r++) {
              float sum = 0, largest = -1e30f;
              for (int p = 0; p < pixels; p++) {
                const float value = x[size_t((n * pixels + p) * rows + r)];
                sum += value;
                largest = std::max(largest, value);
              }
              expected[size_t(n * rows + r)] = sum + 1000 * largest;
            }
          EmulatedLauncher launcher{{.order = order, .seed = 3}, threads, most_rows};
          launcher.launch({1, rows, images, rows}, TileSums{x.data(), sums.data(), copy.data(), pixels});
          CHECK(sums == expected);
          CHECK(copy == x);
        }
}

TEST_CASE("blocks go together only where they lie beside each other, as many as divide both") {
  const auto together = [](int y, int beside) {
    int found = 0;
    for_launches({1, y, 1, beside}, 65535, [&](Grid grid, Place place) {
      found = place.together;
      CHECK(grid.y * place.together == y);
    });
    return found;
  };
  CHECK(together(8, 1) == 1);
  CHECK(together(8, 8) == 4);
  CHECK(together(12, 6) == 2);
  CHECK(together(6, 12) == 2);
  CHECK(together(9, 3) == 1);
}

TEST_CASE("rows beyond CUDA's limit take further launches, none left out and none twice") {
  std::map<int, int> visited;
  int launches = 0;
  for_launches({1, 200'000, 1}, 65535, [&](Grid grid, Place place) {
    launches++;
    CHECK(grid.y <= 65535);
    CHECK(place.grid_y == 200'000);
    for (int y = 0; y < grid.y; y++) visited[place.first_y + y]++;
  });
  CHECK(launches == 4);
  CHECK(visited.size() == 200'000);
  CHECK(std::all_of(visited.begin(), visited.end(), [](const auto& row) { return row.second == 1; }));
}
