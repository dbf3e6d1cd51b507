// Gram matrices: which feature channels occur together, and how strongly, wherever in the picture. The style of Gatys et al.
#pragma once
#include "engine/variable.h"

namespace impasto {

/// by_elements: 1 / (C H W), Johnson et al. and fast-neural-style; by_pixels: 1 / (H W), Gatys' own code and magenta; none: 1.
enum class GramScale { by_elements, by_pixels, none };

/// F: [N, C, H, W], seen as [C, H W] for each image;  G: [N, 1, C, C] planar, symmetric
///   G = s F F^T,   dF = s (dG + dG^T) F      (dG need not be symmetric; if it is, 2 s dG F)
/// Gatys, Ecker, Bethge 2016 (CVPR).
Variable gram(const Variable& features, GramScale scale = GramScale::by_elements);
/// With s = factor.
Variable gram(const Variable& features, double factor);

/// What a masked Gram matrix is divided by, so that a small region paints as strongly as a large one: the mean over the
/// pixels of mask^2, of mask, or nothing.
enum class MaskNorm { mean_square, mean, none };

/// F' = F * mask, the mask [N or 1, 1, H, W] planar with values >= 0, the same for all channels:
///   G = s / eta * F' F'^T,   dF = s / eta * mask * (dG + dG^T) F'      no gradient for the mask
/// eta is taken for each image of the mask. Where the mask is empty, G and dF are zeros, silently: it is for the caller to ask
/// mask_is_empty() once, say so and leave the term out. A mask that is frozen (Tensor::freeze) is divided by eta only once.
/// Throws ShapeError if the mask does not fit.   Masks: Gatys et al. 2017 (CVPR, "guided Gram matrices").
Variable masked_gram(const Variable& features, const Tensor& mask, GramScale scale = GramScale::by_elements,
                     MaskNorm norm = MaskNorm::mean_square);

/// Whether any image of the mask is zero everywhere. Waits for the device: meant for the beginning of a run, not for each step.
bool mask_is_empty(const Tensor& mask);

}  // namespace impasto
