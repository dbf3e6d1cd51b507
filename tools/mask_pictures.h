// The pictures of masks: their files, and the photo's own depth.
#pragma once
#include <string>
#include <vector>

#include "nets/depth_map.h"
#include "nets/mask.h"

namespace impasto {

/// Reads what the masks name. Those of depth get the photo's: what lies in depth_file or, if that is "", what the network sees, from 0, the
/// nearest place, to 1, the farthest. `network` may be null where neither is needed. Throws FileError.
void read_mask_pictures(const std::vector<MaskSpec*>& masks, const std::string& depth_file, const DepthNetwork* network, const Picture& photo);

/// One of the masks is of depth.
bool any_of_depth(const std::vector<MaskSpec*>& masks);

}  // namespace impasto
