// SerialBlock: the block concept of kernel bodies on a CPU, where a block is one thread: its sums are the identity, its
// barrier nothing, and the lanes do the parallel work. CudaBlock (cuda_block.h) is the other one.
//
// A kernel body is a struct of its arguments with `template <class Block> IMPASTO_BODY void operator()(Block& block) const`;
// it works on pixels block.rank(), block.rank() + block.size(), ... and is launched over a grid of blocks.
#pragma once
#include "kernels/shared/lanes.h"
#include "kernels/shared/launch.h"

namespace impasto {

class SerialBlock {
 public:
  struct Serial {};  // loops may nest instead of striding
  SerialBlock(Grid grid, int x, int y, int z) : grid_(grid), x_(x), y_(y), z_(z) {}
  int x() const { return x_; }
  int y() const { return y_; }
  int z() const { return z_; }
  int grid_x() const { return grid_.x; }
  int grid_y() const { return grid_.y; }
  int grid_z() const { return grid_.z; }
  static constexpr int rank() { return 0; }
  static constexpr int size() { return 1; }
  void sync() const {}
  template <int V>
  IMPASTO_BODY Lanes<V> sum(Lanes<V> value) const {
    return value;
  }

 private:
  Grid grid_;
  int x_, y_, z_;
};

}  // namespace impasto
