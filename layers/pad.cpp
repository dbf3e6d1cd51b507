#include "layers/pad.h"

#include "layers/registry.h"

namespace impasto {

namespace {

void check_side(const Shape& x, Padding kind, int border, int size, const char* side) {
  const auto error = [&](const std::string& why) {
    return ShapeError(std::string("pad: a border of ") + std::to_string(border) + " at the " + side + " of x " + x.text() + " " + why);
  };
  if (kind == Padding::reflect && border >= size) throw error("cannot be reflected: it must be smaller than the picture");
  if (kind == Padding::zero && border <= -size) throw error("cuts off the whole picture");
  if (kind != Padding::zero && border < 0) throw error("is negative, which only zero padding allows");
}

}  // namespace

Variable pad(const Variable& x, const Pads& pads, Padding kind) {
  const Shape s = x.shape();
  check_side(s, kind, pads.top, s.h, "top");
  check_side(s, kind, pads.left, s.w, "left");
  check_side(s, kind, pads.bottom, s.h, "bottom");
  check_side(s, kind, pads.right, s.w, "right");
  const Shape shape{s.n, s.c, s.h + pads.top + pads.bottom, s.w + pads.left + pads.right};
  if (shape.h < 1 || shape.w < 1) throw ShapeError("pad: the negative borders cut off all of x " + s.text());
  Tensor y(x.backend(), shape, x.value().lanes(), x.value().dtype());
  x.backend().pad(x.value(), pads, kind, y);
  return record("pad", y, {x}, [=](Tensor& dy, std::span<GradientSink> dx) { dy.backend().pad_backward(dy, pads, kind, dx[0].out()); });
}

Variable pad(const Variable& x, int border, Padding kind) { return pad(x, Pads{border, border, border, border}, kind); }

Variable crop(const Variable& x, int top, int left, int height, int width) {
  const Shape s = x.shape();
  if (top < 0 || left < 0 || height < 1 || width < 1 || height > s.h - top || width > s.w - left) {
    throw ShapeError("crop: " + std::to_string(height) + "x" + std::to_string(width) + " pixels from row " + std::to_string(top) +
                     ", column " + std::to_string(left) + " do not lie within x " + s.text());
  }
  return pad(x, Pads{-top, -left, top + height - s.h, left + width - s.w}, Padding::zero);
}

namespace {

Case pad_case(std::string name, Shape x, Pads pads, Padding kind) {
  return {std::move(name), {activation(x)}, [=](std::vector<Variable>& v) { return pad(v[0], pads, kind); }, true};
}

Case crop_case(std::string name, Shape x, int top, int left, int height, int width) {
  return {std::move(name), {activation(x)}, [=](std::vector<Variable>& v) { return crop(v[0], top, left, height, width); }, true};
}

/// Every number of x is read once and every number of y written; backward the other way round.
Case as_bench(Case c, Shape x, Shape y) {
  const double bytes = 4.0 * (x.elements() + y.elements());
  c.cost = {.forward_bytes = bytes, .backward_bytes = bytes};
  c.bench_only = true;
  return c;
}

}  // namespace

LayerCases pad_cases() {
  LayerCases layer;
  layer.layer = "pad", layer.header = "layers/pad.h";
  layer.forward = R"($$y_{ncpq} = x_{n,c,\,\rho(p-t),\,\sigma(q-l)}$$
with $t$ rows above and $l$ columns on the left; $\rho$ maps a row into the picture: replicate $\min(\max(h, 0), H-1)$; reflect $-h$ above
and $2(H-1)-h$ below; zero: outside the picture $y = 0$. $\sigma$ does the same to columns.)";
  layer.gradient = R"($$dx_{nchw} = \sum_{\substack{p:\; \rho(p-t) = h\\ q:\; \sigma(q-l) = w}} dy_{ncpq}$$)";
  layer.derivation =
      R"($y$ is a selection of elements of $x$: $y_i = x_{\pi(i)}$, so $\partial y_i / \partial x_j$ is 1 where $\pi(i) = j$ and 0
elsewhere, and $dx_j$ adds up $dy_i$ over all copies of $x_j$: an inner pixel has one, a pixel next to a
reflected corner four, a replicated corner $(t+1)(l+1)$. The zeros of zero padding are nobody's copies.)";
  layer.cases = {
      pad_case("reflect 1", {2, 3, 4, 5}, {1, 1, 1, 1}, Padding::reflect),
      pad_case("reflect, sides differ", {2, 3, 6, 7}, {1, 2, 4, 3}, Padding::reflect),
      pad_case("reflect all but one pixel", {1, 17, 3, 2}, {2, 1, 2, 1}, Padding::reflect),
      pad_case("reflect one row by nothing", {1, 2, 1, 4}, {0, 2, 0, 1}, Padding::reflect),
      pad_case("replicate, sides differ", {2, 3, 6, 5}, {1, 2, 4, 3}, Padding::replicate),
      pad_case("replicate a single pixel", {2, 5, 1, 1}, {2, 1, 0, 3}, Padding::replicate),
      pad_case("replicate 17 channels", {1, 17, 2, 3}, {1, 1, 1, 1}, Padding::replicate),
      pad_case("zero, sides differ", {2, 3, 6, 5}, {1, 2, 4, 3}, Padding::zero),
      pad_case("zero a single pixel of 17 channels", {1, 17, 1, 1}, {1, 0, 2, 1}, Padding::zero),
      pad_case("zero, cut above and add below", {1, 3, 5, 4}, {-2, 1, 1, -1}, Padding::zero),
      as_bench(pad_case("reflect 1 4x64x256x256", {4, 64, 256, 256}, {1, 1, 1, 1}, Padding::reflect), {4, 64, 256, 256}, {4, 64, 258, 258}),
      as_bench(pad_case("reflect 40 4x3x256x256", {4, 3, 256, 256}, {40, 40, 40, 40}, Padding::reflect), {4, 3, 256, 256},
               {4, 3, 336, 336}),
  };
  return layer;
}

LayerCases crop_cases() {
  LayerCases layer;
  layer.layer = "crop", layer.header = "layers/pad.h";
  layer.forward = R"($$y_{ncpq} = x_{n,c,\,p+t,\,q+l}, \qquad 0 \le p < P,\; 0 \le q < Q$$
The rectangle has its top left pixel in row $t$, column $l$, and $P \times Q$ pixels.)";
  layer.gradient = R"($$dx_{nchw} = dy_{n,c,\,h-t,\,w-l} \text{ inside the rectangle, } 0 \text{ elsewhere}$$)";
  layer.derivation = R"(Every pixel kept has one copy, every other pixel none. It is zero padding with negative borders.)";
  layer.cases = {
      crop_case("inner part", {2, 3, 6, 5}, 2, 1, 3, 3),
      crop_case("one pixel of 17 channels", {1, 17, 3, 3}, 2, 0, 1, 1),
      crop_case("everything", {2, 5, 3, 4}, 0, 0, 3, 4),
      as_bench(crop_case("shave 2 4x128x64x64", {4, 128, 64, 64}, 2, 2, 60, 60), {4, 128, 60, 60}, {4, 128, 60, 60}),
  };
  // Its backward pass writes all of dx.
  layer.cases.back().cost.backward_bytes = 4.0 * (Shape{4, 128, 60, 60}.elements() + Shape{4, 128, 64, 64}.elements());
  return layer;
}

}  // namespace impasto
