// Weight gradient of the Winograd convolution:  dG = G' [ sum over tiles of (A dy A') * (B' d B) ] G.
// All threads transform a strip of tiles together, then divide the 36 products of it; each sum runs over the tiles in the same
// order and blocks for any number of threads. Sums are kept as [36][C padded][K padded], in groups of up to three output vectors.
#include <omp.h>

#include "kernels/cpu/winograd_gemm.h"
#include "kernels/cpu/winograd_strip.h"

namespace impasto {
namespace {
using namespace winograd;

/// Tiles a block: the three vectors of dy that meet all of x (12 KiB with 8 lanes) stay in the L1 cache. A strip has as many blocks as
/// the outer cache takes, since the threads wait for each other twice a strip. Neither depends on the threads: blocks are rounded one by
/// one.
constexpr int block_of_tiles = 128;
constexpr std::size_t strip_floats = std::size_t(1) << 20;

struct Plan {
  long strips;
  std::size_t v_stride, d_stride, sum_stride;  // floats between two elements of the transformed x and dy, and of the sums
};

Plan plan_for(const WinogradShape& s, int lanes) {
  const long total = tile_count(s);
  const std::size_t c = groups_of(s.c, lanes) * lanes, k = groups_of(s.k, lanes) * lanes;
  Plan plan{};
  const long most = std::max<long>(block_of_tiles, strip_floats / (elements * (c + k)));
  plan.strips = (total + most - 1) / most;
  const std::size_t longest = (total + plan.strips - 1) / plan.strips;
  plan.v_stride = odd_lines(longest * c);
  plan.d_stride = odd_lines(longest * k);
  plan.sum_stride = odd_lines(c * k);
  return plan;
}

/// A dy A' of one channel group of a strip's tiles `from` to `to`; d: [36][tile][L].
template <int L>
void transform_gradient_tiles(const WinogradShape& s, const float* dy, const float* mask, const Strip& strip, int group, int from, int to,
                              float* d, std::size_t stride) {
  const int h = s.out_h(), w = s.out_w(), groups = groups_of(s.k, L);
  Position at(strip, from);
  Piece<L, tile> piece;
  for (int t = from; t < to; t++, at.next(), d += L) {
    const std::size_t plane = (std::size_t(at.image) * groups + group) * h * w * L;
    piece.read(dy + plane, mask ? mask + plane : nullptr, h, w, at.row * tile, at.column * tile);
    transform_output_gradient<L>(piece.line, d, stride);
  }
}

/// G' u G of the sums of input channel c and output channels k to k + L - 1, into dw.
template <int L>
void write_kernels(const WinogradShape& s, int k, int c, const float* sums, std::size_t stride, float* dw, bool add) {
  using Doubles = typename VectorOf<double, L>::type;
  Doubles element[elements], kernel[9];
  for (int e = 0; e < elements; e++) {
    Vector<L> sum;
    load<L>(sum, sums + e * stride);
    element[e] = __builtin_convertvector(sum, Doubles);
  }
  both_sides<3, window>([](int i, int j) { return kernel_matrix[j][i]; }, element, kernel);
  for (int lane = 0; lane < L && k + lane < s.k; lane++) {
    float* to = dw + (std::size_t(k + lane) * s.c + c) * 9;
    for (int p = 0; p < 9; p++) to[p] = float(kernel[p][lane]) + (add ? to[p] : 0.0f);
  }
}

/// Output vectors that are summed together: `size` of them from `first`. Group i of `count`, nearly equal.
struct VectorGroup {
  int first, size;
  VectorGroup(int i, int count, int vectors) : first(i * vectors / count), size((i + 1) * vectors / count - first) {}
};

template <int L>
void weight_gradient(const WinogradShape& s, const float* x, const float* dy, const float* mask, float* dw, bool add, float* work,
                     int threads) {
  using Accumulate = void (*)(const float*, const float*, std::size_t, int, bool, float*);
  constexpr Accumulate accumulate_vectors[gradient_vectors] = {accumulate<L, 1>, accumulate<L, 2>, accumulate<L, 3>};
  const Plan plan = plan_for(s, L);
  const int c_groups = groups_of(s.c, L), k_groups = groups_of(s.k, L), c_padded = c_groups * L;
  const int vector_groups = groups_of(k_groups, gradient_vectors);
  float *v = work, *d = v + elements * plan.v_stride, *sums = d + elements * plan.d_stride;
#pragma omp parallel num_threads(threads)
  {
    for (long i = 0; i < plan.strips; i++) {
      const Strip strip = strip_of(s, i, plan.strips, block_of_tiles);
#pragma omp for schedule(dynamic) collapse(2)
      for (int group = 0; group < c_groups + k_groups; group++)
        for (int b = 0; b < strip.blocks; b++) {
          const int from = strip.first(b), to = strip.first(b + 1), k = group - c_groups;
          const auto place = [&](float* p, int group) { return p + (std::size_t(group) * strip.n + from) * L; };
          if (k < 0)
            transform_input_tiles<L>(s, x, nullptr, strip, group, from, to, place(v, group), plan.v_stride);
          else
            transform_gradient_tiles<L>(s, dy, mask, strip, k, from, to, place(d, k), plan.d_stride);
        }
// Static: a thread meets the same sums at every strip, in its own L2 cache if they fit.
#pragma omp for schedule(static) collapse(2)
      for (int e = 0; e < elements; e++)
        for (int g = 0; g < vector_groups; g++) {
          const VectorGroup out(g, vector_groups, k_groups);
          const float* gradient = d + e * plan.d_stride + std::size_t(out.first) * strip.n * L;
          float* sum = sums + e * plan.sum_stride + std::size_t(out.first) * c_padded * L;
          const std::size_t pitch = std::size_t(strip.n) * L;
          for (int b = 0; b < strip.blocks; b++) {
            const int from = strip.first(b) * L, n = strip.first(b + 1) - strip.first(b);
            for (int c = 0; c < c_padded; c += gradient_channels<L>)
              accumulate_vectors[out.size - 1](v + e * plan.v_stride + c / L * pitch + from + c % L, gradient + from, pitch, n, i + b > 0,
                                               sum + std::size_t(c) * out.size * L);
          }
        }
    }
#pragma omp for schedule(static) collapse(2)
    for (int g = 0; g < vector_groups; g++)
      for (int c = 0; c < s.c; c++) {
        const VectorGroup out(g, vector_groups, k_groups);
        for (int k = 0; k < out.size; k++)
          write_kernels<L>(s, (out.first + k) * L, c, sums + (std::size_t(out.first) * c_padded + std::size_t(c) * out.size + k) * L,
                           plan.sum_stride, dw, add);
      }
  }
}
}  // namespace

std::size_t winograd_weight_gradient_workspace(const WinogradShape& shape, int lanes) {
  require_supported(shape, lanes);
  const Plan plan = plan_for(shape, lanes);
  return 64 + elements * (plan.v_stride + plan.d_stride + plan.sum_stride) * sizeof(float);
}

void winograd_weight_gradient(const WinogradShape& shape, int lanes, const float* x, const float* dy, const float* mask, float* dw,
                              bool add, void* workspace, int threads) {
  require_supported(shape, lanes);
  if (lanes == 8)
    weight_gradient<8>(shape, x, dy, mask, dw, add, first_line(workspace), threads);
  else
    weight_gradient<16>(shape, x, dy, mask, dw, add, first_line(workspace), threads);
}

}  // namespace impasto
