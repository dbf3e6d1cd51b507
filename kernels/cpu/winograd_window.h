// A window of a plane [h][w][L]: lines of pixels that may lie outside, where the padding says what stands there.
#pragma once
#include <algorithm>
#include <cstring>

#include "kernels/cpu/vector.h"
#include "kernels/shared/padding.h"

namespace impasto::winograd {
using namespace vectors;

/// What is done to the pixels of a plane as they are read.
template <int L>
struct Treatment {
  const float* mask = nullptr;  // the same plane of the mask: 0 where it is not positive
  bool normed = false, relu = false;
  Vector<L> scale = {}, shift = {};

  bool none() const { return !mask && !normed; }
  [[gnu::always_inline]] Vector<L> operator()(const float* plane, std::ptrdiff_t at) const {
    Vector<L> v;
    load<L>(v, plane + at);
    if (mask) {
      Vector<L> m;
      load<L>(m, mask + at);
      v = m > 0.0f ? v : Vector<L>{};
    }
    if (normed) {
      v = v * scale + shift;
      if (relu) v = v < 0.0f ? Vector<L>{} : v;  // a NaN stays
    }
    return v;
  }
};

/// Points into the plane where it can, else into a copy.
template <int L, int size>
class Window {
 public:
  const float* line[size];

  [[gnu::always_inline]] void read(const float* plane, const Treatment<L>& treat, int h, int w, int top, int left, Padding padding) {
    const bool inside = top >= 0 && left >= 0 && top + size <= h && left + size <= w;
    const std::ptrdiff_t offset = (std::ptrdiff_t(top) * w + left) * L;
    if (!inside) return read_across_border(plane, treat, h, w, top, left, padding);
    if (treat.none()) {
      for (int i = 0; i < size; i++) line[i] = plane + offset + std::ptrdiff_t(i) * w * L;
      return;
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) store<L>(copy_[i][j], treat(plane, offset + (std::ptrdiff_t(i) * w + j) * L));
      line[i] = copy_[i][0];
    }
  }

 private:
  [[gnu::noinline]] void read_across_border(const float* plane, const Treatment<L>& treat, int h, int w, int top, int left,
                                            Padding padding) {
    // A last window may reach beyond the padded picture, where any number will do.
    const auto source = [&](int i, int n) {
      const int at = padded_index(i, n, padding);
      return padding == Padding::zero ? at : std::clamp(at, 0, n - 1);
    };
    int columns[size];
    for (int j = 0; j < size; j++) columns[j] = source(left + j, w);
    for (int i = 0; i < size; i++) {
      const int row = source(top + i, h);
      for (int j = 0; j < size; j++) {
        const bool zero = row < 0 || columns[j] < 0;
        store<L>(copy_[i][j], zero ? Vector<L>{} : treat(plane, (std::ptrdiff_t(row) * w + columns[j]) * L));
      }
      line[i] = copy_[i][0];
    }
  }

  alignas(64) float copy_[size][size][L];
};

}  // namespace impasto::winograd
