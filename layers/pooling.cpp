#include "layers/pooling.h"

#include "layers/registry.h"

namespace impasto {

namespace {

Shape pooled_shape(const char* name, const Shape& x, const PoolParams& params) {
  const auto& [kernel, stride, pad, ceil_mode] = params;
  const std::string window =
      std::string(name) + ": a window of " + std::to_string(kernel) + ", stride " + std::to_string(stride) + ", pad " + std::to_string(pad);
  if (kernel < 1 || stride < 1 || pad < 0) throw ShapeError(window + " cannot be: kernel and stride must be at least 1, pad at least 0");
  // More would make windows that lie in the padding alone, and have no largest element.
  if (2 * pad > kernel) throw ShapeError(window + " cannot be: pad must be at most half the window");
  const auto count = [&](int size) {
    const int room = size + 2 * params.pad - params.kernel;
    if (room < 0) return 0;
    int windows = (room + (params.ceil_mode ? params.stride - 1 : 0)) / params.stride + 1;
    if (params.ceil_mode && (windows - 1) * params.stride >= size + params.pad) windows--;
    return windows;
  };
  const Shape y{x.n, x.c, count(x.h), count(x.w)};
  if (y.h < 1 || y.w < 1) throw ShapeError(window + ", does not fit into x " + x.text());
  return y;
}

}  // namespace

Variable max_pool(const Variable& x, int kernel, int stride, int pad, bool ceil_mode) {
  const PoolParams params{kernel, stride, pad, ceil_mode};
  Tensor y(x.backend(), pooled_shape("max_pool", x.shape(), params), x.value().lanes(), x.value().dtype());
  x.backend().max_pool(x.value(), params, y);
  return record("max_pool", y, {x}, [x = x.value(), y, params](Tensor& dy, std::span<GradientSink> dx) {
    dy.backend().max_pool_backward(x, y, dy, params, dx[0].out());
  });
}

Variable average_pool(const Variable& x, int kernel, int stride, int pad, bool ceil_mode) {
  const PoolParams params{kernel, stride, pad, ceil_mode};
  Tensor y(x.backend(), pooled_shape("average_pool", x.shape(), params), x.value().lanes(), x.value().dtype());
  x.backend().average_pool(x.value(), params, y);
  return record("average_pool", y, {x},
                [params](Tensor& dy, std::span<GradientSink> dx) { dy.backend().average_pool_backward(dy, params, dx[0].out()); });
}

namespace {

using Pool2d = Variable (*)(const Variable&, int, int, int, bool);

/// The same windows for both kinds; `exact`: no division.
std::vector<Case> cases_of(Pool2d pool, bool exact) {
  std::vector<Case> cases;
  const auto add = [&](std::string name, Shape x, PoolParams p) {
    const auto run = [=](std::vector<Variable>& v) { return pool(v[0], p.kernel, p.stride, p.pad, p.ceil_mode); };
    cases.push_back({std::move(name), {distinct(x)}, run, exact});
  };
  add("2 stride 2", {2, 3, 4, 6}, {2, 2});
  add("2 stride 2, a row and a column left over", {2, 3, 5, 7}, {2, 2});
  add("2 stride 2, ceil", {1, 17, 3, 3}, {2, 2, 0, true});
  add("3 stride 2, windows overlap", {1, 5, 7, 5}, {3, 2});
  add("3 stride 2, ceil, odd size", {1, 3, 7, 9}, {3, 2, 0, true});
  add("3 stride 2, ceil, even size", {1, 3, 6, 8}, {3, 2, 0, true});
  add("3 stride 2, pad 1", {2, 3, 5, 6}, {3, 2, 1});
  add("3 stride 2, pad 1, ceil", {1, 5, 6, 5}, {3, 2, 1, true});
  add("2 stride 3 skips pixels, ceil", {1, 3, 7, 6}, {2, 3, 0, true});
  add("3 stride 1 pad 1, 17 channels", {1, 17, 3, 3}, {3, 1, 1});
  add("single pixel", {2, 5, 1, 1}, {1, 1});
  add("single pixel, pad 1", {2, 5, 1, 1}, {3, 2, 1});
  return cases;
}

Case bench_case(std::string name, Pool2d pool, Shape x, int kernel, int stride, bool ceil_mode, bool reads_x_again) {
  const auto run = [=](std::vector<Variable>& v) { return pool(v[0], kernel, stride, 0, ceil_mode); };
  const Shape y = pooled_shape("bench", x, {kernel, stride, 0, ceil_mode});
  const double window = double(kernel) * kernel * y.elements(), bytes = 4.0 * (x.elements() + y.elements());
  Case c{std::move(name), {activation(x)}, run};
  c.cost = {window, bytes, window, bytes + (reads_x_again ? 4.0 * x.elements() : 0)};
  c.bench_only = true;
  return c;
}

}  // namespace

LayerCases max_pool_cases() {
  LayerCases layer{
      "max_pool",
      "layers/pooling.h",
      R"($$y_{ncpq} = \max_{(h,w) \in W_{pq}} x_{nchw}, \qquad W_{pq} = \{(h,w): 0 \le h - tp + a < k,\; 0 \le w - tq + a < k\}$$
with window $k$, stride $t$, pad $a$; only pixels of the picture compete.)",
      R"($$dx_{nchw} = \sum_{(p,q):\; m_{pq} = (h,w)} dy_{ncpq}, \qquad m_{pq} = \arg\max_{W_{pq}} x$$)",
      R"(Near a point without ties $y_{pq}$ is the element at $m_{pq}$ and nothing else, so its derivative is 1 there and 0 elsewhere.
Where windows overlap, one element may win several and adds up. On a tie the first in row order takes all, as in PyTorch.)",
      cases_of(max_pool, true)};
  layer.cases.push_back(bench_case("2 stride 2 4x64x256x256", max_pool, {4, 64, 256, 256}, 2, 2, false, true));
  layer.cases.push_back(bench_case("3 stride 2 ceil 4x64x128x128", max_pool, {4, 64, 128, 128}, 3, 2, true, true));
  return layer;
}

LayerCases average_pool_cases() {
  LayerCases layer{
      "average_pool",
      "layers/pooling.h",
      R"($$y_{ncpq} = \frac{1}{A_{pq}} \sum_{(h,w) \in W_{pq}} x_{nchw}$$
with the windows $W_{pq}$ of max_pool and $A_{pq}$ the number of positions of a window within picture and padding (padding counts as
zeros).)",
      R"($$dx_{nchw} = \sum_{(p,q):\; (h,w) \in W_{pq}} \frac{dy_{ncpq}}{A_{pq}}$$)",
      R"(A mean is linear: each pixel enters its windows with the factor $1 / A_{pq}$, and gets that share of their gradients back.)",
      cases_of(average_pool, false)};
  layer.cases.push_back(bench_case("2 stride 2 4x64x256x256", average_pool, {4, 64, 256, 256}, 2, 2, false, false));
  return layer;
}

}  // namespace impasto
