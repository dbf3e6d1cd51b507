// The reference backend: every primitive of engine/backend.h as the plainest loops that compute it, in double.
// The other backends are tested against it, and gradients are checked on it; nothing is painted with it.
//
// Where to begin reading: primitives.h lists the functions, conv.cpp is a good first page.
#pragma once
#include <memory>

#include "engine/backend.h"

namespace impasto {

/// `dtype`, f32 or f64, is that of all tensors it computes on (convert() also takes bf16). Sums are in double in both.
/// `lanes` is what lanes_for() answers: layers tried with 8 or 16 show whether they mind the layout.
std::unique_ptr<Backend> make_reference_backend(Dtype dtype = Dtype::f32, int lanes = 1);

}  // namespace impasto
