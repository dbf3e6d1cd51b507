// Convolution in its three directions. All three are one list of products x * w * dy, summed at a different end:
//   y (n,k,p,q) = sum over c,r,s   x (n,c,h,w) w(k,c,r,s)      h = p stride - pad + r dilation,   w likewise
//   dx(n,c,h,w) = sum over k,p,q   dy(n,k,p,q) w(k,c,r,s)
//   dw(k,c,r,s) = sum over n,p,q   dy(n,k,p,q) x(n,c,h,w)
// With groups, output channel k sees the C/groups input channels of its own group only. Reflected and repeated borders are first
// written out, by pad().
#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

int output_size(int size, int pad_before, int pad_after, int kernel, int stride, int dilation) {
  const int room = size + pad_before + pad_after - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

Shape output_shape(const char* primitive, const Shape& x, const Shape& w, const ConvParams& params) {
  const std::string name = primitive;
  require(params.padding == Padding::zero, name + ": its gradient knows no padding but zeros");
  require(params.stride_h > 0 && params.stride_w > 0 && params.dilation_h > 0 && params.dilation_w > 0 && params.groups > 0,
          name + ": strides, dilations and groups must be at least 1");
  require(x.c == w.c * params.groups && w.n % params.groups == 0,
          name + ": weights " + w.text() + " in " + std::to_string(params.groups) + " groups do not fit an input " + x.text());
  const Shape y{x.n, w.n, output_size(x.h, params.pad_top, params.pad_bottom, w.h, params.stride_h, params.dilation_h),
                output_size(x.w, params.pad_left, params.pad_right, w.w, params.stride_w, params.dilation_w)};
  require(y.h > 0 && y.w > 0, name + ": an input " + x.text() + " is smaller than the kernel " + w.text() + "; pad it");
  return y;
}

// One product: pixel (h, w) of input channel c, seen through element (r, s) of the kernel from pixel (p, q) of output
// channel k. c_in_group is where w keeps that input channel.
struct Tap {
  int n, k, p, q, c_in_group, r, s, c, h, w;
};

// The seven loops. Their order is free; this one stays within one plane of x and one of y for as long as it can.
template <class F>
void each_tap(const Shape& x, const Shape& weights, const Shape& y, const ConvParams& params, F multiply) {
  const int outputs = weights.n / params.groups;  // of one group
  for (int n = 0; n < y.n; ++n)
    for (int k = 0; k < y.c; ++k)
      for (int c_in_group = 0; c_in_group < weights.c; ++c_in_group) {
        const int c = k / outputs * weights.c + c_in_group;
        for (int r = 0; r < weights.h; ++r)
          for (int s = 0; s < weights.w; ++s)
            for (int p = 0; p < y.h; ++p) {
              const int h = p * params.stride_h - params.pad_top + r * params.dilation_h;
              if (h < 0 || h >= x.h) continue;
              for (int q = 0; q < y.w; ++q) {
                const int w = q * params.stride_w - params.pad_left + s * params.dilation_w;
                if (w >= 0 && w < x.w) multiply(Tap{n, k, p, q, c_in_group, r, s, c, h, w});
              }
            }
      }
}

Array masked(const char* primitive, const Array& dy, const Optional& mask) {
  if (!mask) return dy;
  require(mask->shape == dy.shape, std::string(primitive) + ": the mask is " + mask->shape.text() + ", dy is " + dy.shape.text());
  return tabulate(dy.shape, [&](int n, int k, int p, int q) { return (*mask)(n, k, p, q) <= 0 ? 0 : dy(n, k, p, q); });
}

}  // namespace

Array conv2d(const Array& x, const Array& w, const Optional& bias, const ConvParams& params, bool relu) {
  if (params.padding != Padding::zero) return conv2d(pad(x, pads_of(params), params.padding), w, bias, without_pads(params), relu);
  Array y(output_shape("conv2d", x.shape, w.shape, params));
  if (bias) {
    require(bias->shape == Shape{1, w.shape.n, 1, 1}, "conv2d: the bias is " + bias->shape.text() + ", the weights " + w.shape.text());
    each(y.shape, [&](int n, int k, int p, int q) { y(n, k, p, q) = (*bias)(0, k, 0, 0); });
  }
  each_tap(x.shape, w.shape, y.shape, params,
           [&](const Tap& t) { y(t.n, t.k, t.p, t.q) += x(t.n, t.c, t.h, t.w) * w(t.k, t.c_in_group, t.r, t.s); });
  if (relu) {
    for (double& value : y.values) value = value < 0 ? 0 : value;
  }
  return y;
}

Array conv2d_backward_data(const Array& dy, const Array& w, const ConvParams& params, const Optional& mask, const Shape& x) {
  const char* name = "conv2d_backward_data";
  require(output_shape(name, x, w.shape, params) == dy.shape,
          std::string(name) + ": dy " + dy.shape.text() + " does not fit dx " + x.text());
  const Array g = masked(name, dy, mask);
  Array dx(x);
  each_tap(x, w.shape, dy.shape, params,
           [&](const Tap& t) { dx(t.n, t.c, t.h, t.w) += g(t.n, t.k, t.p, t.q) * w(t.k, t.c_in_group, t.r, t.s); });
  return dx;
}

Array conv2d_backward_weights(const Array& x, const Array& dy, const ConvParams& params, const Optional& mask, const Shape& w) {
  const char* name = "conv2d_backward_weights";
  require(output_shape(name, x.shape, w, params) == dy.shape,
          std::string(name) + ": dy " + dy.shape.text() + " does not fit dw " + w.text());
  const Array g = masked(name, dy, mask);
  Array dw(w);
  each_tap(x.shape, w, dy.shape, params,
           [&](const Tap& t) { dw(t.k, t.c_in_group, t.r, t.s) += g(t.n, t.k, t.p, t.q) * x(t.n, t.c, t.h, t.w); });
  return dw;
}

}  // namespace impasto::reference
