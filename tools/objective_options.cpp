#include "tools/objective_options.h"

#include <filesystem>

#include <CLI/CLI.hpp>

#include "engine/error.h"
#include "tools/cache.h"
#include "tools/plane_run.h"

namespace impasto {

void add_objective_flags(CLI::App& command, ObjectiveOptions& o, const std::string& group) {
  const auto weight = [&](const char* flag, double& value, const char* what) {
    command.add_option(flag, value, what)->capture_default_str()->check(CLI::NonNegativeNumber)->group(group);
  };
  weight("--content-weight", o.content_weight, "Likeness to the photo");
  weight("--style-weight", o.style_weight, "Likeness to the paintings");
  weight("--tv-weight", o.tv_weight, "Smoothness");
  weight("--depth-weight", o.depth_weight,
         "Likeness to the photo in depth, as --depth-net sees it; the error is divided by how much depth varies in a picture");
  command.add_option("--depth-net", o.depth_net, "An hourglass, a vgg-depth or a monodepth2: a file, or the name of one in the cache or of those that come with impasto (default: hourglass, if there is one, else vgg-depth)")
      ->group(group);
  command.add_option("--depth-size", o.depth_size,
                     "At what size it sees pictures, 320x240 or the longest side (default: that of its training, or 320x240, or for monodepth2 640x192)")
      ->group(group);
  command.add_flag("--depth-relu-mask", o.depth_relu_mask, "Depth counts only where that of the painted picture is above 0, as equation 3 of Liu et al. 2017 says")
      ->group(group);
  command.add_option("--content-layers", o.content_layers, "Where likeness to the photo is measured, like relu2_2:1,relu4_2:0.5")
      ->capture_default_str()
      ->group(group);
  command.add_option("--style-layers", o.style_layers, "Where likeness to the paintings is measured")->capture_default_str()->group(group);
}

ObjectiveSettings objective_settings(const ObjectiveOptions& o) {
  ObjectiveSettings s{parse_layers(o.content_layers), parse_layers(o.style_layers), o.content_weight, o.style_weight, o.tv_weight};
  s.depth_weight = o.depth_weight;
  s.depth_relu_mask = o.depth_relu_mask;
  if (o.depth_size.empty()) return s;
  const InputSize size = parse_input_size("--depth-size", o.depth_size);
  s.depth_width = size.width;
  s.depth_height = size.height;
  return s;
}

std::string judging_network_file(const std::string& given, const std::string& flag) {
  if (!given.empty()) return given;
  const std::string cached = cached_weights("vgg16");
  if (!std::filesystem::exists(cached))
    throw Error("there is no " + cached + " yet: run `impasto weights get vgg16`, or give VGG weights with " + flag);
  return cached;
}

}  // namespace impasto
