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
  bool rounded;  // products of 16-bit numbers
  Strips strips;
  int elements;
  // V: transformed input of a strip; M: its products with a block of output channels.
  std::size_t v_stride, m_stride, block_stride;     // numbers between two elements of V, M and a block on its way to be rounded
  std::size_t v_size, m_size, block_size, moments;  // floats of one V with its steps, one M, one such block, and of all strips' moments
};

/// A private strip's V leaves room for the products in an L2 cache of half a MB, a shared one's keeps the reading of the weights well under
/// the speed of the memory. A few tiles, too, are better shared: there are more output channels than tiles to divide.
constexpr std::size_t private_numbers = 36 * 36 * 128, shared_numbers = 36 * 96 * 512;
constexpr int most_private_tiles = 36, most_shared_tiles = 96, least_tiles = 12, many_channels = 256;

/// Tiles a strip: as many as fill `numbers`, but whole least_tiles of them.
int strip_size(std::size_t numbers, std::size_t numbers_a_tile, int most) {
  return int(std::clamp<std::size_t>(numbers / numbers_a_tile / least_tiles * least_tiles, least_tiles, most));
}

Plan plan_for(const Task& task, int lanes, WinogradProducts products, bool moments) {
  const int c = input_groups(task, lanes) * lanes, block = lanes == 16 ? block_tiles<16> : block_tiles<8>;
  Plan plan{};
  plan.rounded = products == WinogradProducts::pairs;
  plan.elements = scheme_info(task.scheme).elements();
  const std::size_t tile = std::size_t(plan.elements) * c;
  plan.shared = c >= many_channels || task.tiles() < most_private_tiles;
  const int size = plan.shared ? strip_size(shared_numbers, tile, most_shared_tiles) : strip_size(private_numbers, tile, most_private_tiles);
  plan.strips = strips_of(task, size, block);
  const std::size_t longest = plan.strips.longest();
  plan.m_stride = odd_lines(longest * output_vectors * lanes);
  plan.m_size = plan.elements * plan.m_stride;
  plan.v_stride = odd_lines(longest * c);
  plan.v_size = plan.elements * plan.v_stride;
  if (plan.rounded) {
    plan.v_stride = 2 * odd_lines((longest * c + 1) / 2);
    plan.v_size = plan.elements * plan.v_stride / 2 + odd_lines(plan.elements * ((longest + block - 1) / block));
    plan.block_stride = odd_lines(std::size_t(block) * c);
    plan.block_size = plan.elements * plan.block_stride;
  }
  plan.moments = moments ? 2 * plan.strips.count() * groups_of(task.k, lanes) * lanes : 0;
  return plan;
}

struct Job {
  const Task& task;
  const Plan& plan;
  const Tiles& tiles;
  const float* x;
  const void* packed;
  float* y;
  const WinogradFusion& fusion;
  float* moments;  // of each strip, channel by channel: means, then squares
};

/// One input group of a block of tiles, to its place in V.
template <int L>
void transform_block(const Job& job, const Strip& strip, int group, int block, float* v) {
  const int first = strip.first(block), end = strip.first(block + 1), groups = input_groups(job.task, L);
  float* to = v + (std::size_t(first) * groups + std::size_t(group) * (end - first)) * L;
  job.tiles.input(job.task, job.x, job.fusion.input, job.fusion.mask, strip, group, first, end, to, job.plan.v_stride);
}

/// Where the steps of a strip's blocks are kept: [elements][blocks], behind V.
float* steps_of(const Plan& plan, float* v) { return v + plan.elements * plan.v_stride / 2; }

/// All input groups of a block of tiles by way of `room`, whose elements give the steps of V's 16-bit numbers.
template <int L>
void round_block(const Job& job, const Strip& strip, int block, float* v, float* room) {
  const Plan& plan = job.plan;
  const int first = strip.first(block), n = strip.first(block + 1) - first, groups = input_groups(job.task, L);
  for (int group = 0; group < groups; group++)
    job.tiles.input(job.task, job.x, job.fusion.input, job.fusion.mask, strip, group, first, first + n, room + std::size_t(group) * n * L,
                    plan.block_stride);
  std::int16_t* to = reinterpret_cast<std::int16_t*>(v) + std::size_t(first) * groups * L;
  for (int e = 0; e < plan.elements; e++, to += plan.v_stride)
    steps_of(plan, v)[e * strip.blocks + block] = quantise(room + e * plan.block_stride, std::size_t(n) * groups * L, to);
}

/// All products of a strip with K vectors of output channels, those of group `first_group` on. m: [elements][tile][vector][L].
template <int L, int K>
void multiply_elements(const Job& job, const Strip& strip, int first_group, float* v, float* m) {
  const Plan& plan = job.plan;
  const int groups = input_groups(job.task, L), all_vectors = groups_of(job.task.k, L);
  const std::size_t weights = std::size_t(groups) * L * K * L, before = std::size_t(first_group) * L * plan.elements * groups * L;
  const auto* pairs = static_cast<const std::int16_t*>(job.packed);
  const float* u_steps = plan.rounded ? steps_behind(pairs, job.task.k, groups * L, plan.elements, L) + first_group * L : nullptr;
  for (int e = 0; e < plan.elements; e++)
    for (int b = 0; b < strip.blocks; b++) {
      const std::size_t first = strip.first(b), n = strip.first(b + 1) - first, in = e * plan.v_stride + first * groups * L;
      float* out = m + e * plan.m_stride + first * K * L;
      if (plan.rounded)
        multiply_pairs_by_tiles<L, K>[n - 1](pairs + before + e * weights, u_steps + std::size_t(e) * all_vectors * L,
                                             reinterpret_cast<const std::int16_t*>(v) + in, steps_of(plan, v)[e * strip.blocks + b], groups, out);
      else
        multiply_by_tiles<L, K>[n - 1](static_cast<const float*>(job.packed) + before + e * weights, v + in, groups, out);
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
#pragma omp parallel num_threads(threads)
  {
    const int me = omp_get_thread_num();
    float* v = work + (plan.shared ? 0 : me * plan.v_size);
    float* m = work + (plan.shared ? 1 : threads) * plan.v_size + me * (plan.m_size + plan.block_size);
    float* room = m + plan.m_size;
    if (plan.shared) {
      for (long i = 0; i < plan.strips.count(); i++) {
        const Strip strip = plan.strips[i];
        if (plan.rounded) {
#pragma omp for schedule(dynamic)
          for (int b = 0; b < strip.blocks; b++) round_block<L>(job, strip, b, v, room);
        } else {
#pragma omp for schedule(dynamic) collapse(2)
          for (int group = 0; group < groups; group++)
            for (int b = 0; b < strip.blocks; b++) transform_block<L>(job, strip, group, b, v);
        }
#pragma omp for schedule(dynamic)
        for (int block = 0; block < out_blocks; block++) multiply_strip<L>(job, i, strip, block, v, m);
      }
    } else {
#pragma omp for schedule(dynamic)
      for (long i = 0; i < plan.strips.count(); i++) {
        const Strip strip = plan.strips[i];
        for (int b = 0; plan.rounded && b < strip.blocks; b++) round_block<L>(job, strip, b, v, room);
        for (int group = 0; !plan.rounded && group < groups; group++)
          for (int b = 0; b < strip.blocks; b++) transform_block<L>(job, strip, group, b, v);
        for (int block = 0; block < out_blocks; block++) multiply_strip<L>(job, i, strip, block, v, m);
      }
    }
  }
}

std::size_t moments_begin(const Plan& plan, int threads) {
  return (plan.shared ? 1 : threads) * plan.v_size + threads * (plan.m_size + plan.block_size);
}
}  // namespace

bool winograd_supports_moments(const WinogradShape& shape, int lanes) {
  if (!winograd_supports(WinogradPass::forward, shape, lanes)) return false;
  return plan_for(*forward_task(shape), lanes, WinogradProducts::f32, true).strips.images == shape.n;
}

std::size_t winograd_workspace(WinogradPass pass, const WinogradShape& shape, int lanes, WinogradProducts products, int threads) {
  const Plan plan = plan_for(require_task(pass, shape, lanes), lanes, products, pass == WinogradPass::forward);
  return 64 + (moments_begin(plan, threads) + plan.moments) * sizeof(float);
}

void winograd_convolve(WinogradPass pass, const WinogradShape& shape, int lanes, WinogradProducts products, const float* x,
                       const void* packed, float* y, const WinogradFusion& fusion, void* workspace, int threads) {
  const Task task = require_task(pass, shape, lanes);
  const Plan plan = plan_for(task, lanes, products, pass == WinogradPass::forward);
  float *work = first_line(workspace), *moments = work + moments_begin(plan, threads);
  const Job job{task, plan, tiles_for(task.scheme, lanes), x, packed, y, fusion, moments};
  lanes == 8 ? convolve<8>(job, work, threads) : convolve<16>(job, work, threads);
  if (fusion.mean) merge_strips(task, plan.strips, groups_of(task.k, lanes) * lanes, moments, fusion.mean, fusion.variance, threads);
}

}  // namespace impasto
