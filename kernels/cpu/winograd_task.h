// What the driver runs: a scheme, and where its tiles lie in what is read and what is written.
#pragma once
#include <algorithm>
#include <optional>

#include "kernels/cpu/winograd.h"
#include "kernels/cpu/winograd_scheme.h"

namespace impasto::winograd {

enum class SchemeName { f4x3, f6x3, f5x4, f4x5, doubled, halved, strided, spread };

/// A scheme's numbers at run time.
struct SchemeInfo {
  const char* name;
  int taps, side, in, step, out;
  double kernel[8][5];  // G
  int elements() const { return side * side; }
};
const SchemeInfo& scheme_info(SchemeName name);

/// Reads planes of in_h x in_w of c channels, writes planes of out_h x out_w of k channels. Tile (0, 0) has its window at (window_top,
/// window_left) and its outputs at (output_top, output_left), which may lie outside.
struct Task {
  SchemeName scheme;
  int n, c, k, in_h, in_w, out_h, out_w;
  int window_top, window_left, output_top, output_left;
  int rows, columns;  // tiles of an image
  int blocks;         // pieces of `taps` taps that the kernel is cut into, each way
  Padding read;       // what stands outside of what is read
  Padding fold;       // whose numbers the outputs outside stand for; zero: nobody's
  /// So far outside.
  int fold_top, fold_left, fold_bottom, fold_right;

  long tiles() const { return long(n) * rows * columns; }
};

/// Nothing if no scheme serves. The weight gradient reads and writes as the forward pass does.
std::optional<Task> forward_task(const WinogradShape& shape);
std::optional<Task> data_gradient_task(const WinogradShape& shape);
std::optional<Task> weight_gradient_task(const WinogradShape& shape);
/// Throws ShapeError where there is none.
Task require_task(WinogradPass pass, const WinogradShape& shape, int lanes);

inline int groups_of(int channels, int lanes) { return (channels + lanes - 1) / lanes; }
/// Channel groups that the products see: those of x once for each piece of the kernel.
inline int input_groups(const Task& task, int lanes) { return task.blocks * task.blocks * groups_of(task.c, lanes); }

}  // namespace impasto::winograd
