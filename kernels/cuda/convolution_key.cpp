#include "kernels/cuda/convolution_key.h"

#include <initializer_list>

namespace impasto {
namespace {

std::string joined(std::initializer_list<int> numbers, const char* between) {
  std::string text;
  for (const int i : numbers) text += (text.empty() ? "" : between) + std::to_string(i);
  return text;
}

const char* name_of(ConvolutionKind kind) {
  switch (kind) {
    case ConvolutionKind::forward:
      return "forward";
    case ConvolutionKind::data_gradient:
      return "data gradient";
    case ConvolutionKind::weight_gradient:
      return "weight gradient";
  }
  return "";
}

}  // namespace

std::string ConvolutionKey::text() const {
  return std::string(name_of(kind)) + ' ' + name_of(dtype) + " x " + joined({n, c, h, w}, "x") + " w " +
         joined({k, c / groups, r, s}, "x") + " stride " + joined({stride_h, stride_w}, "x") + " pads " +
         joined({pad_top, pad_left, pad_bottom, pad_right}, ",") + " dilation " + joined({dilation_h, dilation_w}, "x") + " groups " +
         std::to_string(groups) + (tf32 ? " tf32" : "") + (deterministic ? " deterministic" : "") + (bias ? " bias" : "") +
         (relu ? " relu" : "");
}

}  // namespace impasto
