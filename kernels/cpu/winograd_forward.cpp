// The driver of the Winograd convolution: strips of tiles are transformed, multiplied and transformed back while they are in a cache.
// Few channels: every thread has strips of its own, whose transformed input V fits its L2 cache. Many channels: the weights outweigh
// everything, so all threads share one long strip and divide the output channels, and each weight is read once a strip.
#include <omp.h>

#include "kernels/cpu/winograd_moments.h"
#include "kernels/cpu/winograd_pairs.h"
#include "kernels/cpu/winograd_tiles.h"

namespace impasto {
namespace {
using namespace winograd;

struct Plan {
  bool shared;  // one strip for all threads
  Strips strips;
  int elements;
  // V: transformed input of a strip; M: its products with a block of output channels.
  std::size_t v_stride, m_stride;       // floats between two elements of V and M
  std::size_t v_size, m_size, moments;  // floats of one V with its steps, one M, and of all strips' moments
};

/// A private strip's V leaves room for the products in an L2 cache of half a MB, a shared one's keeps the reading of the weights well under
/// the speed of the memory. A few tiles, too, are better shared: there are more output channels than tiles to divide.
constexpr std::size_t private_floats = 36 * 36 * 128, shared_floats = 36 * 96 * 512;
constexpr int most_private_tiles = 36, most_shared_tiles = 96, least_tiles = 12, many_channels = 256;

/// Tiles a strip: as many as fill `floats`, but whole least_tiles of them.
int strip_size(std::size_t floats, std::size_t floats_a_tile, int most) {
  return int(std::clamp<std::size_t>(floats / floats_a_tile / least_tiles * least_tiles, least_tiles, most));
}

Plan plan_for(const Task& task, int lanes, bool moments) {
  const int c = input_groups(task, lanes) * lanes, block = lanes == 16 ? block_tiles<16> : block_tiles<8>;
  Plan plan{};
  plan.elements = scheme_info(task.scheme).elements();
  const std::size_t tile = std::size_t(plan.elements) * c;
  plan.shared = c >= many_channels || task.tiles() < most_private_tiles;
  const int size = plan.shared ? strip_size(shared_floats, tile, most_shared_tiles) : strip_size(private_floats, tile, most_private_tiles);
  plan.strips = strips_of(task, size, block);
  const std::size_t longest = plan.strips.longest();
  plan.v_stride = odd_lines(longest * c);
  plan.m_stride = odd_lines(longest * output_vectors * lanes);
  plan.v_size = plan.elements * plan.v_stride + odd_lines(plan.elements * ((longest + block - 1) / block));
  plan.m_size = plan.elements * plan.m_stride;
  plan.moments = moments ? 2 * plan.strips.count() * groups_of(task.k, lanes) * lanes : 0;
  return plan;
}

struct Job {
  const Task& task;
  const Plan& plan;
  const Tiles& tiles;
  WinogradProducts products;
  const float* x;
  const void* packed;
  float* y;
  const WinogradFusion& fusion;
  float* moments;  // of each strip, channel by channel: means, then squares
};

template <int L>
void transform_block(const Job& job, const Strip& strip, int group, int block, float* v) {
  const int first = strip.first(block), end = strip.first(block + 1), groups = input_groups(job.task, L);
  float* to = v + (std::size_t(first) * groups + std::size_t(group) * (end - first)) * L;
  job.tiles.input(job.task, job.x, job.fusion.input, job.fusion.mask, strip, group, first, end, to, job.plan.v_stride);
}

/// Where the steps of a strip's blocks are kept: [elements][blocks], behind V.
float* steps_of(const Plan& plan, float* v) { return v + plan.elements * plan.v_stride; }

/// Rounds element e of a block of transformed tiles to 16 bits, in its place.
template <int L>
void quantise_block(const Job& job, const Strip& strip, int e, int block, float* v) {
  const int first = strip.first(block), groups = input_groups(job.task, L);
  float* at = v + e * job.plan.v_stride + std::size_t(first) * groups * L;
  steps_of(job.plan, v)[e * strip.blocks + block] =
      quantise(at, std::size_t(strip.first(block + 1) - first) * groups * L, reinterpret_cast<std::int16_t*>(at));
}

/// All products of a strip with K vectors of output channels, those of group `first_group` on. m: [elements][tile][vector][L].
template <int L, int K>
void multiply_elements(const Job& job, const Strip& strip, int first_group, float* v, float* m) {
  const Plan& plan = job.plan;
  const int groups = input_groups(job.task, L), all_vectors = groups_of(job.task.k, L);
  const std::size_t weights = std::size_t(groups) * L * K * L, before = std::size_t(first_group) * L * plan.elements * groups * L;
  const float* steps = steps_of(plan, v);
  const auto* pairs = static_cast<const std::int16_t*>(job.packed);
  const float* u_steps = steps_behind(pairs, job.task.k, groups * L, plan.elements, L) + first_group * L;
  for (int e = 0; e < plan.elements; e++)
    for (int b = 0; b < strip.blocks; b++) {
      const std::size_t first = strip.first(b), n = strip.first(b + 1) - first;
      const float* in = v + e * plan.v_stride + first * groups * L;
      float* out = m + e * plan.m_stride + first * K * L;
      if (job.products == WinogradProducts::f32)
        multiply_by_tiles<L, K>[n - 1](static_cast<const float*>(job.packed) + before + e * weights, in, groups, out);
      else
        multiply_pairs_by_tiles<L, K>[n - 1](pairs + before + e * weights, u_steps + std::size_t(e) * all_vectors * L,
                                             reinterpret_cast<const std::int16_t*>(in), steps[e * strip.blocks + b], groups, out);
    }
}

/// The products of a strip with one block of output channels, and their way out.
template <int L>
void multiply_strip(const Job& job, long index, const Strip& strip, int block, float* v, float* m) {
  const Plan& plan = job.plan;
  const int all_vectors = groups_of(job.task.k, L), first_group = block * output_vectors;
  const int vectors = std::min(output_vectors, all_vectors - first_group);
  vectors == output_vectors ? multiply_elements<L, output_vectors>(job, strip, first_group, v, m)
                            : multiply_elements<L, 1>(job, strip, first_group, v, m);
  const OutputSide side{job.fusion.bias, job.fusion.add, job.fusion.relu};
  for (int i = 0; i < vectors; i++) {
    const std::size_t at = (std::size_t(index) * 2 * all_vectors + first_group + i) * L;
    const StripMoments moments{job.moments + at, job.moments + at + all_vectors * L};
    job.tiles.output(job.task, strip, first_group + i, m + i * L, plan.m_stride, vectors * L, job.y, side,
                     job.fusion.mean ? &moments : nullptr);
  }
}

template <int L>
void convolve(const Job& job, float* work, int threads) {
  const Plan& plan = job.plan;
  const int groups = input_groups(job.task, L), out_blocks = groups_of(groups_of(job.task.k, L), output_vectors);
  const bool rounded = job.products == WinogradProducts::pairs;
#pragma omp parallel num_threads(threads)
  {
    const int me = omp_get_thread_num();
    float* v = work + (plan.shared ? 0 : me * plan.v_size);
    float* m = work + (plan.shared ? 1 : threads) * plan.v_size + me * plan.m_size;
    if (plan.shared) {
      for (long i = 0; i < plan.strips.count(); i++) {
        const Strip strip = plan.strips[i];
#pragma omp for schedule(dynamic) collapse(2)
        for (int group = 0; group < groups; group++)
          for (int b = 0; b < strip.blocks; b++) transform_block<L>(job, strip, group, b, v);
        if (rounded) {
#pragma omp for schedule(static) collapse(2)
          for (int e = 0; e < plan.elements; e++)
            for (int b = 0; b < strip.blocks; b++) quantise_block<L>(job, strip, e, b, v);
        }
#pragma omp for schedule(dynamic)
        for (int block = 0; block < out_blocks; block++) multiply_strip<L>(job, i, strip, block, v, m);
      }
    } else {
#pragma omp for schedule(dynamic)
      for (long i = 0; i < plan.strips.count(); i++) {
        const Strip strip = plan.strips[i];
        for (int group = 0; group < groups; group++)
          for (int b = 0; b < strip.blocks; b++) transform_block<L>(job, strip, group, b, v);
        for (int e = 0; rounded && e < plan.elements; e++)
          for (int b = 0; b < strip.blocks; b++) quantise_block<L>(job, strip, e, b, v);
        for (int block = 0; block < out_blocks; block++) multiply_strip<L>(job, i, strip, block, v, m);
      }
    }
  }
}
}  // namespace

bool winograd_supports_moments(const WinogradShape& shape, int lanes) {
  if (!winograd_supports(WinogradPass::forward, shape, lanes)) return false;
  const Strips strips = plan_for(*forward_task(shape), lanes, true).strips;
  return strips.images == shape.n;
}

std::size_t winograd_workspace(WinogradPass pass, const WinogradShape& shape, int lanes, int threads) {
  const Plan plan = plan_for(require_task(pass, shape, lanes), lanes, pass == WinogradPass::forward);
  return 64 + ((plan.shared ? 1 : threads) * plan.v_size + threads * plan.m_size + plan.moments) * sizeof(float);
}

void winograd_convolve(WinogradPass pass, const WinogradShape& shape, int lanes, WinogradProducts products, const float* x,
                       const void* packed, float* y, const WinogradFusion& fusion, void* workspace, int threads) {
  const Task task = require_task(pass, shape, lanes);
  const Plan plan = plan_for(task, lanes, pass == WinogradPass::forward);
  float* work = first_line(workspace);
  float* moments = work + (plan.shared ? 1 : threads) * plan.v_size + threads * plan.m_size;
  const Job job{task, plan, tiles_for(task.scheme, lanes), products, x, packed, y, fusion, moments};
  lanes == 8 ? convolve<8>(job, work, threads) : convolve<16>(job, work, threads);
  if (fusion.mean) merge_strips(task, plan.strips, groups_of(task.k, lanes) * lanes, moments, fusion.mean, fusion.variance, threads);
}

}  // namespace impasto
