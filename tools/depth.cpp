// impasto depth: how far away things are in photos, by a network.
#include <memory>

#include "nets/depth_map.h"
#include "tools/command.h"
#include "tools/judging_depth.h"
#include "tools/plane_run.h"

namespace impasto {
namespace {

const char* const advice =
    "give one with --net; `impasto weights import` makes one of relative_depth's .t7 or MegaDepth's .pth (--as hourglass), or of "
    "monodepth2's "
    "encoder.pth and depth.pth (--as monodepth)";

void run(const PlaneOptions& o) {
  run_planes(o, [&](Backend& backend, const InputSize& size, bool host_memory) -> PlaneNetwork {
    const std::string file = plane_network_file(o.net.empty() ? usual_depth_network() : o.net, advice);
    const auto weights = std::make_shared<DepthWeights>(depth_network(file));
    const auto network = std::make_shared<DepthNetwork>(backend, *weights);
    const auto see = [=](const Picture& photo) {
      const InputSize seen = network->seen_size(photo.width, photo.height, size);
      if (host_memory) check_plane_memory(seen.width, seen.height, [&] { return depth_map_memory(*weights, seen.width, seen.height); });
      return depth_map(*network, photo, size);
    };
    return {file, see, true};
  });
}

}  // namespace

void add_depth_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("depth", "See how far away things are in photos: grey pictures, near is dark and far bright");
  const auto options = std::make_shared<PlaneOptions>();
  add_plane_flags(
      *command, *options,
      {"An hourglass, a vgg-depth of `impasto train depth`, or a monodepth2: a file, or the name of one in the cache or of those that come "
       "with impasto (default: hourglass, if there is one, else vgg-depth)",
       "At what size the network sees a photo, 640x192 or the longest side; the sides are rounded to multiples of 16, of the others "
       "32 (default: that of its training, or 320x240, with the sides exchanged for upright photos; monodepth2 640x192)",
       "Near is bright and far dark"});
  command->callback([options] { run(*options); });
}

}  // namespace impasto
