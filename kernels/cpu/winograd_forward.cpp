// The driver of the Winograd convolution: strips of tiles are transformed, multiplied and transformed back while they are in a cache.
// Few channels: every thread has strips of its own, whose transformed input V fits its L2 cache. Many channels: the weights outweigh
// everything, so all threads share one long strip and divide the output channels, and each weight is read once a strip.
#include <omp.h>

#include "kernels/cpu/winograd_gemm.h"
#include "kernels/cpu/winograd_strip.h"

namespace impasto {
namespace {
using namespace winograd;

struct Plan {
  bool shared;  // one strip for all threads
  long strips;
  std::size_t v_stride, m_stride;  // floats between two elements of V and M
};

/// 36 tiles of 64 or 128 channels leave room for the products in an L2 cache of half a MB; 96 shared tiles keep the reading of the
/// weights well under the speed of the memory. A few tiles, too, are better shared: there are more output channels than tiles to divide.
constexpr int private_tiles = 36, shared_tiles = 96, many_channels = 256;

Plan plan_for(const WinogradShape& s, int lanes, int threads) {
  const int c = groups_of(s.c, lanes) * lanes;
  const long total = tile_count(s);
  Plan plan{};
  plan.shared = c >= many_channels || total < threads * private_tiles / 2;
  if (plan.shared)
    plan.strips = (total + shared_tiles - 1) / shared_tiles;
  else
    plan.strips = (total + threads * private_tiles - 1) / (threads * private_tiles) * threads;
  const std::size_t longest = (total + plan.strips - 1) / plan.strips;
  plan.v_stride = odd_lines(longest * c);
  plan.m_stride = odd_lines(longest * output_vectors * lanes);
  return plan;
}

/// Inverse transform of the products of output group `group` into its pixels of y. m: [36][tile][pitch].
template <int L>
void write_tiles(const WinogradShape& s, const Strip& strip, int group, const float* m, std::size_t stride, int pitch, float* y,
                 const WinogradFusion& fusion) {
  using V = Vector<L>;
  const int h = s.out_h(), w = s.out_w(), groups = groups_of(s.k, L);
  const bool add = fusion.add, relu = fusion.relu;
  V bias = {};
  for (int lane = 0; fusion.bias && lane < L && group * L + lane < s.k; lane++) bias[lane] = fusion.bias[group * L + lane];
  const auto put = [&](float* to, const V& sum) __attribute__((always_inline)) {
    V v = sum + bias;
    if (add) {
      V before;
      load<L>(before, to);
      v += before;
    }
    if (relu) v = v < 0.0f ? V{} : v;  // a NaN stays
    store<L>(to, v);
  };
  Position at(strip, 0);
  for (int t = 0; t < strip.n; t++, at.next(), m += pitch) {
    const int top = at.row * tile, left = at.column * tile, rows = std::min(tile, h - top), columns = std::min(tile, w - left);
    float* to = y + (((std::size_t(at.image) * groups + group) * h + top) * w + left) * L;
    float* line[tile];
    for (int i = 0; i < tile; i++) line[i] = to + std::size_t(i) * w * L;
    if (rows == tile && columns == tile) {
      transform_output<L>(
          m, stride, [&](int i, int j, const V& v) __attribute__((always_inline)) { put(line[i] + j * L, v); });
      continue;
    }
    V whole[tile][tile];
    transform_output<L>(
        m, stride, [&](int i, int j, const V& v) __attribute__((always_inline)) { whole[i][j] = v; });
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) put(line[i] + j * L, whole[i][j]);
  }
}

/// All 36 products of a strip with one block of output channels, and their way out. m: [36][tile][vector][L].
template <int L>
void multiply_strip(const WinogradShape& s, const Plan& plan, const Strip& strip, int block, const float* packed, const float* v, float* m,
                    float* y, const WinogradFusion& fusion) {
  const int groups = groups_of(s.c, L), first_group = block * output_vectors;
  const int vectors = std::min(output_vectors, groups_of(s.k, L) - first_group);
  const std::size_t weights = std::size_t(groups) * L * vectors * L;
  const float* u = packed + std::size_t(first_group) * L * elements * groups * L;
  const auto& multiply_tiles = vectors == output_vectors ? multiply_by_tiles<L, output_vectors> : multiply_by_tiles<L, 1>;
  for (int e = 0; e < elements; e++, u += weights)
    for (int b = 0; b < strip.blocks; b++) {
      const std::size_t first = strip.first(b), n = strip.first(b + 1) - first;
      multiply_tiles[n - 1](u, v + e * plan.v_stride + first * groups * L, groups, m + e * plan.m_stride + first * vectors * L);
    }
  for (int i = 0; i < vectors; i++) write_tiles<L>(s, strip, first_group + i, m + i * L, plan.m_stride, vectors * L, y, fusion);
}

template <int L>
void convolve(const WinogradShape& s, const float* x, const float* packed, float* y, const WinogradFusion& fusion, float* work,
              int threads) {
  const Plan plan = plan_for(s, L, threads);
  const int groups = groups_of(s.c, L), out_blocks = groups_of(groups_of(s.k, L), output_vectors);
  const std::size_t v_size = elements * plan.v_stride, m_size = elements * plan.m_stride;
#pragma omp parallel num_threads(threads)
  {
    const int me = omp_get_thread_num();
    float* v = work + (plan.shared ? 0 : me * v_size);
    float* m = work + (plan.shared ? 1 : threads) * v_size + me * m_size;
    const auto transform = [&](const Strip& strip, int group, int b) {
      const int first = strip.first(b), end = strip.first(b + 1);
      float* to = v + (std::size_t(first) * groups + std::size_t(group) * (end - first)) * L;
      transform_input_tiles<L>(s, x, fusion.mask, strip, group, first, end, to, plan.v_stride);
    };
    const auto multiply = [&](const Strip& strip, int block) { multiply_strip<L>(s, plan, strip, block, packed, v, m, y, fusion); };
    if (plan.shared) {
      for (long i = 0; i < plan.strips; i++) {
        const Strip strip = strip_of(s, i, plan.strips, block_tiles<L>);
#pragma omp for schedule(dynamic) collapse(2)
        for (int group = 0; group < groups; group++)
          for (int b = 0; b < strip.blocks; b++) transform(strip, group, b);
#pragma omp for schedule(dynamic)
        for (int block = 0; block < out_blocks; block++) multiply(strip, block);
      }
    } else {
#pragma omp for schedule(dynamic)
      for (long i = 0; i < plan.strips; i++) {
        const Strip strip = strip_of(s, i, plan.strips, block_tiles<L>);
        for (int group = 0; group < groups; group++)
          for (int b = 0; b < strip.blocks; b++) transform(strip, group, b);
        for (int block = 0; block < out_blocks; block++) multiply(strip, block);
      }
    }
  }
}
}  // namespace

std::size_t winograd_workspace(const WinogradShape& shape, int lanes, int threads) {
  require_supported(shape, lanes);
  const Plan plan = plan_for(shape, lanes, threads);
  return 64 + elements * ((plan.shared ? 1 : threads) * plan.v_stride + threads * plan.m_stride) * sizeof(float);
}

void winograd_convolve(const WinogradShape& shape, int lanes, const float* x, const float* packed, float* y, const WinogradFusion& fusion,
                       void* workspace, int threads) {
  require_supported(shape, lanes);
  if (lanes == 8)
    convolve<8>(shape, x, packed, y, fusion, first_line(workspace), threads);
  else
    convolve<16>(shape, x, packed, y, fusion, first_line(workspace), threads);
}

}  // namespace impasto
