// How the output channels of a direct convolution are shared out in blocks whose sums fit the registers: vectors of channels for a
// blocked y, single channels for a planar y, whose vectors are neighbouring pixels.
#pragma once
#include "kernels/cpu/direct_plan.h"
#include "kernels/cpu/direct_products.h"

namespace impasto::direct {

template <int L>
struct BlockedOutput {
  using Order = Interleaved;
  static constexpr int lanes = L, most = block_vectors;  // most: vectors a block
  static constexpr int width = L;                        // channels of each, and floats of a pixel
  static constexpr int pixels = sums<L> / block_vectors;  // computed at a time
  static int blocks(int k) { return (vectors_of(k, L) + block_vectors - 1) / block_vectors; }
  static int first(int k, int block) { return std::min(block * block_vectors, vectors_of(k, L)); }
  static void load_bias(Vector<L>& v, const float* bias, int i) { load<L>(v, bias + i * L); }

  /// `columns` pixels of one row of y. pitch: unused here.
  static void multiply(const DirectShape& s, const Ring& ring, std::size_t, const float* weights, int count, const Finish& finish,
                       int columns) {
    const std::size_t step = std::size_t(s.stride_w) * s.c;
    const auto run = [&](const auto& table) {
      const int most_pixels = int(table.size()), blocks = (columns + most_pixels - 1) / most_pixels;
      for (int b = 0; b < blocks; b++) {
        const int begin = part(columns, b, blocks), n = part(columns, b + 1, blocks) - begin;
        table[n - 1](ring, begin * step, step, s.s * s.c, weights, finish, std::size_t(begin) * L);
      }
    };
    if (count == block_vectors)
      run(multiply_by_pixels<L, block_vectors>);
    else
      run(multiply_by_pixels<L, 1>);
  }
};

template <int L>
struct PlanarOutput {
  using Order = Planar;
  static constexpr int lanes = L, most = block_channels, width = 1, pixels = L;
  static int blocks(int k) { return channel_blocks(k); }
  static int first(int k, int block) { return first_channel(k, block); }
  static void load_bias(Vector<L>& v, const float* bias, int i) { v = bias[i] - Vector<L>{}; }

  static void multiply(const DirectShape& s, const Ring& ring, std::size_t pitch, const float* weights, int count, const Finish& finish,
                       int columns) {
    const auto run = [&](const auto& table) {
      const int vectors = vectors_of(columns, L), most_vectors = int(table.size()), blocks = (vectors + most_vectors - 1) / most_vectors;
      for (int b = 0; b < blocks; b++) {
        const int begin = part(vectors, b, blocks), n = part(vectors, b + 1, blocks) - begin;
        table[n - 1](ring, std::size_t(begin) * L, pitch, s.c, s.s, weights, finish, columns - begin * L);
      }
    };
    switch (count) {
      case 1:
        return run(multiply_by_columns<L, 1>);
      case 2:
        return run(multiply_by_columns<L, 2>);
      case 3:
        return run(multiply_by_columns<L, 3>);
      default:
        return run(multiply_by_columns<L, 4>);
    }
  }
};

/// f(its weights, how many vectors or planar channels, finish) for every block of output channels. y: the first pixel of the first channel.
template <class Output, class F>
void for_blocks(const DirectShape& s, const DirectFusion& fusion, const float* packed, float* y, F f) {
  constexpr int width = Output::width;
  const std::size_t plane = std::size_t(s.out_h()) * s.out_w() * width, weights = std::size_t(weight_rows(s)) * s.s * s.c * width;
  for (int block = 0; block < Output::blocks(s.k); block++) {
    const int first = Output::first(s.k, block), count = Output::first(s.k, block + 1) - first;
    float bias[Output::most * width] = {};
    if (fusion.bias) std::copy_n(fusion.bias + first * width, std::min(s.k - first * width, count * width), bias);
    f(packed + first * weights, count, Finish{y + first * plane, plane, bias, fusion.add, fusion.relu});
  }
}

}  // namespace impasto::direct
