// A photo painted by AdaIN in one pass, in the style of any paintings: pictures in, a picture out.
//
//   painted = g(t),   t = f(c) + alpha D sum_k s_k (AdaIN(f(c), f(painting k)) - f(c))
//
// f encodes to relu4_1, g decodes. alpha is the strength, D in 0..1 a map of strength over the photo (AdaIN-DCS: its depth, so that what
// is far is painted more), and s_k the share of a painting: its weight w_k, made to sum to 1; with masks m_k of where each counts
//   s_k = min(1, sum_j m_j) w_k m_k / sum_j w_j m_j
// so that masks say how much is painted where, and weights which painting wins where masks overlap. Each painting then takes the place of
// the photo's mean and deviation under its own mask, as AdaIN-style's masks do with two regions; those of depth and strength leave these alone.
// Masks and D come to the features' grid by the mean of each 8x8 pixels.
//
// Huang and Belongie 2017 (arXiv 1703.06868); D: Kozlovtsev and Kitov 2019, "Depth-preserving real-time arbitrary style transfer".
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "loaders/picture.h"
#include "nets/adain.h"
#include "nets/mask.h"

namespace impasto {

struct AdainPaintSettings {
  std::vector<double> blend;          // w_k; empty: all alike
  std::vector<MaskSpec> style_masks;  // none, or one a painting; with their pictures read
  std::optional<MaskSpec> depth;      // D, none: 1 everywhere; with its picture read
  double strength = 1;                // alpha
};

/// What a painting is to AdaIN: of any size.
ChannelStatistics painting_statistics(const Adain& network, const Picture& painting);

/// Of the photo's size, with its alpha; values in 0..1. Sides that are not multiples of 8, and those below 16, are made so by repeating the
/// edge, and cut off again.
/// Throws UsageError for a strength or a D outside 0..1, weights or masks that do not fit the paintings, and a mask that is 0 everywhere;
/// Error if the result is not a number.
Picture adain_paint(const Adain& network, const Picture& photo, const std::vector<ChannelStatistics>& paintings,
                    const AdainPaintSettings& settings = {});

/// Bytes of tensors that painting_statistics and adain_paint need at most for a photo and paintings of these sizes, weights included;
/// nothing is computed.
struct PictureSize {
  int width, height;
};
size_t adain_paint_memory(const VggWeights& encoder, const AdainWeights& decoder, const PictureSize& photo, const PictureSize& painting,
                          int paintings, bool masked);

}  // namespace impasto
