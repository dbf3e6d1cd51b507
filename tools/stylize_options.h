// The flags of `impasto stylize`.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "loaders/colour.h"
#include "tools/adain_options.h"
#include "tools/backend_choice.h"

namespace CLI {
class App;
}

namespace impasto {

struct StylizeOptions {
  std::vector<std::string> photos;
  std::string out, style;
  std::optional<int> size;
  double strength = 1;
  KeepColour keep_colour = KeepColour::none;
  int median = 0;  // 0: none
  int quality = 95;
  std::string json, precision = "auto", method;  // method: "": what the other flags say
  AdainOptions adain;
  BackendChoice backend;
};

/// Binds the flags; `options` must outlive the parsing.
void add_stylize_flags(CLI::App& command, StylizeOptions& options);

}  // namespace impasto
