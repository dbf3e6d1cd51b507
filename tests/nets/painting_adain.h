// AdaIN on the narrow VGG of tests/nets/narrow_vgg.h, with a decoder of seeded weights.
#pragma once
#include <string>

#include "nets/adain_paint.h"
#include "tests/nets/narrow_vgg.h"

namespace impasto::narrow {

inline VggWeights painting_encoder() { return weights(preprocessing("caffe")); }

/// Paints values about the middle, so that little is clamped.
inline AdainWeights painting_decoder() {
  AdainWeights decoder = fresh_adain(painting_encoder().architecture, 7);
  decoder.source = "adain.h5";
  for (auto& [name, array] : decoder.decoder)
    for (float& value : array.values) value *= name.ends_with("/weight") ? 1.6f : 0.1f;
  for (float& value : decoder.decoder.at("conv1_1/bias").values) value = 0.5f;
  for (float& value : decoder.decoder.at("conv1_1/weight").values) value *= 4e-2f;  // the encoder's features are large
  return decoder;
}

}  // namespace impasto::narrow
