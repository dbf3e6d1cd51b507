// Weights of the Winograd convolution: G g G', in double and rounded once.
// Packed as [block of 2 L output channels][36][C padded to L][2 L]; a last block of one vector is [36][C padded][L].
#include "kernels/cpu/winograd_gemm.h"
#include "kernels/cpu/winograd_strip.h"

namespace impasto {
namespace {
using namespace winograd;

template <int L>
void pack(const float* oihw, int k, int c, bool for_data_gradient, float* packed) {
  using Doubles = typename VectorOf<double, L>::type;
  const int outputs = for_data_gradient ? c : k, inputs = for_data_gradient ? k : c;
  const int out_groups = groups_of(outputs, L), in_padded = groups_of(inputs, L) * L;
  const auto G = [](int i, int j) { return kernel_matrix[i][j]; };
#pragma omp parallel for schedule(static)
  for (int group = 0; group < out_groups; group++) {
    const int block = group / output_vectors, width = std::min(output_vectors, out_groups - block * output_vectors) * L;
    float* to = packed + std::size_t(block) * output_vectors * L * elements * in_padded + group % output_vectors * L;
    for (int i = 0; i < in_padded; i++) {
      Doubles kernel[9] = {}, element[elements];
      for (int lane = 0; lane < L && i < inputs; lane++) {
        const int o = group * L + lane;
        if (o >= outputs) break;
        const float* from = oihw + (for_data_gradient ? std::size_t(i) * c + o : std::size_t(o) * c + i) * 9;
        for (int p = 0; p < 9; p++) kernel[p][lane] = from[for_data_gradient ? 8 - p : p];
      }
      both_sides<window, 3>(G, kernel, element);
      for (int e = 0; e < elements; e++)
        store<L>(to + (std::size_t(e) * in_padded + i) * width, __builtin_convertvector(element[e], Vector<L>));
    }
  }
}
}  // namespace

std::size_t winograd_packed_size(int k, int c, int lanes) {
  return std::size_t(elements) * groups_of(k, lanes) * lanes * groups_of(c, lanes) * lanes;
}

void winograd_pack_weights(const float* oihw, int k, int c, bool for_data_gradient, int lanes, float* packed) {
  if (lanes == 8)
    pack<8>(oihw, k, c, for_data_gradient, packed);
  else
    pack<16>(oihw, k, c, for_data_gradient, packed);
}

}  // namespace impasto
