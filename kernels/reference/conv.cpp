// Convolution in its three directions. All three are one list of products x * w * dy, summed at a different end:
//   y (n,k,p,q) = sum over c,r,s   x (n,c,h,w) w(k,c,r,s)      h = p stride + r dilation,   w likewise
//   dx(n,c,h,w) = sum over k,p,q   dy(n,k,p,q) w(k,c,r,s)
//   dw(k,c,r,s) = sum over n,p,q   dy(n,k,p,q) x(n,c,h,w)
// With groups, output channel k sees the C/groups input channels of its own group only. x is first written out as it counts: upsampled,
// and with its pads; dx goes back the same way.
#include "kernels/reference/primitives.h"

namespace impasto::reference {
namespace {

int output_size(int size, int kernel, int stride, int dilation) {
  const int room = size - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

// x: as it is given, before upsampling and pads.
Shape output_shape(const char* primitive, const Shape& x, const Shape& w, const ConvParams& params) {
  const std::string name = primitive;
  require(params.upsample == 1 || params.upsample == 2, name + ": upsample is 1 or 2, not " + std::to_string(params.upsample));
  require(params.stride_h > 0 && params.stride_w > 0 && params.dilation_h > 0 && params.dilation_w > 0 && params.groups > 0,
          name + ": strides, dilations and groups must be at least 1");
  require(x.c == w.c * params.groups && w.n % params.groups == 0,
          name + ": weights " + w.text() + " in " + std::to_string(params.groups) + " groups do not fit an input " + x.text());
  const Shape seen = padded_shape(x, params);
  const Shape y{x.n, w.n, output_size(seen.h, w.h, params.stride_h, params.dilation_h),
                output_size(seen.w, w.w, params.stride_w, params.dilation_w)};
  require(y.h > 0 && y.w > 0, name + ": an input " + x.text() + " is smaller than the kernel " + w.text() + "; pad it");
  return y;
}

// One product: pixel (h, w) of input channel c, seen through element (r, s) of the kernel from pixel (p, q) of output
// channel k. c_in_group is where w keeps that input channel.
struct Tap {
  int n, k, p, q, c_in_group, r, s, c, h, w;
};

// The seven loops, x upsampled and padded. Their order is free; this one stays within one plane of x and one of y for as long as it can.
template <class F>
void each_tap(const Shape& weights, const Shape& y, const ConvParams& params, F multiply) {
  const int outputs = weights.n / params.groups;  // of one group
  for (int n = 0; n < y.n; ++n)
    for (int k = 0; k < y.c; ++k)
      for (int c_in_group = 0; c_in_group < weights.c; ++c_in_group) {
        const int c = k / outputs * weights.c + c_in_group;
        for (int r = 0; r < weights.h; ++r)
          for (int s = 0; s < weights.w; ++s)
            for (int p = 0; p < y.h; ++p)
              for (int q = 0; q < y.w; ++q)
                multiply(Tap{n, k, p, q, c_in_group, r, s, c, p * params.stride_h + r * params.dilation_h,
                             q * params.stride_w + s * params.dilation_w});
      }
}

Array written_out(const Array& x, const ConvParams& params) {
  return pad(upsample_nearest(x, params.upsample), pads_of(params), params.padding);
}

Array masked(const char* primitive, const Array& dy, const Optional& mask) {
  if (!mask) return dy;
  require(mask->shape == dy.shape, std::string(primitive) + ": the mask is " + mask->shape.text() + ", dy is " + dy.shape.text());
  return tabulate(dy.shape, [&](int n, int k, int p, int q) { return (*mask)(n, k, p, q) <= 0 ? 0 : dy(n, k, p, q); });
}

}  // namespace

Array conv2d(const Array& x, const Array& w, const Optional& bias, const ConvParams& params, const Optional& before, bool relu) {
  Array y(output_shape("conv2d", x.shape, w.shape, params));
  if (before) {
    require(before->shape == y.shape, "conv2d: the output is " + before->shape.text() + ", needs " + y.shape.text());
    y = *before;
  }
  if (bias) {
    require(bias->shape == Shape{1, w.shape.n, 1, 1}, "conv2d: the bias is " + bias->shape.text() + ", the weights " + w.shape.text());
    each(y.shape, [&](int n, int k, int p, int q) { y(n, k, p, q) += (*bias)(0, k, 0, 0); });
  }
  const Array seen = written_out(x, params);
  each_tap(w.shape, y.shape, params,
           [&](const Tap& t) { y(t.n, t.k, t.p, t.q) += seen(t.n, t.c, t.h, t.w) * w(t.k, t.c_in_group, t.r, t.s); });
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
  Array seen(padded_shape(x, params));
  each_tap(w.shape, dy.shape, params,
           [&](const Tap& t) { seen(t.n, t.c, t.h, t.w) += g(t.n, t.k, t.p, t.q) * w(t.k, t.c_in_group, t.r, t.s); });
  return upsample_nearest_backward(pad_backward(seen, pads_of(params), params.padding, upsampled_shape(x, params)), params.upsample);
}

Array conv2d_backward_weights(const Array& x, const Array& dy, const ConvParams& params, const Optional& mask, const Shape& w) {
  const char* name = "conv2d_backward_weights";
  require(output_shape(name, x.shape, w, params) == dy.shape,
          std::string(name) + ": dy " + dy.shape.text() + " does not fit dw " + w.text());
  const Array g = masked(name, dy, mask);
  const Array seen = written_out(x, params);
  Array dw(w);
  each_tap(w, dy.shape, params,
           [&](const Tap& t) { dw(t.k, t.c_in_group, t.r, t.s) += g(t.n, t.k, t.p, t.q) * seen(t.n, t.c, t.h, t.w); });
  return dw;
}

}  // namespace impasto::reference
