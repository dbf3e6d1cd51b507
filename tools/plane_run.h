// What `impasto depth` and `impasto edges` have in common: photos go in, what a network sees in them comes out as pictures.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nets/picture_plane.h"
#include "tools/backend_choice.h"

namespace CLI {
class App;
}

namespace impasto {

struct PlaneOptions {
  std::vector<std::string> photos;
  std::string out, net, size, json, precision = "auto";
  std::optional<int> bits;
  bool invert = false, colour = false;
  BackendChoice backend;
};

/// How the help of a command calls things.
struct PlaneWords {
  const char *net, *size, *invert;
};

/// Binds the flags; `options` must outlive the parsing and holds the default of --net.
void add_plane_flags(CLI::App& command, PlaneOptions& options, const PlaneWords& words);

/// A network at work.
struct PlaneNetwork {
  std::string file;
  std::function<Plane(const Picture&)> see;
  bool stretched;  // its values have no unit: each picture's least becomes 0, its largest 1
};

/// host_memory: what is needed is this machine's memory, and the network is to say if that is too little.
using MakePlaneNetwork = std::function<PlaneNetwork(Backend& backend, const InputSize& size, bool host_memory)>;

/// The whole command. Throws UsageError, and as run_photos does.
void run_planes(const PlaneOptions& options, const MakePlaneNetwork& make);

/// The file of a network by a file's name or its own; throws Error that ends in `advice` if there is none.
std::string plane_network_file(const std::string& net, const std::string& advice);

/// "640x192" and "512", as `flag` has it. Throws UsageError.
InputSize parse_input_size(const std::string& flag, const std::string& text);

/// Refuses what does not fit into memory (tools/prepare.h), where that may be. needed: bytes for a picture of width x height.
void check_plane_memory(int width, int height, const std::function<size_t()>& needed);

}  // namespace impasto
