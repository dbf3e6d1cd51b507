// The folder for what is fetched once: weights, and the quickstart's pictures.
#pragma once
#include <string>

namespace impasto {

/// $IMPASTO_CACHE, else $XDG_CACHE_HOME/impasto, else ~/.cache/impasto; it need not exist. Throws Error if none of them is set.
std::string cache_folder();

/// Where `impasto weights get vgg16` puts them.
std::string cached_weights(const std::string& name);

}  // namespace impasto
