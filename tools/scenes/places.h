// Whole scenes by seed.
#pragma once
#include <string>
#include <vector>

#include "tools/scenes/render.h"

namespace impasto::scenes {

/// room: furnished, with a desk near the camera in half of them; heap: things piled up on a table before a wall; street; landscape;
/// portrait: one large thing in front of something far, with a blurred background.
enum class Kind { room, heap, street, landscape, portrait };
const std::vector<std::pair<std::string, Kind>>& kinds();

struct Shot {
  Scene scene;
  Film film;
  int quality;  ///< to write it as JPEG with, 1..100
};

/// The same for the same seed, photographs and aspect (width / height), by the same program.
Shot make_scene(Kind kind, uint64_t seed, const std::vector<Photo>& photos, float aspect);

}  // namespace impasto::scenes
