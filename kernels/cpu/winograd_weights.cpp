// Weights of the Winograd convolution: G g G' of each piece of each kernel, in double and rounded once.
// Packed as [block of 2 L output channels][elements][input channels of all pieces, each C padded to L][2 L]; a last block of one vector is
// [elements][input channels][L].
#include <array>

#include "kernels/cpu/vector.h"
#include "kernels/cpu/winograd_pairs.h"
#include "kernels/cpu/winograd_task.h"

namespace impasto {
namespace {
using namespace winograd;

constexpr int most_side = 8, most_piece = 5;

/// out = M in M' for the first `rows` x `columns` of M, with a vector of values at each place.
template <class V>
void both_sides(const double (&m)[most_side][most_piece], int rows, int columns, const V* in, V* out) {
  V half[most_side * most_piece];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      V sum = {};
      for (int l = 0; l < columns; l++) sum += m[i][l] * in[l * columns + j];
      half[i * columns + j] = sum;
    }
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < rows; j++) {
      V sum = {};
      for (int l = 0; l < columns; l++) sum += half[i * columns + l] * m[j][l];
      out[i * rows + j] = sum;
    }
}

template <int L>
using Doubles = typename VectorOf<double, L>::type;

/// The taps of a piece that begins at (top, left), from input channel c to output channels k to k + L - 1: [taps][taps]. Taps beyond the
/// kernel and channels beyond the last are left alone.
template <int L>
void read_piece(const Task& task, int kernel, bool turned, const float* oihw, int c, int k, int top, int left, Doubles<L>* piece) {
  const int taps = scheme_info(task.scheme).taps, area = kernel * kernel;
  for (int lane = 0; lane < L && k + lane < task.k && c < task.c; lane++) {
    const float* from = oihw + (turned ? std::size_t(c) * task.k + k + lane : std::size_t(k + lane) * task.c + c) * area;
    for (int r = 0; r < std::min(taps, kernel - top); r++)
      for (int s = 0; s < std::min(taps, kernel - left); s++) {
        const int at = (top + r) * kernel + left + s;
        piece[r * taps + s][lane] = from[turned ? area - 1 - at : at];
      }
  }
}

template <int L>
void pack(const Task& task, int kernel, bool turned, const float* oihw, float* packed) {
  const SchemeInfo& scheme = scheme_info(task.scheme);
  const int taps = scheme.taps, elements = scheme.elements();
  const int out_groups = groups_of(task.k, L), c_padded = groups_of(task.c, L) * L, inputs = input_groups(task, L) * L;
  const int most_groups = output_vectors;
#pragma omp parallel for schedule(static)
  for (int group = 0; group < out_groups; group++) {
    const int block = group / most_groups, width = std::min(most_groups, out_groups - block * most_groups) * L;
    float* to = packed + std::size_t(block) * most_groups * L * elements * inputs + group % most_groups * L;
    for (int i = 0; i < inputs; i++) {
      const int piece = i / c_padded, c = i % c_padded, top = piece / task.blocks * taps, left = piece % task.blocks * taps;
      Doubles<L> taps_of_piece[most_piece * most_piece] = {}, element[most_side * most_side];
      read_piece<L>(task, kernel, turned, oihw, c, group * L, top, left, taps_of_piece);
      both_sides(scheme.kernel, scheme.side, taps, taps_of_piece, element);
      for (int e = 0; e < elements; e++)
        store<L>(to + (std::size_t(e) * inputs + i) * width, __builtin_convertvector(element[e], Vector<L>));
    }
  }
}

}  // namespace

std::string winograd_weights_key(WinogradPass pass, const WinogradShape& shape, WinogradProducts products) {
  const SchemeInfo& scheme = scheme_info(require_task(pass, shape, 8).scheme);  // the same in 16 lanes
  const std::string direction = pass == WinogradPass::forward ? " forward" : " data gradient";
  return std::string("winograd ") + scheme.name + direction + (products == WinogradProducts::pairs ? ", 16 bits" : "");
}

std::size_t winograd_packed_size(WinogradPass pass, const WinogradShape& shape, int lanes) {
  const Task task = require_task(pass, shape, lanes);
  return std::size_t(scheme_info(task.scheme).elements()) * groups_of(task.k, lanes) * lanes * input_groups(task, lanes) * lanes;
}

void winograd_pack_weights(WinogradPass pass, const WinogradShape& shape, int lanes, const float* oihw, float* packed) {
  const Task task = require_task(pass, shape, lanes);
  const bool turned = pass == WinogradPass::data_gradient;
  lanes == 8 ? pack<8>(task, shape.kernel, turned, oihw, packed) : pack<16>(task, shape.kernel, turned, oihw, packed);
}

std::size_t winograd_pairs_bytes(WinogradPass pass, const WinogradShape& shape, int lanes) {
  const Task task = require_task(pass, shape, lanes);
  return pairs_packed_bytes(task.k, input_groups(task, lanes) * lanes, scheme_info(task.scheme).elements(), lanes);
}

void winograd_pack_pairs(WinogradPass pass, const WinogradShape& shape, int lanes, const float* packed, void* pairs) {
  const Task task = require_task(pass, shape, lanes);
  pack_pairs(packed, task.k, input_groups(task, lanes) * lanes, scheme_info(task.scheme).elements(), lanes,
             static_cast<std::int16_t*>(pairs));
}

}  // namespace impasto
