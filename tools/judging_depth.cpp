#include "tools/judging_depth.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "engine/error.h"
#include "loaders/resize.h"
#include "nets/vgg_file.h"
#include "tools/cache.h"
#include "tools/plane_run.h"

namespace impasto {

std::string usual_depth_network() { return network_file("hourglass").empty() ? "vgg-depth" : "hourglass"; }

DepthWeights depth_network(const std::string& file) {
  DepthWeights weights = read_depth_network(file);
  auto* vgg = std::get_if<VggDepthWeights>(&weights);
  if (!vgg || has_trunk(*vgg)) return weights;
  const std::string trunk = network_file("vgg16");
  if (trunk.empty()) throw Error(file + " stands on VGG-16, which is not there yet: run `impasto weights get vgg16`");
  *vgg = with_trunk(std::move(*vgg), read_vgg(trunk));
  return weights;
}

DepthWeights judging_depth(const std::string& net) {
  return depth_network(plane_network_file(net.empty() ? usual_depth_network() : net,
                                          "give one with --depth-net; `impasto train depth` makes one, and `impasto weights import` "
                                          "one of relative_depth's .t7, MegaDepth's .pth "
                                          "(--as hourglass) or monodepth2's two files (--as monodepth)"));
}

double depth_variance(const DepthNetwork& network, const std::vector<Picture>& pictures) {
  if (const auto known = network.known_variance()) return *known;
  double sum = 0;
  for (const Picture& picture : pictures) {
    const InputSize seen = network.seen_size(picture.width, picture.height);
    const Picture fed = resize(picture, seen.width, seen.height);
    sum += output_variance(network, Variable(from_host(network.backend(), {1, 3, fed.height, fed.width}, fed.rgb.data())));
  }
  const double variance = sum / double(pictures.size());
  if (!(variance > 0) || !std::isfinite(variance))
    throw UsageError(network.source() + " sees the same depth everywhere, so it cannot judge any; give another --depth-net");
  return variance;
}

std::string shares_text(const std::vector<GradientNorm>& norms) {
  std::vector<std::pair<std::string, double>> kinds;
  for (const GradientNorm& n : norms) {
    const std::string kind = n.term.substr(0, n.term.find(' '));
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == kind; });
    if (found == kinds.end())
      kinds.emplace_back(kind, n.share);
    else
      found->second += n.share;
  }
  std::string text;
  for (const auto& [kind, share] : kinds) text += (text.empty() ? "" : ", ") + kind + ' ' + std::to_string(std::lround(100 * share)) + " %";
  return text;
}

}  // namespace impasto
