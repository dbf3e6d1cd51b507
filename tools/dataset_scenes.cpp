#include "tools/dataset_scenes.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "loaders/plane_file.h"
#include "tools/drawn_set.h"
#include "tools/scenes/places.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

std::vector<scenes::Kind> kinds_named(const std::vector<std::string>& words) {
  std::vector<scenes::Kind> all;
  for (const std::string& word : words) {
    const auto found = std::find_if(scenes::kinds().begin(), scenes::kinds().end(), [&](const auto& k) { return k.first == word; });
    if (found == scenes::kinds().end()) {
      std::string known;
      for (const auto& [name, kind] : scenes::kinds()) known += (known.empty() ? "" : ", ") + name;
      throw UsageError('"' + word + "\" is no kind of scene; there are " + known);
    }
    all.push_back(found->second);
  }
  return all;
}

// The nearest place becomes 1; what is 50,000 times as far, or the sky, keeps the smallest number above none.
void to_disparity(Plane& inverse_depth) {
  const float nearest = *std::max_element(inverse_depth.values.begin(), inverse_depth.values.end());
  for (float& v : inverse_depth.values) v = std::max(1.0f / 65535, nearest > 0 ? v / nearest : 0);
}

struct Names {
  std::string rgb, disparity;
};

Names names(const std::string& folder, int i) {
  const std::string stem = (fs::path(folder) / six_digits(i)).string();
  return {stem + "_rgb.jpg", stem + "_disp.png"};
}

}  // namespace

void make_scenes(const ScenesOptions& o) {
  const std::vector<scenes::Kind> kinds = kinds_named(o.kinds);
  const std::vector<scenes::Photo> photos = o.textures.empty() ? std::vector<scenes::Photo>{} : scenes::read_photos(o.textures, 2000);
  const auto is_there = [&](int i) { return fs::exists(names(o.out, i).rgb) && fs::exists(names(o.out, i).disparity); };
  draw_missing(o.out, o.count, "scenes", is_there, [&](int i) {
    const uint64_t key = o.seed * 0x9E3779B97F4A7C15u + uint64_t(i);
    const scenes::Shot shot =
        scenes::make_scene(kinds[scenes::Draws(~key).bits() % kinds.size()], key, photos, float(o.width) / float(o.height));
    scenes::View view = scenes::render(shot.scene, o.width, o.height, o.samples, shot.film);
    to_disparity(view.inverse_depth);
    write_plane(names(o.out, i).disparity, view.inverse_depth);
    write_picture(names(o.out, i).rgb, view.picture, {.quality = shot.quality});
  });
  std::cout << o.out << ": " << o.count << " scenes of " << o.width << 'x' << o.height << '\n';
}

}  // namespace impasto
