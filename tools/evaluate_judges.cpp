#include "tools/evaluate_judges.h"

#include <filesystem>
#include <iterator>

#include "engine/error.h"
#include "nets/depth_map.h"
#include "nets/hed_file.h"
#include "nets/plane_metrics.h"
#include "nets/saliency.h"
#include "nets/vgg_file.h"
#include "tools/cache.h"
#include "tools/judging_depth.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

bool is_there(const std::string& file) {
  std::error_code unreadable;
  return fs::is_regular_file(file, unreadable);
}

std::string named_file(const std::string& given) {
  const std::string file = file_or_network(given);
  if (!is_there(file)) throw FileError(given, "there is no such network, neither as a file nor as " + file);
  return file;
}

}  // namespace

Judges::Judges(Backend& backend, const JudgeOptions& o) {
  for (const std::string& given : o.depth_nets) open_depth(backend, named_file(given));
  if (o.depth_nets.empty()) open_usual_depths(backend);
  open_edges(backend, o.edge_net);
  open_features(backend, o.loss_net);
  if (!o.paintings) missing_.push_back("there is no painting, so style and its colours are left out; give one with --painting");
  add_measures(o);
}

void Judges::open_usual_depths(Backend& backend) {
  for (const std::string name : {"hourglass", "hourglass-judge"})
    if (const std::string file = network_file(name); !file.empty()) open_depth(backend, file);
  if (!depths_.empty()) return;
  const std::string file = network_file(usual_depth_network());
  try {
    if (file.empty()) throw Error("there is no depth network; give one with --depth-net");
    open_depth(backend, file);
  } catch (const Error& without) {
    missing_.push_back(std::string(without.what()) + "; so depth is left out");
  }
}

void Judges::open_depth(Backend& backend, const std::string& file) {
  const std::string name = fs::path(file).stem().string();
  for (const DepthJudge& other : depths_)
    if (other.name == name) throw UsageError("two depth networks are called " + name + "; rename a file");
  const auto network = std::make_shared<DepthNetwork>(backend, depth_network(file));
  depths_.push_back({name, [network](const Picture& picture) { return depth_map(*network, picture); }});
  networks_.emplace_back("depth", file);
}

void Judges::open_edges(Backend& backend, const std::string& given) {
  const std::string file = given.empty() ? network_file("hed") : named_file(given);
  if (file.empty()) {
    missing_.push_back("there is no edge network yet, so edges are left out; `impasto weights get hed` fetches it");
    return;
  }
  const auto network = std::make_shared<Hed>(backend, read_hed(file));
  edges_ = [network](const Picture& picture) { return edge_map(*network, picture); };
  networks_.emplace_back("edges", file);
}

void Judges::open_features(Backend& backend, const std::string& given) {
  const std::string file = given.empty() ? network_file("vgg16") : named_file(given);
  if (file.empty()) {
    missing_.push_back("there is no VGG-16 yet, so content and style are left out; `impasto weights get vgg16` fetches it");
    return;
  }
  vgg_ = std::make_unique<Vgg>(backend, read_vgg(file), feature_distance_layers());
  networks_.emplace_back("content and style", file);
}

void Judges::add_measures(const JudgeOptions& o) {
  const auto add = [&](std::vector<Measure> measures) {
    measures_.insert(measures_.end(), std::make_move_iterator(measures.begin()), std::make_move_iterator(measures.end()));
  };
  for (std::size_t d = 0; d < depths_.size(); d++) add(depth_measures(d, depths_[d].name, o.seed));
  if (edges_) add(edge_measures());
  add(picture_measures());
  if (vgg_) add(content_measures());
  if (vgg_ && o.paintings) add(style_measures());
  if (o.paintings) add(colour_measures());
}

std::vector<std::string> Judges::map_titles() const {
  std::vector<std::string> titles;
  for (const DepthJudge& depth : depths_) titles.push_back("Depth, " + depth.name);
  if (edges_) titles.push_back("Edges");
  titles.push_back("Saliency");
  return titles;
}

View Judges::painting(Picture picture) const {
  View view;
  if (vgg_) view.features = seen_features(*vgg_, picture);
  view.colours = colour_statistics(picture);
  view.picture = std::move(picture);
  return view;
}

View Judges::view(Picture picture) const {
  View view = painting(std::move(picture));
  view.luminance = luminance(view.picture);
  view.saliency = saliency(view.picture);
  for (const DepthJudge& depth : depths_) view.depths.push_back(depth.see(view.picture));
  if (edges_) view.edges.push_back(edges_(view.picture));
  return view;
}

}  // namespace impasto
