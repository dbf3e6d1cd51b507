// Weight gradient of the Winograd convolution:  dG = G' [ sum over tiles of (A dy A') * (B' d B) ] G.
// All threads transform a strip of tiles together, then divide the products of its elements; each sum runs over the tiles in the same
// order and blocks for any number of threads. Sums are kept as [elements][input channels of all pieces][K padded], in groups of up to three
// output vectors.
#include <omp.h>

#include "kernels/cpu/winograd_gemm.h"
#include "kernels/cpu/winograd_tiles.h"

namespace impasto {
namespace {
using namespace winograd;

/// Tiles a block: the three vectors of dy that meet all of x (12 KiB with 8 lanes) stay in the L1 cache. A strip has as many blocks as
/// the outer cache takes, since the threads wait for each other twice a strip. Neither depends on the threads: blocks are rounded one by
/// one.
constexpr int block_of_tiles = 128;
constexpr std::size_t strip_floats = std::size_t(1) << 20;

struct Plan {
  Strips strips;
  int elements;
  std::size_t v_stride, d_stride, sum_stride;  // floats between two elements of the transformed x and dy, and of the sums
};

Plan plan_for(const Task& task, int lanes) {
  const long total = task.tiles();
  const std::size_t c = std::size_t(input_groups(task, lanes)) * lanes, k = std::size_t(groups_of(task.k, lanes)) * lanes;
  Plan plan{};
  plan.elements = scheme_info(task.scheme).elements();
  const long most = std::max<long>(block_of_tiles, strip_floats / (plan.elements * (c + k)));
  plan.strips = {total, 1, int((total + most - 1) / most), block_of_tiles};
  const std::size_t longest = plan.strips.longest();
  plan.v_stride = odd_lines(longest * c);
  plan.d_stride = odd_lines(longest * k);
  plan.sum_stride = odd_lines(c * k);
  return plan;
}

/// G' u G of the sums of input channel c of a piece of the kernel and output channels k to k + L - 1, into dw: [K, C, kernel, kernel].
template <int L>
void write_piece(const Task& task, int kernel, int k, int input, const float* sums, std::size_t stride, float* dw, bool add) {
  using Doubles = typename VectorOf<double, L>::type;
  const SchemeInfo& scheme = scheme_info(task.scheme);
  const int taps = scheme.taps, side = scheme.side, c_padded = groups_of(task.c, L) * L, piece = input / c_padded, c = input % c_padded;
  if (c >= task.c) return;
  Doubles half[5 * 8] = {};
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++) {
      Vector<L> sum;
      load<L>(sum, sums + (i * side + j) * stride);
      const Doubles element = __builtin_convertvector(sum, Doubles);
      for (int t = 0; t < taps; t++) half[t * side + j] += scheme.kernel[i][t] * element;
    }
  const int top = piece / task.blocks * taps, left = piece % task.blocks * taps;
  for (int r = 0; r < std::min(taps, kernel - top); r++)
    for (int s = 0; s < std::min(taps, kernel - left); s++) {
      Doubles tap = {};
      for (int j = 0; j < side; j++) tap += half[r * side + j] * scheme.kernel[j][s];
      for (int lane = 0; lane < L && k + lane < task.k; lane++) {
        float& to = dw[((std::size_t(k + lane) * task.c + c) * kernel + top + r) * kernel + left + s];
        to = float(tap[lane]) + (add ? to : 0.0f);
      }
    }
}

/// Output vectors that are summed together: `size` of them from `first`. Group i of `count`, nearly equal.
struct VectorGroup {
  int first, size;
  VectorGroup(int i, int count, int vectors) : first(i * vectors / count), size((i + 1) * vectors / count - first) {}
};

struct Job {
  const Task& task;
  const Plan& plan;
  const Tiles& tiles;
  int kernel;
  const float* x;
  const WinogradInput& input;
  const float *dy, *mask;
  float* dw;
  bool add;
};

/// Group `group` of the strip's transformed x, or of its transformed dy.
template <int L>
void transform_block(const Job& job, const Strip& strip, int group, int block, float* v, float* d) {
  const int from = strip.first(block), to = strip.first(block + 1), k = group - input_groups(job.task, L);
  const auto place = [&](float* p, int at) { return p + (std::size_t(at) * strip.n + from) * L; };
  if (k < 0)
    job.tiles.input(job.task, job.x, job.input, nullptr, strip, group, from, to, place(v, group), job.plan.v_stride);
  else
    job.tiles.output_gradient(job.task, job.dy, job.mask, strip, k, from, to, place(d, k), job.plan.d_stride);
}

/// The products of element e of a strip, for the output vectors of one group, added to the sums of the strips before.
template <int L>
void accumulate_strip(const Job& job, const Strip& strip, bool first_strip, int e, const VectorGroup& out, const float* v, const float* d,
                      float* sums) {
  using Accumulate = void (*)(const float*, const float*, std::size_t, int, bool, float*);
  constexpr Accumulate accumulate_vectors[gradient_vectors] = {accumulate<L, 1>, accumulate<L, 2>, accumulate<L, 3>};
  const Plan& plan = job.plan;
  const int inputs = input_groups(job.task, L) * L;
  const float* gradient = d + e * plan.d_stride + std::size_t(out.first) * strip.n * L;
  float* sum = sums + e * plan.sum_stride + std::size_t(out.first) * inputs * L;
  const std::size_t pitch = std::size_t(strip.n) * L;
  for (int b = 0; b < strip.blocks; b++) {
    const int from = strip.first(b) * L, n = strip.first(b + 1) - strip.first(b);
    for (int c = 0; c < inputs; c += gradient_channels<L>)
      accumulate_vectors[out.size - 1](v + e * plan.v_stride + c / L * pitch + from + c % L, gradient + from, pitch, n,
                                       b > 0 || !first_strip, sum + std::size_t(c) * out.size * L);
  }
}

template <int L>
void weight_gradient(const Job& job, float* work, int threads) {
  const Plan& plan = job.plan;
  const int c_groups = input_groups(job.task, L), k_groups = groups_of(job.task.k, L), inputs = c_groups * L;
  const int vector_groups = groups_of(k_groups, gradient_vectors);
  float *v = work, *d = v + plan.elements * plan.v_stride, *sums = d + plan.elements * plan.d_stride;
#pragma omp parallel num_threads(threads)
  {
    for (long i = 0; i < plan.strips.count(); i++) {
      const Strip strip = plan.strips[i];
#pragma omp for schedule(dynamic) collapse(2)
      for (int group = 0; group < c_groups + k_groups; group++)
        for (int b = 0; b < strip.blocks; b++) transform_block<L>(job, strip, group, b, v, d);
// Static: a thread meets the same sums at every strip, in its own L2 cache if they fit.
#pragma omp for schedule(static) collapse(2)
      for (int e = 0; e < plan.elements; e++)
        for (int g = 0; g < vector_groups; g++)
          accumulate_strip<L>(job, strip, i == 0, e, VectorGroup(g, vector_groups, k_groups), v, d, sums);
    }
#pragma omp for schedule(static) collapse(2)
    for (int g = 0; g < vector_groups; g++)
      for (int c = 0; c < inputs; c++) {
        const VectorGroup out(g, vector_groups, k_groups);
        for (int k = 0; k < out.size; k++)
          write_piece<L>(job.task, job.kernel, (out.first + k) * L, c,
                         sums + (std::size_t(out.first) * inputs + std::size_t(c) * out.size + k) * L, plan.sum_stride, job.dw, job.add);
      }
  }
}

Task require_weight_gradient(const WinogradShape& shape, int lanes) {
  return winograd_supports_weight_gradient(shape, lanes) ? *weight_gradient_task(shape) : require_task(WinogradPass::forward, shape, lanes);
}
}  // namespace

std::size_t winograd_weight_gradient_workspace(const WinogradShape& shape, int lanes) {
  const Plan plan = plan_for(require_weight_gradient(shape, lanes), lanes);
  return 64 + plan.elements * (plan.v_stride + plan.d_stride + plan.sum_stride) * sizeof(float);
}

void winograd_weight_gradient(const WinogradShape& shape, int lanes, const float* x, const WinogradInput& input, const float* dy,
                              const float* mask, float* dw, bool add, void* workspace, int threads) {
  const Task task = require_weight_gradient(shape, lanes);
  const Plan plan = plan_for(task, lanes);
  const Job job{task, plan, tiles_for(task.scheme, lanes), shape.kernel, x, input, dy, mask, dw, add};
  lanes == 8 ? weight_gradient<8>(job, first_line(workspace), threads) : weight_gradient<16>(job, first_line(workspace), threads);
}

}  // namespace impasto
