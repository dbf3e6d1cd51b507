// Which style, as it is written behind --style.
//
//   style  = net | [net ":"] choice { "," choice }
//   net    = a path ending in .h5, .onnx or .safetensors, or the name of a network: its file without .h5, of the cache or of those that come with impasto
//   choice = (number | name) [":" weight]          number: from 0, as `impasto styles` counts
//
//   wave                        the style "wave" of styles26, or the network wave.h5 if there is one
//   7            styles26:7     style number 7 of styles26
//   nets/one.h5                 the only style of that network
//   nets/two.h5:1               style number 1 of a network of several
//   wave:0.7,scream:0.3         a blend; weights are made to sum to 1, and without any all count alike
//   nets/two.h5:0:0.5,1:0.5     a blend of one network's styles
//
// The word before the first ":" is a network if there is one of that name. Behind a choice ":" begins a weight, always. Names are
// found in any case, with blanks, "-" and "_" taken as the same; a name that has ":" or "," in it is chosen by its number.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "loaders/weight_file.h"

namespace impasto {

/// The network whose styles are meant where none is named.
inline constexpr const char* usual_styles = "styles26";

struct StyleText {
  struct Choice {
    std::string style;
    std::optional<double> weight;
  };
  std::string text;             // all of it
  std::string net;              // a path, or a name
  std::vector<Choice> choices;  // none: the network's only style
};

/// Takes the text apart; is_network says whether there is a network of that name. Throws UsageError naming the part.
StyleText parse_style(const std::string& text, const std::function<bool(const std::string& name)>& is_network);
/// With the networks of this machine (tools/cache.h).
StyleText parse_style(const std::string& text);

/// Where the network's file is. Throws Error saying how to get styles26 if that is not there.
std::string style_file(const StyleText& style);

struct ChosenStyle {
  struct Part {
    int number;  // from 0
    std::string name;
    double weight;  // all together 1
  };
  std::vector<Part> parts;
  std::vector<double> blend;  // of stylize(): a weight for each style of the network; empty for networks of one style
  std::string label;          // "7 wave", "two", "wave:0.7,scream:0.3"
};

/// The choice among `count` styles of a network (0: it has one only), which may be named. Throws UsageError that names the part and
/// lists what there is.
ChosenStyle choose_style(const StyleText& style, int count, const std::vector<WeightFile::Style>& names);

}  // namespace impasto
