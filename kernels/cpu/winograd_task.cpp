// Which scheme serves a convolution, and the convolution that is another's data gradient.
#include "kernels/cpu/winograd_task.h"

#include "engine/error.h"
#include "kernels/shared/padding.h"

namespace impasto {
namespace winograd {
namespace {

template <class S>
constexpr SchemeInfo info(const char* name) {
  SchemeInfo i{name, S::taps, S::side, S::in, S::step, S::out, {}};
  for (int e = 0; e < S::side; e++)
    for (int t = 0; t < S::taps; t++) i.kernel[e][t] = S::kernel(e, t);
  return i;
}
constexpr SchemeInfo infos[] = {info<F4x3>("f4x3"),       info<F6x3>("f6x3"),     info<F5x4>("f5x4"),       info<F4x5>("f4x5"),
                                info<Doubled>("doubled"), info<Halved>("halved"), info<Strided>("strided"), info<Spread>("spread")};

constexpr int most_taps = 12;

int ceil_divide(int a, int b) { return (a + b - 1) / b; }

/// Products a channel pair needs for an h x w picture, in all.
double products(const SchemeInfo& s, int kernel, int h, int w) {
  const int blocks = ceil_divide(kernel, s.taps);
  return double(s.elements()) * blocks * blocks * ceil_divide(h, s.out) * ceil_divide(w, s.out);
}

/// The cheapest for a kernel of stride 1.
SchemeName neighbours(int kernel, int h, int w) {
  SchemeName best = SchemeName::f4x3;
  for (const SchemeName name : {SchemeName::f6x3, SchemeName::f5x4, SchemeName::f4x5})
    if (products(infos[int(name)], kernel, h, w) < products(infos[int(best)], kernel, h, w)) best = name;
  return best;
}

/// One dimension of a task.
struct Side {
  int window, output, tiles;
};

int tile_count(int outputs, int begin, const SchemeInfo& s) { return ceil_divide(outputs - begin, s.out); }

/// Whether every border pixel within `before` and `after` of 0 .. size lies in the same tile as the pixel it stands for.
bool folds_within_tiles(int size, int before, int after, Padding fold, int begin, int out) {
  const auto together = [&](int i) { return (i - begin) / out == (padded_index(i, size, fold) - begin) / out; };
  for (int i = 1; i <= before; i++)
    if (!together(-i)) return false;
  for (int i = 0; i < after; i++)
    if (!together(size + i)) return false;
  return true;
}

/// The data gradient along one dimension of `size` pixels: where the first tile of dx begins, so that borders can be folded. In a tile that
/// begins at output o of the padded dx, the window begins at o * step / out - reach.
std::optional<Side> gradient_side(const SchemeInfo& s, int size, int before, int after, Padding fold, int reach) {
  const int grain = std::max(1, s.out / s.step);  // outputs of one window pixel
  if (fold == Padding::zero) {
    const int begin = before / grain * grain;
    return Side{begin * s.step / s.out - reach, begin - before, tile_count(size, begin - before, s)};
  }
  for (int early = 0; early < s.out; early += grain)
    if (folds_within_tiles(size, before, after, fold, -before - early, s.out))
      return Side{-early * s.step / s.out - reach, -before - early, tile_count(size + after, -before - early, s)};
  return {};
}

/// The same below a doubled picture with a border of one pixel: the window of a tile at o begins at dy[2 o - 1].
std::optional<Side> halved_side(const SchemeInfo& s, int size, Padding fold) {
  if (fold == Padding::zero) return Side{-1, 0, tile_count(size, 0, s)};
  for (int begin = -1; begin >= -s.out; begin--)
    if (folds_within_tiles(size, 1, 1, fold, begin, s.out)) return Side{2 * begin - 1, begin, tile_count(size + 1, begin, s)};
  return {};
}

bool sane(const WinogradShape& s) {
  const int most_pad = s.kernel - 1;
  const auto pad_fits = [&](int pad) { return pad >= 0 && pad <= most_pad; };
  if (!(s.n > 0 && s.c > 0 && s.k > 0 && s.h > 0 && s.w > 0)) return false;
  if (!(pad_fits(s.pad_top) && pad_fits(s.pad_left) && pad_fits(s.pad_bottom) && pad_fits(s.pad_right))) return false;
  const int h = s.upsample * s.h, w = s.upsample * s.w;
  if (h + s.pad_top + s.pad_bottom < s.kernel || w + s.pad_left + s.pad_right < s.kernel) return false;
  return s.padding != Padding::reflect || (std::max(s.pad_top, s.pad_bottom) < h && std::max(s.pad_left, s.pad_right) < w);
}

bool is_doubled(const WinogradShape& s) {
  return s.kernel == 3 && s.stride == 1 && s.upsample == 2 && s.pad_top == 1 && s.pad_left == 1 && s.pad_bottom == 1 && s.pad_right == 1;
}
bool is_strided(const WinogradShape& s) { return s.kernel == 3 && s.stride == 2 && s.upsample == 1; }
bool is_plain(const WinogradShape& s) { return s.kernel >= 3 && s.kernel <= most_taps && s.stride == 1 && s.upsample == 1; }

/// Below the doubled picture, a border of one pixel that is reflected repeats the edge.
Padding low_padding(Padding padding) { return padding == Padding::zero ? Padding::zero : Padding::replicate; }

Task forward_by(SchemeName name, const WinogradShape& s) {
  const SchemeInfo& i = infos[int(name)];
  const bool doubled = name == SchemeName::doubled;
  Task t{};
  t.scheme = name, t.n = s.n, t.c = s.c, t.k = s.k;
  t.in_h = s.h, t.in_w = s.w, t.out_h = s.out_h(), t.out_w = s.out_w();
  t.window_top = -s.pad_top, t.window_left = -s.pad_left;
  t.rows = tile_count(t.out_h, 0, i), t.columns = tile_count(t.out_w, 0, i);
  t.blocks = ceil_divide(s.kernel, i.taps);
  t.read = doubled ? low_padding(s.padding) : s.padding;
  return t;
}

std::optional<SchemeName> forward_scheme(const WinogradShape& s) {
  if (!sane(s)) return {};
  if (is_doubled(s)) return SchemeName::doubled;
  if (is_strided(s)) return SchemeName::strided;
  if (is_plain(s)) return neighbours(s.kernel, s.out_h(), s.out_w());
  return {};
}

std::optional<SchemeName> data_gradient_scheme(const WinogradShape& s) {
  if (!sane(s)) return {};
  if (is_doubled(s)) return SchemeName::halved;
  if (is_strided(s)) return SchemeName::spread;
  // A gradient's rounding passes through every layer below, and Adam's steps do not depend on its size: the smaller transform for 3x3.
  if (is_plain(s)) return s.kernel == 3 ? SchemeName::f4x3 : neighbours(s.kernel, s.h, s.w);
  return {};
}

std::optional<Task> data_gradient_by(SchemeName name, const WinogradShape& s) {
  const SchemeInfo& i = infos[int(name)];
  const bool doubled = name == SchemeName::halved;
  const Padding fold = doubled ? low_padding(s.padding) : s.padding;
  // The window's first pixel, seen from the first output: turned kernels reach back.
  const int reach = name == SchemeName::spread ? 1 : s.kernel - 1;
  const auto side = [&](int size, int before, int after) {
    return doubled ? halved_side(i, size, fold) : gradient_side(i, size, before, after, fold, reach);
  };
  const auto rows = side(s.h, s.pad_top, s.pad_bottom), columns = side(s.w, s.pad_left, s.pad_right);
  if (!rows || !columns) return {};
  Task t{};
  t.scheme = name, t.n = s.n, t.c = s.k, t.k = s.c;
  t.in_h = s.out_h(), t.in_w = s.out_w(), t.out_h = s.h, t.out_w = s.w;
  t.window_top = rows->window, t.window_left = columns->window;
  t.output_top = rows->output, t.output_left = columns->output;
  t.rows = rows->tiles, t.columns = columns->tiles;
  t.blocks = ceil_divide(s.kernel, i.taps);
  t.read = Padding::zero, t.fold = fold;
  if (fold != Padding::zero) t.fold_top = s.pad_top, t.fold_left = s.pad_left, t.fold_bottom = s.pad_bottom, t.fold_right = s.pad_right;
  return t;
}

}  // namespace

const SchemeInfo& scheme_info(SchemeName name) { return infos[int(name)]; }

std::optional<Task> forward_task(const WinogradShape& s) {
  const auto scheme = forward_scheme(s);
  if (!scheme) return {};
  return forward_by(*scheme, s);
}

std::optional<Task> weight_gradient_task(const WinogradShape& s) {
  const auto scheme = forward_scheme(s);
  if (!scheme) return {};
  // Sums over thousands of tiles: the smaller transform keeps their rounding small.
  return forward_by(*scheme == SchemeName::f6x3 && s.kernel == 3 ? SchemeName::f4x3 : *scheme, s);
}

std::optional<Task> data_gradient_task(const WinogradShape& s) {
  const auto scheme = data_gradient_scheme(s);
  if (!scheme) return {};
  const auto task = data_gradient_by(*scheme, s);
  // Where no tiles of 4 x 4 have all of a border beside what it stands for, those of 6 x 6 often have.
  return !task && *scheme == SchemeName::f4x3 ? data_gradient_by(SchemeName::f6x3, s) : task;
}

Task require_task(WinogradPass pass, const WinogradShape& s, int lanes) {
  if (winograd_supports(pass, s, lanes)) return *(pass == WinogradPass::forward ? forward_task(s) : data_gradient_task(s));
  const auto text = [](int i) { return std::to_string(i); };
  throw ShapeError("Winograd convolution: no scheme takes [" + text(s.n) + ", " + text(s.c) + ", " + text(s.h) + ", " + text(s.w) +
                   "] to " + text(s.k) + " channels by a kernel of " + text(s.kernel) + ", stride " + text(s.stride) + ", upsampling " +
                   text(s.upsample) + " and pads " + text(s.pad_top) + ", " + text(s.pad_left) + ", " + text(s.pad_bottom) + ", " +
                   text(s.pad_right) + " in " + text(lanes) + " lanes; use a direct convolution");
}

}  // namespace winograd

bool winograd_supports(WinogradPass pass, const WinogradShape& shape, int lanes) {
  return (lanes == 8 || lanes == 16) &&
         (pass == WinogradPass::forward ? winograd::forward_task(shape) : winograd::data_gradient_task(shape)).has_value();
}

bool winograd_supports_weight_gradient(const WinogradShape& shape, int lanes) {
  return (lanes == 8 || lanes == 16) && winograd::weight_gradient_task(shape).has_value();
}

}  // namespace impasto
