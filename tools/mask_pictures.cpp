#include "tools/mask_pictures.h"

#include <algorithm>

#include "loaders/resize.h"

namespace impasto {
namespace {

Picture sized(Picture picture, const Picture& photo) {
  picture.alpha.clear();  // or it would count in resizing
  return resize(picture, photo.width, photo.height);
}

Picture seen_depth(const DepthNetwork& network, const Picture& photo) {
  const Plane depth = depth_map(network, photo);
  const auto [least, most] = std::minmax_element(depth.values.begin(), depth.values.end());
  const float from = *least, range = std::max(*most - *least, 1e-20f);
  Picture picture;
  picture.width = depth.width;
  picture.height = depth.height;
  for (int c = 0; c < 3; c++)
    for (const float v : depth.values) picture.rgb.push_back((v - from) / range);
  return picture;
}

}  // namespace

void read_mask_pictures(const std::vector<MaskSpec*>& masks, const std::string& depth_file, const DepthNetwork* network,
                        const Picture& photo) {
  Picture depth;
  if (any_of_depth(masks)) depth = depth_file.empty() ? seen_depth(*network, photo) : sized(read_picture(depth_file), photo);
  for (MaskSpec* mask : masks) {
    if (mask->of_depth) mask->picture = depth;
    if (!mask->file.empty()) mask->picture = sized(read_picture(mask->file), photo);
  }
}

bool any_of_depth(const std::vector<MaskSpec*>& masks) {
  return std::any_of(masks.begin(), masks.end(), [](const MaskSpec* mask) { return mask->of_depth; });
}

}  // namespace impasto
