#include "kernels/emulator/plain_convolutions.h"

#include <algorithm>
#include <vector>

namespace impasto {
namespace {

/// f(place in x, place in w, place in y) of every product x w that is a part of y.
template <class F>
void for_products(const ConvolutionKey& key, F f) {
  const int c_in_group = key.c / key.groups, k_in_group = key.k / key.groups;
  for (int n = 0; n < key.n; n++)
    for (int p = 0; p < key.p(); p++)
      for (int q = 0; q < key.q(); q++)
        for (int r = 0; r < key.r; r++)
          for (int s = 0; s < key.s; s++) {
            const int h = p * key.stride_h + r * key.dilation_h - key.pad_top, w = q * key.stride_w + s * key.dilation_w - key.pad_left;
            if (h < 0 || h >= key.h || w < 0 || w >= key.w) continue;
            const int64_t x_pixel = (int64_t(n) * key.h + h) * key.w + w, y_pixel = (int64_t(n) * key.p() + p) * key.q() + q;
            for (int k = 0; k < key.k; k++)
              for (int c = 0; c < c_in_group; c++)
                f(x_pixel * key.c + k / k_in_group * c_in_group + c, ((int64_t(k) * key.r + r) * key.s + s) * c_in_group + c,
                  y_pixel * key.k + k);
          }
}

template <class T>
void forward(const ConvolutionKey& key, const T* x, const T* w, const T* bias, T* y) {
  std::vector<double> sums(size_t(key.n) * key.p() * key.q() * key.k);
  if (bias)
    for (size_t i = 0; i < sums.size(); i++) sums[i] = bias[i % size_t(key.k)];
  for_products(key, [&](int64_t i, int64_t j, int64_t o) { sums[size_t(o)] += double(x[i]) * double(w[j]); });
  for (size_t i = 0; i < sums.size(); i++) y[i] = T(float(key.relu ? std::max(sums[i], 0.0) : sums[i]));
}

template <class T>
void data_gradient(const ConvolutionKey& key, T* dx, const T* w, const T* dy) {
  std::vector<double> sums(size_t(key.n) * key.h * key.w * key.c);
  for_products(key, [&](int64_t i, int64_t j, int64_t o) { sums[size_t(i)] += double(w[j]) * double(dy[o]); });
  for (size_t i = 0; i < sums.size(); i++) dx[i] = T(float(sums[i]));
}

template <class T>
void weight_gradient(const ConvolutionKey& key, const T* x, T* dw, const T* dy) {
  std::vector<double> sums(size_t(key.k) * key.r * key.s * (key.c / key.groups));
  for_products(key, [&](int64_t i, int64_t j, int64_t o) { sums[size_t(j)] += double(x[i]) * double(dy[o]); });
  for (size_t i = 0; i < sums.size(); i++) dw[i] = T(float(sums[i]));
}

template <class T>
void run_in(const ConvolutionKey& key, const ConvolutionData& data) {
  T *x = static_cast<T*>(data.x), *w = static_cast<T*>(data.w), *y = static_cast<T*>(data.y);
  switch (key.kind) {
    case ConvolutionKind::forward:
      return forward<T>(key, x, w, static_cast<T*>(data.bias), y);
    case ConvolutionKind::data_gradient:
      return data_gradient<T>(key, x, w, y);
    case ConvolutionKind::weight_gradient:
      return weight_gradient<T>(key, x, w, y);
  }
}

}  // namespace

void PlainConvolutions::run(const ConvolutionKey& key, const ConvolutionData& data) {
  launcher_.stream->run([key, data] { key.dtype == Dtype::bf16 ? run_in<bf16>(key, data) : run_in<float>(key, data); });
}

}  // namespace impasto
