// The text of an architecture, read and written.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "engine/error.h"
#include "nets/transform_architecture.h"

namespace impasto {
namespace {

using Kind = TransformLayer::Kind;

constexpr std::string_view letters = "cdufUnRC";  // in the order of Kind
constexpr const char* paddings[] = {"reflect-start", "none", "zero", "reflect", "replicate", "same"};
constexpr const char* norms[] = {"instance", "batch"};
constexpr const char* outputs[] = {"linear", "tanh", "sigmoid"};
constexpr std::string_view prefix = "transform:";

struct ShortName {
  const char *name, *text;
};
constexpr ShortName short_names[] = {
    {"johnson", "c9s1-32,d64,d128,R128,R128,R128,R128,R128,u64,u32,c9s1-3"},
    {"johnson-half", "c9s1-16,d32,d64,R64,R64,R64,R64,R64,u32,u16,c9s1-3"},
    {"pytorch-examples", "c9s1-32,c3s2-64,c3s2-128,R128,R128,R128,R128,R128,n2-64,n2-32,c9s1-3;padding=reflect;output=linear"},
    {"lengstrom",
     "c9s1-32,c3s2-64,c3s2-128,R128,R128,R128,R128,R128,u64,u32,c9s1-3;padding=same;eps=0.001;bias=no;norm-last=yes;output=tanh:150:127.5"},
};

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string number_text(double x) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at; (at = text.find(separator)) != std::string_view::npos; text.remove_prefix(at + 1)) parts.push_back(text.substr(0, at));
  parts.push_back(text);
  return parts;
}

// Reads a token from left to right; whatever does not fit makes it fail for good.
class TokenReader {
 public:
  explicit TokenReader(std::string_view token) : rest_(token) {}
  void expect(char c) {
    good_ = good_ && rest_.starts_with(c);
    if (good_) rest_.remove_prefix(1);
  }
  int digit() {
    good_ = good_ && !rest_.empty() && rest_[0] >= '1' && rest_[0] <= '9';
    if (!good_) return 1;
    const int value = rest_[0] - '0';
    rest_.remove_prefix(1);
    return value;
  }
  int number() {
    int value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    good_ = good_ && error == std::errc{};
    if (good_) rest_.remove_prefix(size_t(end - rest_.data()));
    return value;
  }
  bool finished() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

TransformLayer layer_of(std::string_view token) {
  const size_t letter = token.empty() ? std::string_view::npos : letters.find(token[0]);
  if (letter == std::string_view::npos)
    throw UsageError(quoted(token) + " is no layer of a network; layers look like c9s1-32, d64, R64, C64, u32, f3s2-32, U2 and n2-32");
  TransformLayer layer{Kind(letter)};
  TokenReader reader(token.substr(1));
  switch (layer.kind) {
    case Kind::conv:
    case Kind::full_conv:
      layer.kernel = reader.digit();
      reader.expect('s');
      layer.stride = reader.digit();
      reader.expect('-');
      layer.width = reader.number();
      break;
    case Kind::down:
    case Kind::up:
      layer.stride = 2;
      layer.width = reader.number();
      break;
    case Kind::residual:
    case Kind::plain:
      layer.width = reader.number();
      break;
    case Kind::nearest:
      layer.stride = reader.digit();
      break;
    case Kind::nearest_conv:
      layer.stride = reader.digit();
      reader.expect('-');
      layer.width = reader.number();
      break;
  }
  if (!reader.finished() || layer.text() != token)
    throw UsageError("the layer " + quoted(token) +
                     " is not written as one of its kind, like c9s1-32, d64, R64, C64, u32, f3s2-32, U2 or n2-32");
  return layer;
}

UsageError bad_value(std::string_view key, std::string_view value, const std::string& wanted) {
  return UsageError("the option " + std::string(key) + "=" + std::string(value) + " must be " + wanted);
}

template <size_t count>
int choice(std::string_view key, std::string_view value, const char* const (&names)[count]) {
  std::string wanted;
  for (size_t i = 0; i < count; i++) {
    if (value == names[i]) return int(i);
    wanted += (i == 0 ? "" : i + 1 == count ? " or " : ", ") + std::string(names[i]);
  }
  throw bad_value(key, value, wanted);
}

bool yes_or_no(std::string_view key, std::string_view value) {
  constexpr const char* names[] = {"no", "yes"};
  return choice(key, value, names) == 1;
}

// `digits`: the value, or the part of it that is a number.
template <class Number>
Number number_of(std::string_view key, std::string_view value, std::string_view digits) {
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) throw bad_value(key, value, "a number");
  return number;
}

// "linear", "sigmoid", "tanh", "tanh:150", "tanh:150:127.5"
void read_output(std::string_view value, TransformArchitecture& a) {
  const std::vector<std::string_view> parts = split(value, ':');
  a.output = TransformOutput(choice("output", parts[0], outputs));
  if (parts.size() > (a.output == TransformOutput::tanh ? 3u : 1u))
    throw bad_value("output", value, "linear, sigmoid or like tanh:150:127.5");
  a.output_scale = parts.size() > 1 ? number_of<double>("output", value, parts[1]) : TransformArchitecture{}.output_scale;
  a.output_offset = parts.size() > 2 ? number_of<double>("output", value, parts[2]) : 0;
}

void read_option(std::string_view option, TransformArchitecture& a) {
  const size_t equals = option.find('=');
  const std::string_view key = option.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? std::string_view{} : option.substr(equals + 1);
  if (key == "padding") {
    a.padding = TransformPadding(choice(key, value, paddings));
  } else if (key == "norm") {
    a.norm = TransformNorm(choice(key, value, norms));
  } else if (key == "eps") {
    a.eps = number_of<double>(key, value, value);
  } else if (key == "bias") {
    a.bias = yes_or_no(key, value);
  } else if (key == "norm-last") {
    a.norm_last = yes_or_no(key, value);
  } else if (key == "output") {
    read_output(value, a);
  } else if (key == "styles") {
    a.styles = number_of<int>(key, value, value);
  } else {
    throw UsageError(quoted(option) + " is no option of a network; they are padding, norm, eps, bias, norm-last, output and styles");
  }
}

// Layers with commas between them, then options, each behind a semicolon.
void read_into(std::string_view text, TransformArchitecture& a) {
  std::vector<std::string_view> parts = split(text, ';');
  const auto is_called = [&](const ShortName& known) { return parts[0] == known.name; };
  const auto known = std::find_if(std::begin(short_names), std::end(short_names), is_called);
  if (known != std::end(short_names)) {
    read_into(known->text, a);
  } else {
    for (const std::string_view token : split(parts[0], ',')) a.layers.push_back(layer_of(token));
  }
  for (size_t i = 1; i < parts.size(); i++) read_option(parts[i], a);
}

}  // namespace

std::string TransformLayer::text() const {
  const std::string letter(1, letters[size_t(kind)]);
  switch (kind) {
    case Kind::conv:
    case Kind::full_conv:
      return letter + std::to_string(kernel) + 's' + std::to_string(stride) + '-' + std::to_string(width);
    case Kind::nearest:
      return letter + std::to_string(stride);
    case Kind::nearest_conv:
      return letter + std::to_string(stride) + '-' + std::to_string(width);
    default:
      return letter + std::to_string(width);
  }
}

std::string TransformArchitecture::text() const {
  const TransformArchitecture usual;
  std::string text(prefix);
  for (size_t i = 0; i < layers.size(); i++) text += (i == 0 ? "" : ",") + layers[i].text();
  const auto option = [&](const char* key, const std::string& value) { text += std::string(";") + key + "=" + value; };
  if (padding != usual.padding) option("padding", paddings[size_t(padding)]);
  if (norm != usual.norm) option("norm", norms[size_t(norm)]);
  if (eps != usual.eps) option("eps", number_text(eps));
  if (bias != usual.bias) option("bias", bias ? "yes" : "no");
  if (norm_last != usual.norm_last) option("norm-last", norm_last ? "yes" : "no");
  const bool usual_tanh = output == usual.output && output_scale == usual.output_scale && output_offset == usual.output_offset;
  if (output != TransformOutput::tanh) {
    option("output", outputs[size_t(output)]);
  } else if (!usual_tanh) {
    option("output", "tanh:" + number_text(output_scale) + (output_offset == 0 ? "" : ":" + number_text(output_offset)));
  }
  if (styles != 0) option("styles", std::to_string(styles));
  return text;
}

TransformArchitecture transform_architecture(const std::string& text) {
  if (!text.starts_with(prefix)) {
    std::string names;
    for (const ShortName& known : short_names) names += (names.empty() ? "" : ", ") + std::string(prefix) + known.name;
    throw UsageError(quoted(text.substr(0, 60)) + " is no feed-forward network; known are " + names + ", and transform: with its layers");
  }
  TransformArchitecture architecture;
  read_into(std::string_view(text).substr(prefix.size()), architecture);
  architecture.check();
  return architecture;
}

}  // namespace impasto
