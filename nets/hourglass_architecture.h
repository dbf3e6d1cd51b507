// What the depth hourglass is made of, as tables: its inception modules, its levels and, from these, its convolutions in order.
// Chen et al. 2016 (arXiv 1604.03901), table 1 and figure 3; the order of modules is that of princeton-vl/relative_depth, hourglass3.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace impasto {

/// A 1x1 convolution to `reduced` channels and a kernel x kernel one from there to the module's width.
struct InceptionBranch {
  int kernel, reduced;
  std::string name() const { return std::to_string(kernel) + "x" + std::to_string(kernel); }
};

/// Four branches, joined in order: a 1x1 convolution to `first` channels, and three of `width` each.
struct InceptionModule {
  char kind;
  int inputs, first, width;
  std::array<InceptionBranch, 3> branches;
  int outputs() const { return first + 3 * width; }
};

/// y = up(after(next level(before(pool(x))))) + skip(x); the innermost level has no next one.
struct HourglassLevel {
  std::string_view before, after, skip;  // kinds of modules, one after another
  bool max_pooled;                       // else by means
};

/// A convolution of pad (kernel - 1) / 2 with bias; normed: a batch norm and a ReLU follow.
struct HourglassConvolution {
  std::string name;
  int inputs, outputs, kernel;
  bool normed = true;
  bool affine = false;  // its norm has gamma and beta
};

/// A to I.
const InceptionModule& inception_module(char kind);
/// 1 (innermost) to 4.
const HourglassLevel& hourglass_level(size_t number);
/// All 156, in the order of use: the stem, the levels from the outermost (skip, before, inner level, after), the head.
std::vector<HourglassConvolution> hourglass_convolutions();

/// Whether a parameter is kept by training but not trained.
bool is_hourglass_statistic(const std::string& parameter);

}  // namespace impasto
