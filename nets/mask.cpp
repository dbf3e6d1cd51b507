#include "nets/mask.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "engine/backend.h"
#include "loaders/resize.h"

namespace impasto {
namespace {

using Kind = MaskShape::Kind;
using Source = MaskSpec::Source;

constexpr const char* known_shapes = "linear(a,b), sigmoid(k,c), range(a,b), invert and stretch";

struct ShapeName {
  const char* name;
  Kind kind;
  bool has_numbers;
};
constexpr ShapeName shape_names[] = {
    {"linear", Kind::linear, true}, {"sigmoid", Kind::sigmoid, true}, {"range", Kind::range, true}, {"invert", Kind::invert, false}, {"stretch", Kind::stretch, false}};

std::string example(Kind kind) { return kind == Kind::linear ? "linear(0.8,1)" : kind == Kind::range ? "range(0.2,0.8), the first the smaller one" : "sigmoid(20,0.5)"; }

std::optional<double> number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || next != end || !std::isfinite(value)) return {};
  return value;
}

// What stands behind a colon; nothing if it is the rest of a file's name rather than a shape.
std::optional<MaskShape> parse_shape(const std::string& word, const std::string& text) {
  const size_t letters = size_t(std::find_if(word.begin(), word.end(), [](unsigned char c) { return !std::isalpha(c); }) - word.begin());
  const bool closed = word.ends_with(')'), in_parentheses = letters < word.size() && word[letters] == '(';
  const std::string name = word.substr(0, letters);
  const auto* const known =
      std::find_if(std::begin(shape_names), std::end(shape_names), [&](const ShapeName& s) { return s.name == name; });
  const bool is_known = known != std::end(shape_names);
  const bool unclosed = is_known && in_parentheses && word.find(')') == std::string::npos;
  if (letters == 0 || (letters < word.size() && !(in_parentheses && closed) && !unclosed)) return {};
  if (!is_known) throw UsageError("the mask \"" + text + "\" asks for the shape \"" + word + "\"; there are " + known_shapes);
  if (!known->has_numbers) {
    if (letters == word.size()) return MaskShape{known->kind};
    throw UsageError("the mask \"" + text + "\" gives numbers to " + name + ", which takes none");
  }
  const size_t comma = word.find(',');
  if (closed && in_parentheses && comma != std::string::npos) {
    const auto a = number(word.substr(letters + 1, comma - letters - 1)), b = number(word.substr(comma + 1, word.size() - comma - 2));
    if (a && b && (known->kind != Kind::range || *a < *b)) return MaskShape{known->kind, *a, *b};
  }
  throw UsageError("the mask \"" + text + "\": " + name + " takes two numbers, like " + example(known->kind));
}

Source parse_gradient(const std::string& side, const std::string& text) {
  const std::pair<const char*, Source> sides[] = {
      {"top", Source::top}, {"bottom", Source::bottom}, {"left", Source::left}, {"right", Source::right}, {"centre", Source::centre}};
  for (const auto& [name, source] : sides)
    if (side == name) return source;
  throw UsageError("the mask \"" + text + "\" asks for the gradient \"" + side +
                   "\"; there are gradient:top, gradient:bottom, gradient:left, gradient:right and gradient:centre");
}

// 0 at the first of `count` places, 1 at the last.
double along(int i, int count) { return count > 1 ? double(i) / (count - 1) : 0; }

double gradient(Source source, double x, double y) {
  switch (source) {
    case Source::top:
      return 1 - y;
    case Source::bottom:
      return y;
    case Source::left:
      return 1 - x;
    case Source::right:
      return x;
    default:
      return 1 - std::hypot(2 * x - 1, 2 * y - 1) / std::hypot(1, 1);
  }
}

std::vector<double> source_values(const MaskSpec& spec, int width, int height) {
  std::vector<double> values;
  values.reserve(size_t(width) * size_t(height));
  if (spec.source != Source::picture) {
    const bool centre = spec.source == Source::centre;
    for (int i = 0; i < height; i++)
      for (int j = 0; j < width; j++)
        values.push_back(
            gradient(spec.source, centre && width == 1 ? 0.5 : along(j, width), centre && height == 1 ? 0.5 : along(i, height)));
    return values;
  }
  if (spec.picture.rgb.empty()) throw Error("the picture of the mask \"" + spec.text + "\" has not been read");
  Picture opaque = spec.picture;
  opaque.alpha.clear();
  const Picture sized = resize(opaque, width, height);
  const float *red = sized.rgb.data(), *green = red + sized.pixels(), *blue = green + sized.pixels();
  // Rounded to f32, in which white is exactly 1 and its inverse 0.
  for (size_t i = 0; i < sized.pixels(); i++) values.push_back(float(0.299 * red[i] + 0.587 * green[i] + 0.114 * blue[i]));
  return values;
}

void stretch(std::vector<double>& values, const std::string& text) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double from = *least, range = *most - *least;
  if (!(range > 0))
    throw UsageError("the mask \"" + text + "\" is " + std::to_string(from) + " everywhere, so there is nothing to stretch");
  for (double& d : values) d = (d - from) / range;
}

void apply(const MaskShape& shape, std::vector<double>& values, const std::string& text) {
  if (shape.kind == Kind::stretch) return stretch(values, text);
  for (double& d : values)
    d = shape.kind == Kind::linear    ? shape.a + (shape.b - shape.a) * d
        : shape.kind == Kind::sigmoid ? 1 / (1 + std::exp(-shape.a * (d - shape.b)))
        : shape.kind == Kind::range   ? std::clamp((d - shape.a) / (shape.b - shape.a), 0.0, 1.0)
                                      : 1 - d;
}

Mask halved(const Mask& mask) {
  Mask half{mask.name, mask.width / 2, mask.height / 2, {}};
  for (int i = 0; i < half.height; i++)
    for (int j = 0; j < half.width; j++) {
      const float *upper = mask.values.data() + size_t(2 * i) * size_t(mask.width) + 2 * j, *lower = upper + mask.width;
      half.values.push_back((upper[0] + upper[1] + lower[0] + lower[1]) / 4);
    }
  return half;
}

// The squares of what is smaller vanish in f32.
bool is_empty(const Mask& mask) {
  return std::none_of(mask.values.begin(), mask.values.end(), [](float value) { return value > 1e-9f; });
}

}  // namespace

MaskSpec parse_mask(const std::string& text) {
  const std::string gradient = "gradient:";
  MaskSpec spec{.text = text, .file = text};
  const size_t source = text.starts_with(gradient) ? gradient.size() : 0;
  for (size_t colon = text.rfind(':'); colon != std::string::npos && colon >= source; colon = spec.file.rfind(':')) {
    const std::optional<MaskShape> shape = parse_shape(spec.file.substr(colon + 1), text);
    if (!shape) break;
    spec.shapes.insert(spec.shapes.begin(), *shape);
    spec.file.resize(colon);
  }
  if (spec.file.empty()) throw UsageError("the mask \"" + text + "\" names no picture; write depth.png or gradient:top before its shapes");
  if (source > 0) {
    spec.source = parse_gradient(spec.file.substr(gradient.size()), text);
    spec.file.clear();
  }
  if (spec.file == "depth") {
    spec.of_depth = true;
    spec.file.clear();
  }
  return spec;
}

Mask make_mask(const MaskSpec& spec, int width, int height) {
  std::vector<double> values = source_values(spec, width, height);
  for (const MaskShape& shape : spec.shapes) apply(shape, values, spec.text);
  Mask mask{spec.text, width, height, {values.begin(), values.end()}};
  for (const float value : mask.values)
    if (!(value >= 0) || !std::isfinite(value))
      throw UsageError("the mask \"" + spec.text + "\" comes to " + std::to_string(value) +
                       " somewhere; its values must be numbers from 0 on");
  return mask;
}

Mask in_cells(const Mask& mask, int side, int columns, int rows) {
  Mask cells{mask.name, columns, rows, {}};
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      double sum = 0;
      for (int y = i * side; y < (i + 1) * side; y++)
        for (int x = j * side; x < (j + 1) * side; x++)
          sum += mask.values[size_t(std::min(y, mask.height - 1)) * size_t(mask.width) + size_t(std::min(x, mask.width - 1))];
      cells.values.push_back(float(sum / (side * side)));
    }
  return cells;
}

Tensor MaskLevels::at(int halvings, const std::string& layer) {
  while (int(levels_.size()) <= halvings) {
    if (!levels_.empty()) last_ = halved(last_);
    if (is_empty(last_))
      throw UsageError("the mask \"" + last_.name + "\" is empty at " + layer + ": it is 0 everywhere there, so nothing would count");
    levels_.push_back(from_host(*backend_, {1, 1, last_.height, last_.width}, last_.values.data()));
    levels_.back().freeze();
  }
  return levels_[size_t(halvings)];
}

}  // namespace impasto
