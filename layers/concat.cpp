#include "layers/concat.h"

#include "layers/arithmetic.h"
#include "layers/registry.h"

namespace impasto {

Variable concat(const std::vector<Variable>& parts) {
  if (parts.empty()) throw ShapeError("concat: there are no parts to join");
  const Shape first = parts[0].shape();
  const Dtype dtype = parts[0].value().dtype();
  Shape shape{first.n, 0, first.h, first.w};
  std::vector<int> begins;
  for (const Variable& part : parts) {
    const Shape s = part.shape();
    if (s.n != first.n || s.h != first.h || s.w != first.w || part.value().dtype() != dtype) {
      throw ShapeError("concat: part " + std::to_string(begins.size()) + " is " + s.text() + " of " + name_of(part.value().dtype()) +
                       " but part 0 is " + first.text() + " of " + name_of(dtype) + "; only channels may differ");
    }
    begins.push_back(shape.c);
    shape.c += s.c;
  }
  Backend& backend = parts[0].backend();
  Tensor y(backend, shape, backend.lanes_for(shape.c), dtype);
  for (size_t i = 0; i < parts.size(); i++) backend.copy_channels(parts[i].value(), 0, {y}, begins[i], parts[i].shape().c);
  return record("concat", y, parts, [begins = std::move(begins)](Tensor& dy, std::span<GradientSink> dx) {
    for (size_t i = 0; i < dx.size(); i++) {
      if (!dx[i]) continue;
      Out out = dx[i].out();
      dy.backend().copy_channels(dy, begins[i], out, 0, out.tensor.shape().c);
    }
  });
}

Variable slice_channels(const Variable& x, int begin, int count) {
  const Shape s = x.shape();
  if (begin < 0 || count < 1 || count > s.c - begin) {
    throw ShapeError("slice_channels: x " + s.text() + " does not have " + std::to_string(count) + " channels from " +
                     std::to_string(begin));
  }
  Backend& backend = x.backend();
  Tensor y(backend, {s.n, count, s.h, s.w}, backend.lanes_for(count), x.value().dtype());
  backend.copy_channels(x.value(), begin, {y}, 0, count);
  return record("slice_channels", y, {x}, [=](Tensor& dy, std::span<GradientSink> dx) {
    Out out = dx[0].out();
    if (!out.add) dy.backend().fill(out.tensor, 0);
    dy.backend().copy_channels(dy, 0, out, begin, count);
  });
}

namespace {

/// The images of a planar tensor as channels of one.
Tensor as_channels(const Tensor& x) {
  const Shape s = x.shape();
  return x.reshaped({1, s.n * s.c, s.h, s.w});
}

}  // namespace

Variable slice_images(const Variable& x, int first, int count) {
  const Shape s = x.shape();
  Tensor y = x.value().images(first, count);
  // Kernels take 16 bytes at once: planar images that begin elsewhere are copied.
  const bool copied = y.lanes() == 1 && y.bytes() / size_t(count) % 16 != 0;
  if (copied) {
    y = Tensor(x.backend(), {count, s.c, s.h, s.w}, 1, x.value().dtype());
    Tensor channels = as_channels(y);
    x.backend().copy_channels(as_channels(x.value()), first * s.c, {channels}, 0, count * s.c);
  }
  return record("slice_images", y, {x}, [=](Tensor& dy, std::span<GradientSink> dx) {
    Out out = dx[0].out();
    if (!out.add) dy.backend().fill(out.tensor, 0);
    if (copied) {
      Tensor channels = as_channels(out.tensor);
      return dy.backend().copy_channels(as_channels(dy), 0, {channels, true}, first * s.c, count * s.c);
    }
    Tensor part = out.tensor.images(first, count);
    dy.backend().convert(dy, {part, true});
  });
}

namespace {

Case concat_case(std::string name, Shape x, const std::vector<int>& channels) {
  Case c{std::move(name), {}, [](std::vector<Variable>& v) { return concat(v); }, true};
  for (int count : channels) c.inputs.push_back(activation({x.n, count, x.h, x.w}));
  return c;
}

Case slice_case(std::string name, Shape x, int begin, int count) {
  return {std::move(name), {activation(x)}, [=](std::vector<Variable>& v) { return slice_channels(v[0], begin, count); }, true};
}

Case images_case(std::string name, Shape x, int first, int count) {
  return {std::move(name), {activation(x)}, [=](std::vector<Variable>& v) { return slice_images(v[0], first, count); }, true};
}

}  // namespace

LayerCases concat_cases() {
  LayerCases layer{"concat",
                   "layers/concat.h",
                   R"($$y_{nchw} = x^{(i)}_{n,\,c-o_i,\,h,w}, \qquad o_i \le c < o_i + C_i, \qquad o_i = \sum_{j<i} C_j$$)",
                   R"($$dx^{(i)}_{nchw} = dy_{n,\,c+o_i,\,h,w}$$)",
                   R"(Every element of $y$ is one element of one part: each part takes its own channels of $dy$.
A part given twice gets both shares.)",
                   {concat_case("off the lane boundaries", {2, 0, 3, 2}, {3, 5, 9}),
                    concat_case("on the lane boundaries", {1, 0, 2, 2}, {16, 16}), concat_case("17 and 1", {1, 0, 3, 2}, {17, 1}),
                    concat_case("single pixels", {2, 0, 1, 1}, {1, 7, 8}), concat_case("one part", {2, 0, 3, 4}, {5})}};
  layer.cases.push_back({"a part twice",
                         {activation({1, 5, 3, 4}), activation({1, 2, 3, 4})},
                         [](std::vector<Variable>& v) {
                           return concat({v[0], v[1], v[0]});
                         },
                         true});
  Case constant_part = concat_case("one part without gradient", {1, 0, 3, 4}, {3, 6, 2});
  constant_part.inputs[1] = constant(constant_part.inputs[1]);
  layer.cases.push_back(constant_part);

  Case bench = concat_case("inception 4x(32+32+32+32)x128x128", {4, 0, 128, 128}, {32, 32, 32, 32});
  const double bytes = 2 * 4.0 * Shape{4, 128, 128, 128}.elements();
  bench.cost = {0, bytes, 0, bytes};
  bench.bench_only = true;
  layer.cases.push_back(bench);
  return layer;
}

LayerCases slice_channels_cases() {
  LayerCases layer{"slice_channels",
                   "layers/concat.h",
                   R"($$y_{nchw} = x_{n,\,c+b,\,h,w}, \qquad 0 \le c < C'$$
with the first channel $b$ and the number of channels $C'$.)",
                   R"($$dx_{nchw} = dy_{n,\,c-b,\,h,w} \text{ where } b \le c < b + C', \text{ else } 0$$)",
                   R"(Each element of $y$ is one element of $x$; channels that nobody took get nothing.)",
                   {slice_case("off the lane boundaries", {2, 11, 3, 2}, 3, 5), slice_case("across a lane boundary", {1, 19, 3, 2}, 14, 5),
                    slice_case("on a lane boundary", {1, 32, 2, 3}, 16, 16), slice_case("the last of 17", {1, 17, 2, 3}, 16, 1),
                    slice_case("everything", {2, 5, 3, 4}, 0, 5)}};
  Case bench = slice_case("64 of 4x128x128x128", {4, 128, 128, 128}, 64, 64);
  const double half = 4.0 * Shape{4, 64, 128, 128}.elements();
  bench.cost = {0, 2 * half, 0, 3 * half};
  bench.bench_only = true;
  layer.cases.push_back(bench);
  // Two slices of one x: the first to arrive writes, the second adds, and neither may wipe out the other.
  layer.cases.push_back({"two that overlap",
                         {activation({1, 9, 2, 3})},
                         [](std::vector<Variable>& v) {
                           return concat({slice_channels(v[0], 1, 5), slice_channels(v[0], 3, 4)});
                         },
                         true});
  return layer;
}

LayerCases slice_images_cases() {
  LayerCases layer{"slice_images",
                   "layers/concat.h",
                   R"($$y_{nchw} = x_{n+f,\,c,\,h,w}, \qquad 0 \le n < N'$$
with the first image $f$ and the number of images $N'$.)",
                   R"($$dx_{nchw} = dy_{n-f,\,c,\,h,w} \text{ where } f \le n < f + N', \text{ else } 0$$)",
                   R"(Each element of $y$ is one element of $x$; images that nobody took get nothing. So a loss that is a sum over images
can be worked off a few images at a time, with the activations of only these alive.)",
                   {images_case("the middle of three", {3, 5, 3, 2}, 1, 1), images_case("the last two", {4, 9, 1, 3}, 2, 2),
                    images_case("everything", {2, 3, 3, 4}, 0, 2)}};
  Case bench = images_case("2 of 4x64x128x128", {4, 64, 128, 128}, 2, 2);
  const double half = 4.0 * Shape{2, 64, 128, 128}.elements();
  bench.cost = {0, 0, 0, 3 * half};
  bench.bench_only = true;
  layer.cases.push_back(bench);
  // Both halves of one x: the first to arrive writes, the second adds, and neither may wipe out the other.
  layer.cases.push_back({"both halves, added",
                         {activation({2, 9, 2, 3})},
                         [](std::vector<Variable>& v) { return add(slice_images(v[0], 0, 1), slice_images(v[0], 1, 1)); },
                         true});
  return layer;
}

}  // namespace impasto
