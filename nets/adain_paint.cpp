#include "nets/adain_paint.h"

#include <algorithm>
#include <cmath>

#include "kernels/plan/backend.h"
#include "layers/adain.h"
#include "layers/arithmetic.h"
#include "layers/channel_moments.h"
#include "layers/pad.h"
#include "layers/planar.h"
#include "nets/activations.h"
#include "nets/objective_settings.h"

namespace impasto {
namespace {

constexpr int cell = 8;  // pixels of a side that are one of relu4_1
// Below two cells there would be nothing to reflect around the features.
constexpr int least_cells = 2;

int cells(int side) { return std::max((side + cell - 1) / cell, least_cells); }

Variable encoded(const Adain& network, const Picture& picture) {
  if (picture.pixels() == 0 || picture.rgb.size() != 3 * picture.pixels())
    throw ShapeError("a picture of no pixels, or without three channels, cannot be painted");
  Variable x(from_host(network.backend(), {1, 3, picture.height, picture.width}, picture.rgb.data()));
  const int more_h = cells(picture.height) * cell - picture.height, more_w = cells(picture.width) * cell - picture.width;
  if (more_h > 0 || more_w > 0) x = pad(x, Pads{0, 0, more_h, more_w}, Padding::replicate);
  return network.encode(x);
}

/// A painting's share at each place of the grid, alpha and D within it.
using Shares = std::vector<double>;

Mask on_grid(const MaskSpec& spec, const Picture& photo) {
  return in_cells(make_mask(spec, photo.width, photo.height), cell, cells(photo.width), cells(photo.height));
}

std::vector<Mask> masks_on_grid(const AdainPaintSettings& settings, const Picture& photo, size_t paintings) {
  if (!settings.style_masks.empty() && settings.style_masks.size() != paintings)
    throw UsageError("there are " + std::to_string(settings.style_masks.size()) + " masks for " + std::to_string(paintings) +
                     " paintings; give one each, or none");
  std::vector<Mask> masks;
  for (const MaskSpec& spec : settings.style_masks) {
    masks.push_back(on_grid(spec, photo));
    if (std::none_of(masks.back().values.begin(), masks.back().values.end(), [](float m) { return m > 1e-9f; }))
      throw UsageError("the mask \"" + spec.text + "\" is empty: it is 0 everywhere, so its painting would be nowhere");
  }
  return masks;
}

// alpha D.
Shares strengths(const AdainPaintSettings& settings, const Picture& photo) {
  if (!(settings.strength >= 0 && settings.strength <= 1))
    throw UsageError("a strength is 0 to 1, not " + std::to_string(settings.strength));
  Shares all(size_t(cells(photo.width)) * size_t(cells(photo.height)), settings.strength);
  if (!settings.depth) return all;
  const Mask depth = on_grid(*settings.depth, photo);
  for (size_t i = 0; i < all.size(); i++) {
    if (depth.values[i] > 1)
      throw UsageError("the depth \"" + settings.depth->text + "\" comes to " + std::to_string(depth.values[i]) +
                       " somewhere; what says how strongly a place is painted is 0 to 1");
    all[i] *= double(depth.values[i]);
  }
  return all;
}

std::vector<Shares> shares_of(const std::vector<double>& blend, const std::vector<Mask>& masks, const Shares& strength) {
  std::vector<Shares> shares(blend.size(), strength);
  for (size_t i = 0; i < strength.size(); i++) {
    double covered = 0, weighted = 0;
    for (size_t k = 0; k < blend.size(); k++) {
      const double mask = masks.empty() ? 1.0 : double(masks[k].values[i]);
      covered += mask;
      weighted += blend[k] * mask;
    }
    for (size_t k = 0; k < blend.size(); k++) {
      const double mask = masks.empty() ? 1.0 : double(masks[k].values[i]);
      shares[k][i] *= weighted > 0 ? std::min(1.0, covered) * blend[k] * mask / weighted : 0;
    }
  }
  return shares;
}

bool is_everywhere(const Shares& shares, double value) {
  return std::all_of(shares.begin(), shares.end(), [value](double s) { return s == value; });
}

Variable map_of(Backend& backend, const Shape& features, const std::vector<float>& values) {
  return Variable(from_host(backend, {1, 1, features.h, features.w}, values.data()));
}

// AdaIN about the mean and the deviation that the photo has under the mask.
Variable adain_within(const Variable& content, const Mask& mask, const ChannelStatistics& style) {
  double sum = 0;
  for (const float m : mask.values) sum += m;
  std::vector<float> share;  // of mean 1
  for (const float m : mask.values) share.push_back(float(m * double(mask.values.size()) / sum));
  const Variable where = map_of(content.backend(), content.shape(), share);
  const Variable centred = content - channel_mean(content * where);
  const Variable variance = channel_mean(centred * centred * where);
  return centred * (Variable(style.deviation) / square_root(variance, adain_eps)) + Variable(style.mean);
}

// x times its share, skipping what is 1.
Variable part(const Variable& x, const Shares& shares) {
  if (is_everywhere(shares, shares[0])) return shares[0] == 1 ? x : scale(x, shares[0]);
  return x * map_of(x.backend(), x.shape(), {shares.begin(), shares.end()});
}

Variable target(const Variable& content, const std::vector<ChannelStatistics>& paintings, const std::vector<Mask>& masks,
                const std::vector<Shares>& shares) {
  Variable t;
  const auto put = [&](const Variable& x, const Shares& share) {
    if (is_everywhere(share, 0)) return;
    Variable one = part(x, share);
    t = t.defined() ? add(std::move(t), one) : std::move(one);
  };
  Shares rest(shares[0].size(), 1.0);
  for (size_t k = 0; k < paintings.size(); k++) {
    for (size_t i = 0; i < rest.size(); i++) rest[i] -= shares[k][i];
    if (is_everywhere(shares[k], 0)) continue;
    put(masks.empty() ? adain(content, paintings[k]) : adain_within(content, masks[k], paintings[k]), shares[k]);
  }
  // What shares that are to sum to 1 leave by rounding is nothing.
  for (double& r : rest) r = r < 1e-12 ? 0 : r;
  put(content, rest);
  return t;
}

Picture to_picture(const Variable& painted, const Picture& photo, const std::string& source) {
  Picture result;
  result.width = photo.width;
  result.height = photo.height;
  result.alpha = photo.alpha;
  result.bits = photo.bits;
  result.rgb = to_host(crop(from_activations(painted), 0, 0, photo.height, photo.width).value());
  for (float& value : result.rgb) {
    if (std::isnan(value))
      throw Error(source + ": AdaIN painted values that are not numbers; its weights or its encoder's are damaged, or they are not for each other");
    value = std::clamp(value, 0.0f, 1.0f);
  }
  return result;
}

}  // namespace

ChannelStatistics painting_statistics(const Adain& network, const Picture& painting) {
  const NoGrad no_grad;
  return channel_statistics(encoded(network, painting).value());
}

Picture adain_paint(const Adain& network, const Picture& photo, const std::vector<ChannelStatistics>& paintings,
                    const AdainPaintSettings& settings) {
  const NoGrad no_grad;
  const std::vector<double> blend = blend_of(settings.blend, paintings.size());
  const std::vector<Mask> masks = masks_on_grid(settings, photo, paintings.size());
  const std::vector<Shares> shares = shares_of(blend, masks, strengths(settings, photo));
  return to_picture(network.decode(target(encoded(network, photo), paintings, masks, shares)), photo, network.source());
}

size_t adain_paint_memory(const VggWeights& encoder, const AdainWeights& decoder, const PictureSize& photo, const PictureSize& painting,
                          int paintings, bool masked) {
  const auto blank = [](const PictureSize& size) {
    Picture picture;
    picture.width = size.width;
    picture.height = size.height;
    picture.rgb.resize(3 * picture.pixels());
    return picture;
  };
  const auto plan = make_plan_backend();
  const Adain network(*plan, encoder, decoder);
  const std::vector<ChannelStatistics> statistics(size_t(paintings), painting_statistics(network, blank(painting)));
  AdainPaintSettings settings;
  settings.strength = 0.5;
  if (masked) settings.style_masks.assign(size_t(paintings), parse_mask("gradient:centre:linear(1,1)"));
  adain_paint(network, blank(photo), statistics, settings);
  return plan->pool()->usage().peak;
}

}  // namespace impasto
