// impasto edges: what of photos people would draw, by a network.
#include <memory>

#include "nets/hed_file.h"
#include "tools/command.h"
#include "tools/plane_run.h"

namespace impasto {
namespace {

void run(const PlaneOptions& o) {
  run_planes(o, [&](Backend& backend, const InputSize& size, bool host_memory) -> PlaneNetwork {
    const std::string file = plane_network_file(o.net, "run `impasto weights get hed`, or give one with --net");
    const auto weights = std::make_shared<HedWeights>(read_hed(file));
    const auto network = std::make_shared<Hed>(backend, *weights);
    const auto see = [=](const Picture& photo) {
      const InputSize seen = size.width > 0 ? rounded_size(size, photo.width, photo.height) : InputSize{photo.width, photo.height};
      if (host_memory) check_plane_memory(seen.width, seen.height, [&] { return edge_map_memory(*weights, seen.width, seen.height); });
      return edge_map(*network, photo, size);
    };
    return {file, see, false};
  });
}

}  // namespace

void add_edges_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("edges", "See the edges in photos: grey pictures, bright where the network is sure of one");
  const auto options = std::make_shared<PlaneOptions>();
  options->net = "hed";
  add_plane_flags(
      *command, *options,
      {"The edge network HED: a file, or the name of one in the cache",
       "At what size the network sees a photo, 640x480 or the longest side (default: the photo's own); less is coarser, and faster",
       "Dark lines on white"});
  command->callback([options] { run(*options); });
}

}  // namespace impasto
