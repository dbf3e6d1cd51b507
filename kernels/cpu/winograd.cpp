// Which convolutions the Winograd kernels take, and the convolution that is another's data gradient.
#include "kernels/cpu/winograd.h"

#include "engine/error.h"
#include "kernels/cpu/winograd_strip.h"

namespace impasto {

bool winograd_supports(const WinogradShape& s, int lanes) {
  const auto pad_fits = [](int pad) { return pad >= 0 && pad <= 2; };
  if (s.padding == Padding::reflect && (s.pad_top >= s.h || s.pad_bottom >= s.h || s.pad_left >= s.w || s.pad_right >= s.w)) return false;
  return (lanes == 8 || lanes == 16) && s.n > 0 && s.c > 0 && s.k > 0 && s.h > 0 && s.w > 0 && pad_fits(s.pad_top) &&
         pad_fits(s.pad_left) && pad_fits(s.pad_bottom) && pad_fits(s.pad_right) && s.out_h() > 0 && s.out_w() > 0;
}

WinogradShape winograd_data_gradient(const WinogradShape& s) {
  return {s.n, s.k, s.c, s.out_h(), s.out_w(), 2 - s.pad_top, 2 - s.pad_left, 2 - s.pad_bottom, 2 - s.pad_right};
}

void winograd::require_supported(const WinogradShape& s, int lanes) {
  if (winograd_supports(s, lanes)) return;
  const auto text = [](int i) { return std::to_string(i); };
  throw ShapeError("Winograd convolution: cannot take [" + text(s.n) + ", " + text(s.c) + ", " + text(s.h) + ", " + text(s.w) + "] to " +
                   text(s.k) + " channels with pads " + text(s.pad_top) + ", " + text(s.pad_left) + ", " + text(s.pad_bottom) + ", " +
                   text(s.pad_right) + " in " + text(lanes) +
                   " lanes; it needs pads of 0 to 2 (reflected ones smaller than the picture), 8 or 16 lanes and an output of at least one pixel");
}

}  // namespace impasto
