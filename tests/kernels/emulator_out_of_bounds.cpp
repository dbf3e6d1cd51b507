// A kernel that reads one float past a shared array: under AddressSanitizer the process must die of a heap-buffer-overflow, which is what
// the test expects. Exit code 77 (skipped) without AddressSanitizer, 0 (wrong) if the overrun went unseen.
#include <cstdio>

#include "kernels/emulator/emulator.h"

namespace {

struct ReadsPastSharedArray {
  float* y;
  template <class Block>
  void operator()(Block& block) const {
    float* line = block.template shared<float>(block.size());
    float* after = block.template shared<float>(block.size());  // on a GPU the overrun reads this one
    line[block.rank()] = after[block.rank()] = 1;
    block.sync();
    y[block.rank()] = line[block.rank() + 1];
  }
};

}  // namespace

int main() {
#if defined(__SANITIZE_ADDRESS__)
  float y[32];
  impasto::emulator::launch(impasto::Grid{}, 32, 2 * sizeof y, ReadsPastSharedArray{y});
  std::puts("the overrun of shared memory was not seen");
  return 0;
#else
  std::puts("skipped: without AddressSanitizer (-fsanitize=address) nothing watches the ends of shared memory");
  return 77;
#endif
}
