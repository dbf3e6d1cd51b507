#include "tools/style_choice.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "engine/error.h"
#include "loaders/weight_format.h"
#include "tools/cache.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& text) { return '"' + text + '"'; }

/// As names are compared.
std::string plain(std::string name) {
  for (char& c : name) c = c == ' ' || c == '_' ? '-' : char(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

/// Behind the path that the text begins with: at its ":" or its end. npos if it begins with none.
size_t end_of_path(const std::string& text) {
  const std::string lower = plain(text);
  size_t end = std::string::npos;
  for (const auto& [ending, format] : weight_file_endings())
    for (size_t at = lower.find(ending); at != std::string::npos; at = lower.find(ending, at + 1)) {
      const size_t behind = at + ending.size();
      if (behind == text.size() || text[behind] == ':') end = std::min(end, behind);
    }
  return end;
}

double parse_weight(const std::string& word, const std::string& choice) {
  double weight = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, weight);
  if (error != std::errc{} || stop != end || !std::isfinite(weight) || weight < 0)
    throw UsageError("--style: " + quoted(word) + " in " + quoted(choice) + " is no weight; it is a number like 0.5");
  return weight;
}

StyleText::Choice parse_choice(const std::string& text, const std::string& whole) {
  const size_t colon = text.find(':');
  StyleText::Choice choice{text.substr(0, colon), {}};
  if (choice.style.empty())
    throw UsageError("--style " + quoted(whole) + " names no style in " + quoted(text) + "; write like wave:0.7,scream:0.3");
  if (colon != std::string::npos) choice.weight = parse_weight(text.substr(colon + 1), text);
  return choice;
}

std::vector<StyleText::Choice> parse_choices(const std::string& list, const std::string& whole) {
  std::vector<StyleText::Choice> choices;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    choices.push_back(parse_choice(list.substr(begin, end - begin), whole));
    begin = end + 1;
  }
  const auto weighted = std::count_if(choices.begin(), choices.end(), [](const auto& c) { return c.weight.has_value(); });
  if (weighted != 0 && weighted != std::ptrdiff_t(choices.size()))
    throw UsageError("--style " + quoted(whole) + " gives some styles a weight and others none; give all of them one");
  if (weighted == 1)
    throw UsageError("--style " + quoted(whole) + " gives a weight to one style alone; --strength is what makes it weaker");
  return choices;
}

size_t distance(const std::string& a, const std::string& b) {  // Levenshtein's
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); j++) row[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j < row.size(); j++) {
      const size_t changed = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

[[noreturn]] void refuse_name(const std::string& wanted, const std::string& net, int count, const std::vector<WeightFile::Style>& names) {
  std::string close, all;
  for (size_t k = 0; k < names.size(); k++) {
    const std::string name = plain(names[k].name);
    if (name.empty()) continue;
    all += (all.empty() ? "" : ", ") + std::to_string(k) + ' ' + names[k].name;
    if (name.find(plain(wanted)) != std::string::npos || distance(name, plain(wanted)) <= 2)
      close += (close.empty() ? "" : " or ") + names[k].name;
  }
  const std::string there = all.empty()     ? "its styles have no names, only numbers from 0 to " + std::to_string(count - 1)
                            : close.empty() ? "there are " + all
                                            : "did you mean " + close + "?";
  throw UsageError("--style: " + net + " has no style " + quoted(wanted) + "; " + there);
}

int style_number(const std::string& wanted, const std::string& net, int count, const std::vector<WeightFile::Style>& names) {
  int number = 0;
  const char* const end = wanted.data() + wanted.size();
  const auto [stop, error] = std::from_chars(wanted.data(), end, number);
  if (stop == end) {
    if (error == std::errc{} && number >= 0 && number < count) return number;
    throw UsageError("--style: " + net + " has no style " + wanted + "; its styles have the numbers 0 to " + std::to_string(count - 1));
  }
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& style) { return plain(style.name) == plain(wanted); });
  if (found == names.end()) refuse_name(wanted, net, count, names);
  return int(found - names.begin());
}

ChosenStyle only_style(const StyleText& style, int count, const std::vector<WeightFile::Style>& names) {
  if (!style.choices.empty())
    throw UsageError("--style " + quoted(style.text) + ": " + style.net + " holds one style only; write --style " + style.net);
  const std::string name = names.empty() || names[0].name.empty() ? fs::path(style.net).stem().string() : names[0].name;
  return {{{0, name, 1}}, std::vector<double>(size_t(count), 1.0), name};
}

}  // namespace

StyleText parse_style(const std::string& text, const std::function<bool(const std::string&)>& is_network) {
  size_t end = end_of_path(text);
  if (end == std::string::npos) {
    const size_t colon = std::min(text.find(':'), text.size());
    if (text.substr(0, colon) == usual_styles || is_network(text.substr(0, colon))) end = colon;
  }
  if (end == std::string::npos) {
    if (text.find('.') != std::string::npos && fs::is_regular_file(text))
      throw UsageError(
          "--style " + quoted(text) +
          ": networks are read from .h5, .onnx, .safetensors, .pth and .t7 files; for the style of a picture there is `impasto optimize`");
    return {text, usual_styles, parse_choices(text, text)};
  }
  StyleText style{text, text.substr(0, end), {}};
  if (end < text.size()) style.choices = parse_choices(text.substr(end + 1), text);
  return style;
}

StyleText parse_style(const std::string& text) {
  return parse_style(text, [](const std::string& name) { return !network_file(name).empty(); });
}

std::string style_file(const StyleText& style) {
  if (end_of_path(style.net) == style.net.size()) return style.net;
  const std::string file = network_file(style.net);
  if (file.empty())
    throw Error("--style " + quoted(style.text) + " is none of those that come with impasto (`impasto styles` lists them), and there is no " +
                cached_weights(style.net) + " yet: run `impasto weights get " + style.net + "`, or give a network of your own");
  return file;
}

ChosenStyle choose_style(const StyleText& style, int count, const std::vector<WeightFile::Style>& names) {
  if (count <= 1) return only_style(style, count, names);
  if (style.choices.empty())
    throw UsageError("--style: " + style.net + " holds " + std::to_string(count) + " styles: choose one, like --style " + style.net +
                     ":0 (`impasto styles` lists them)");
  ChosenStyle chosen{{}, std::vector<double>(size_t(count), 0.0), style.text};
  double sum = 0;
  for (const StyleText::Choice& choice : style.choices) sum += choice.weight.value_or(1);
  if (!(sum > 0)) throw UsageError("--style " + quoted(style.text) + " gives every style the weight 0; give one of them more");
  for (const StyleText::Choice& choice : style.choices) {
    const int number = style_number(choice.style, style.net, count, names);
    const size_t k = size_t(number);
    for (const ChosenStyle::Part& part : chosen.parts)
      if (part.number == number) throw UsageError("--style " + quoted(style.text) + " names style " + choice.style + " twice");
    chosen.parts.push_back({number, k < names.size() ? names[k].name : "", choice.weight.value_or(1) / sum});
    chosen.blend[k] = chosen.parts.back().weight;
  }
  if (style.choices.size() == 1)
    chosen.label = std::to_string(chosen.parts[0].number) + (chosen.parts[0].name.empty() ? "" : ' ' + chosen.parts[0].name);
  return chosen;
}

}  // namespace impasto
