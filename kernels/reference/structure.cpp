// Padding, cropping, and copies of channels.
#include <algorithm>

#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

constexpr int kNowhere = -1;

// Which of `size` positions stands at position i, counted from the first and possibly outside.
int source(int i, int size, Padding kind) {
  if (i >= 0 && i < size) return i;
  if (kind == Padding::zero) return kNowhere;
  if (kind == Padding::replicate) return std::clamp(i, 0, size - 1);
  return i < 0 ? -i : 2 * (size - 1) - i;  // reflect: the edge itself is not repeated
}

Shape padded_shape(const std::string& name, const Shape& x, const Pads& pads, Padding kind) {
  require(kind == Padding::zero || kind == Padding::reflect || kind == Padding::replicate, name + ": unknown kind of padding");
  const int least = std::min({pads.top, pads.left, pads.bottom, pads.right});
  require(kind == Padding::zero || least >= 0, name + ": only zero padding can be negative");
  require(kind != Padding::reflect || (std::max(pads.top, pads.bottom) < x.h && std::max(pads.left, pads.right) < x.w),
          name + ": " + x.text() + " is too small to reflect that far");
  const Shape y{x.n, x.c, x.h + pads.top + pads.bottom, x.w + pads.left + pads.right};
  require(y.h > 0 && y.w > 0, name + ": nothing is left of " + x.text());
  return y;
}

}  // namespace

Array pad(const Array& x, const Pads& pads, Padding kind) {
  return tabulate(padded_shape("pad", x.shape, pads, kind), [&](int n, int c, int p, int q) {
    const int h = source(p - pads.top, x.shape.h, kind), w = source(q - pads.left, x.shape.w, kind);
    return h == kNowhere || w == kNowhere ? 0 : x(n, c, h, w);
  });
}

Array pad_backward(const Array& dy, const Pads& pads, Padding kind, const Shape& x) {
  require(padded_shape("pad_backward", x, pads, kind) == dy.shape, "pad_backward: dy " + dy.shape.text() + " does not fit dx " + x.text());
  Array dx(x);
  each(dy.shape, [&](int n, int c, int p, int q) {
    const int h = source(p - pads.top, x.h, kind), w = source(q - pads.left, x.w, kind);
    if (h != kNowhere && w != kNowhere) dx(n, c, h, w) += dy(n, c, p, q);
  });
  return dx;
}

Array copy_channels(const Array& x, int x_begin, Array y, bool add, int y_begin, int count) {
  const Shape &from = x.shape, &to = y.shape;
  require(from.n == to.n && from.h == to.h && from.w == to.w && x_begin >= 0 && y_begin >= 0 && count >= 0 && x_begin + count <= from.c &&
              y_begin + count <= to.c,
          "copy_channels: " + std::to_string(count) + " channels from " + std::to_string(x_begin) + " of " + from.text() +
              " do not fit from " + std::to_string(y_begin) + " of " + to.text());
  each({from.n, count, from.h, from.w}, [&](int n, int c, int h, int w) {
    double& target = y(n, y_begin + c, h, w);
    target = x(n, x_begin + c, h, w) + (add ? target : 0);
  });
  return y;
}

}  // namespace impasto::reference
