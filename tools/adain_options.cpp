#include "tools/adain_options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "nets/objective_settings.h"

namespace impasto {
namespace {

std::optional<double> number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || next != end || !std::isfinite(value)) return {};
  return value;
}

// Where the weight's ":" is; npos if there is none.
size_t weight_colon(const std::string& text) {
  if (std::filesystem::is_regular_file(text)) return std::string::npos;
  const size_t colon = text.rfind(':');
  return colon != std::string::npos && text.find('/', colon) != std::string::npos ? std::string::npos : colon;
}

double parse_weight(const std::string& word, const std::string& text) {
  const std::optional<double> weight = number(word);
  if (!weight || *weight < 0)
    throw UsageError("--style-image \"" + text + "\": \"" + word + "\" is no weight; it is a number from 0 on, like 0.5");
  return *weight;
}

MaskShape parse_range(const std::string& text) {
  const size_t comma = text.find(',');
  if (comma != std::string::npos) {
    const auto a = number(text.substr(0, comma)), b = number(text.substr(comma + 1));
    if (a && b && *a < *b) return {MaskShape::Kind::range, *a, *b};
  }
  throw UsageError("--depth-range " + text + " is no range; give two numbers, the first the smaller one, like 0.2,0.8 or -0.5,1");
}

std::optional<MaskSpec> depth_of(const AdainOptions& o) {
  if (o.depth_aware && !o.depth.empty())
    throw UsageError("--depth-aware looks for the depth and --depth " + o.depth + " gives it; leave one of them out");
  if (!o.depth_aware && o.depth.empty()) {
    if (!o.depth_range.empty() || o.depth_invert)
      throw UsageError((o.depth_invert ? "--depth-invert" : "--depth-range") +
                       std::string(" changes nothing without a depth; give --depth-aware, --depth FILE or --depth gradient:right"));
    return {};
  }
  MaskSpec depth = parse_mask(o.depth_aware ? "depth" : o.depth);
  if (o.depth_invert) depth.shapes.push_back({MaskShape::Kind::invert});
  if (!o.depth_range.empty()) depth.shapes.push_back(parse_range(o.depth_range));
  return depth;
}

}  // namespace

void add_adain_flags(CLI::App& command, AdainOptions& o, const std::string& group) {
  command
      .add_option("--style-image", o.paintings,
                  "Paint like this picture, by AdaIN: no network of its style is needed. Given again, a mixture of several; A.jpg:0.7 is of "
                  "weight 0.7, all together are made 1")
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_option("--style-mask", o.style_masks,
                  "Where a painting counts, once for each, in their order: a picture, bright is much, stretched to the photo; or depth, the photo's "
                  "own, far is much; or gradient:top, :bottom, :left, :right, :centre. Behind it any of :invert, :stretch, :range(a,b), "
                  ":linear(a,b), :sigmoid(k,c)")
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_option("--style-size", o.style_size,
                  "Longest side of the paintings: smaller makes finer strokes (default: theirs, at most " +
                      std::to_string(AdainOptions::default_style_size) + ")")
      ->check(CLI::Range(1, 65535))
      ->group(group);
  command.add_flag("--depth-aware", o.depth_aware, "What is near is painted less, by the depth that --depth-net sees (AdaIN-DCS)")->group(group);
  command
      .add_option("--depth", o.depth,
                  "The same by a depth given: a grey picture of which far is bright; or gradient:right and so on, which is most at that side. "
                  "Shapes as behind --style-mask")
      ->group(group);
  command
      .add_option("--depth-range", o.depth_range,
                  "A,B: depth up to A is not painted, depth from B on wholly; 0 is the nearest place and 1 the farthest, and -0.5,1 leaves the "
                  "nearest a third (default: 0,1)")
      ->group(group);
  command.add_flag("--depth-invert", o.depth_invert, "What is far is painted less; --depth-range then counts from the farthest")->group(group);
  command
      .add_option("--depth-net", o.depth_net,
                  "A depth network: a file, or the name of one in the cache or of those that come with impasto (default: hourglass, if there is "
                  "one, else vgg-depth)")
      ->group(group);
  command.add_option("--adain", o.net, "AdaIN's decoder: a file, or the name of one in the cache")->capture_default_str()->group(group);
  command.add_option("--encoder", o.encoder, "VGG weights (default: vgg16.h5 of the cache, see `impasto weights get vgg16`)")->group(group);
}

std::string first_adain_flag(const AdainOptions& o) {
  const AdainOptions none;
  const std::pair<const char*, bool> given[] = {
      {"--style-image", !o.paintings.empty()},     {"--style-mask", !o.style_masks.empty()}, {"--style-size", o.style_size.has_value()},
      {"--depth-aware", o.depth_aware},            {"--depth", !o.depth.empty()},            {"--depth-range", !o.depth_range.empty()},
      {"--depth-invert", o.depth_invert},          {"--depth-net", o.depth_net != none.depth_net},
      {"--adain", o.net != none.net},              {"--encoder", !o.encoder.empty()}};
  for (const auto& [flag, there] : given)
    if (there) return flag;
  return {};
}

StyleImages style_images(const std::vector<std::string>& texts) {
  StyleImages images;
  for (const std::string& text : texts) {
    const size_t colon = weight_colon(text);
    images.files.push_back(text.substr(0, colon));
    if (images.files.back().empty()) throw UsageError("--style-image \"" + text + "\" names no painting; write like wave.jpg:0.7");
    if (colon != std::string::npos) images.weights.push_back(parse_weight(text.substr(colon + 1), text));
  }
  if (!images.weights.empty() && images.weights.size() != texts.size())
    throw UsageError("--style-image gives some paintings a weight and others none; give all of them one");
  images.weights = blend_of(images.weights, images.files.size());
  return images;
}

AdainPaintSettings adain_settings(const AdainOptions& o, double strength) {
  AdainPaintSettings settings;
  settings.blend = style_images(o.paintings).weights;
  settings.strength = strength;
  for (const std::string& mask : o.style_masks) settings.style_masks.push_back(parse_mask(mask));
  if (!settings.style_masks.empty() && settings.style_masks.size() != o.paintings.size())
    throw UsageError("--style-mask is given " + std::to_string(settings.style_masks.size()) + " times for " +
                     std::to_string(o.paintings.size()) + " paintings; give it once for each, in their order, or not at all");
  settings.depth = depth_of(o);
  return settings;
}

}  // namespace impasto
