// Pooling and resizing. Rows and columns are independent, so each rule is written for one axis.
#include <algorithm>

#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

// One pooling window along one axis: positions begin .. end - 1 of the picture, and how many it covers with the padding.
struct Window {
  int begin, end, covered;
};

Window window(int p, int size, const PoolParams& params) {
  const int begin = p * params.stride - params.pad;
  const int end = std::min(begin + params.kernel, size + params.pad);
  return {std::max(begin, 0), std::min(end, size), end - begin};
}

int pooled_size(int size, const PoolParams& params) {
  const int room = size + 2 * params.pad - params.kernel + (params.ceil_mode ? params.stride - 1 : 0);
  if (room < 0) return 0;
  const int last = room / params.stride;
  // A last window that sticks out must still begin inside the picture or the padding before it.
  return params.ceil_mode && last * params.stride >= size + params.pad ? last : last + 1;
}

Shape pooled_shape(const std::string& name, const Shape& x, const PoolParams& params) {
  require(params.kernel > 0 && params.stride > 0 && params.pad >= 0 && 2 * params.pad <= params.kernel,
          name + ": kernel and stride must be at least 1, the padding at most half the kernel");
  const Shape y{x.n, x.c, pooled_size(x.h, params), pooled_size(x.w, params)};
  require(y.h > 0 && y.w > 0, name + ": no window of " + std::to_string(params.kernel) + " fits into " + x.text());
  return y;
}

struct Pixel {
  int h, w;
};

// The first largest element of a window in row order.
Pixel largest(const Array& x, int n, int c, const Window& rows, const Window& columns) {
  Pixel best{rows.begin, columns.begin};
  for (int h = rows.begin; h < rows.end; ++h)
    for (int w = columns.begin; w < columns.end; ++w)
      if (x(n, c, h, w) > x(n, c, best.h, best.w)) best = {h, w};
  return best;
}

// Bilinear: output position i takes (1 - t) of `first` and t of `second`.
struct Blend {
  int first, second;
  double t;
};

Blend blend(int i, int from, int to, bool align_corners) {
  double position;
  if (align_corners) {
    position = to > 1 ? double(i) * (from - 1) / (to - 1) : 0;
  } else {
    position = std::max((i + 0.5) * from / to - 0.5, 0.0);
  }
  const int first = std::min(int(position), from - 1);
  return {first, std::min(first + 1, from - 1), position - first};
}

}  // namespace

Array max_pool(const Array& x, const PoolParams& params) {
  return tabulate(pooled_shape("max_pool", x.shape, params), [&](int n, int c, int p, int q) {
    const Pixel best = largest(x, n, c, window(p, x.shape.h, params), window(q, x.shape.w, params));
    return x(n, c, best.h, best.w);
  });
}

Array max_pool_backward(const Array& x, const Array& dy, const PoolParams& params) {
  require(pooled_shape("max_pool_backward", x.shape, params) == dy.shape, "max_pool_backward: dy is " + dy.shape.text());
  Array dx(x.shape);
  each(dy.shape, [&](int n, int c, int p, int q) {
    const Pixel best = largest(x, n, c, window(p, x.shape.h, params), window(q, x.shape.w, params));
    dx(n, c, best.h, best.w) += dy(n, c, p, q);
  });
  return dx;
}

Array average_pool(const Array& x, const PoolParams& params) {
  return tabulate(pooled_shape("average_pool", x.shape, params), [&](int n, int c, int p, int q) {
    const Window rows = window(p, x.shape.h, params), columns = window(q, x.shape.w, params);
    double sum = 0;
    for (int h = rows.begin; h < rows.end; ++h)
      for (int w = columns.begin; w < columns.end; ++w) sum += x(n, c, h, w);
    return sum / (rows.covered * columns.covered);
  });
}

Array average_pool_backward(const Array& dy, const PoolParams& params, const Shape& x) {
  require(pooled_shape("average_pool_backward", x, params) == dy.shape, "average_pool_backward: dy is " + dy.shape.text());
  Array dx(x);
  each(dy.shape, [&](int n, int c, int p, int q) {
    const Window rows = window(p, x.h, params), columns = window(q, x.w, params);
    for (int h = rows.begin; h < rows.end; ++h)
      for (int w = columns.begin; w < columns.end; ++w) dx(n, c, h, w) += dy(n, c, p, q) / (rows.covered * columns.covered);
  });
  return dx;
}

Array upsample_nearest(const Array& x, int factor) {
  require(factor > 0, "upsample_nearest: the factor must be at least 1");
  const Shape y{x.shape.n, x.shape.c, x.shape.h * factor, x.shape.w * factor};
  return tabulate(y, [&](int n, int c, int p, int q) { return x(n, c, p / factor, q / factor); });
}

Array upsample_nearest_backward(const Array& dy, int factor) {
  require(factor > 0 && dy.shape.h % factor == 0 && dy.shape.w % factor == 0,
          "upsample_nearest_backward: dy " + dy.shape.text() + " is no multiple of the factor " + std::to_string(factor));
  Array dx({dy.shape.n, dy.shape.c, dy.shape.h / factor, dy.shape.w / factor});
  each(dy.shape, [&](int n, int c, int p, int q) { dx(n, c, p / factor, q / factor) += dy(n, c, p, q); });
  return dx;
}

Array resize_bilinear(const Array& x, bool align_corners, const Shape& y) {
  return tabulate({x.shape.n, x.shape.c, y.h, y.w}, [&](int n, int c, int p, int q) {
    const Blend rows = blend(p, x.shape.h, y.h, align_corners), columns = blend(q, x.shape.w, y.w, align_corners);
    const auto row = [&](int h) { return (1 - columns.t) * x(n, c, h, columns.first) + columns.t * x(n, c, h, columns.second); };
    return (1 - rows.t) * row(rows.first) + rows.t * row(rows.second);
  });
}

Array resize_bilinear_backward(const Array& dy, bool align_corners, const Shape& x) {
  Array dx({dy.shape.n, dy.shape.c, x.h, x.w});
  each(dy.shape, [&](int n, int c, int p, int q) {
    const Blend rows = blend(p, x.h, dy.shape.h, align_corners), columns = blend(q, x.w, dy.shape.w, align_corners);
    const auto spread = [&](int h, double share) {
      dx(n, c, h, columns.first) += (1 - columns.t) * share;
      dx(n, c, h, columns.second) += columns.t * share;
    };
    spread(rows.first, (1 - rows.t) * dy(n, c, p, q));
    spread(rows.second, rows.t * dy(n, c, p, q));
  });
  return dx;
}

}  // namespace impasto::reference
