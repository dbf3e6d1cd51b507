#include "tools/objective_options.h"

#include <filesystem>

#include <CLI/CLI.hpp>

#include "engine/error.h"
#include "tools/cache.h"

namespace impasto {

void add_objective_flags(CLI::App& command, ObjectiveOptions& o, const std::string& group) {
  const auto weight = [&](const char* flag, double& value, const char* what) {
    command.add_option(flag, value, what)->capture_default_str()->check(CLI::NonNegativeNumber)->group(group);
  };
  weight("--content-weight", o.content_weight, "Likeness to the photo");
  weight("--style-weight", o.style_weight, "Likeness to the paintings");
  weight("--tv-weight", o.tv_weight, "Smoothness");
  command.add_option("--content-layers", o.content_layers, "Where likeness to the photo is measured, like relu2_2:1,relu4_2:0.5")
      ->capture_default_str()
      ->group(group);
  command.add_option("--style-layers", o.style_layers, "Where likeness to the paintings is measured")->capture_default_str()->group(group);
}

ObjectiveSettings objective_settings(const ObjectiveOptions& o) {
  return {parse_layers(o.content_layers), parse_layers(o.style_layers), o.content_weight, o.style_weight, o.tv_weight};
}

std::string judging_network_file(const std::string& given, const std::string& flag) {
  if (!given.empty()) return given;
  const std::string cached = cached_weights("vgg16");
  if (!std::filesystem::exists(cached))
    throw Error("there is no " + cached + " yet: run `impasto weights get vgg16`, or give VGG weights with " + flag);
  return cached;
}

}  // namespace impasto
