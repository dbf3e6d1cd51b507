// Moments of whole images from those of strips, merged in order (Chan, Golub and LeVeque 1979).
#pragma once
#include <vector>

#include "kernels/cpu/winograd_strip.h"

namespace impasto::winograd {

/// Pixels that a strip's tiles write.
inline double pixels_of(const Task& task, const Strip& strip) {
  const int out = scheme_info(task.scheme).out;
  const auto extent = [out](int tile, int begin, int size) {
    return std::min(begin + (tile + 1) * out, size) - std::max(begin + tile * out, 0);
  };
  double pixels = 0;
  Position at(task, strip.begin);
  for (int t = 0; t < strip.n; t++, at.next())
    pixels += double(extent(at.row, task.output_top, task.out_h)) * extent(at.column, task.output_left, task.out_w);
  return pixels;
}

/// moments: [strip][mean, squares][pitch]; mean, variance: [N, K].
inline void merge_strips(const Task& task, const Strips& strips, int pitch, const float* moments, float* mean, float* variance,
                         int threads) {
  std::vector<double> pixels;
  for (long i = 0; i < strips.count(); i++) pixels.push_back(pixels_of(task, strips[i]));
#pragma omp parallel for num_threads(threads) schedule(static) collapse(2)
  for (int image = 0; image < task.n; image++)
    for (int k = 0; k < task.k; k++) {
      double count = 0, average = 0, squares = 0;
      for (long i = image * long(strips.each); i < (image + 1) * long(strips.each); i++) {
        const float* part = moments + i * 2 * pitch + k;
        const double all = count + pixels[i], delta = part[0] - average;
        average += delta * pixels[i] / all;
        squares += part[pitch] + delta * delta * count * pixels[i] / all;
        count = all;
      }
      mean[image * task.k + k] = float(average);
      variance[image * task.k + k] = float(squares / count);
    }
}

}  // namespace impasto::winograd
