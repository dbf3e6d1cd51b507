#include "tools/settings.h"

#include <algorithm>

#include "engine/error.h"
#include "loaders/input_file.h"

namespace impasto {
namespace {

constexpr int64_t most_bytes = 1 << 20;

std::string key_of(const CLI::Option& option) {
  std::string name = option.get_lnames().empty() ? option.get_single_name() : option.get_lnames()[0];
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return name;
}

std::string text_of(const Json& value, const std::string& source, const std::string& key) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  throw UsageError(source + ": \"" + key + "\" must be a text, a number, true or false, or a list of these");
}

std::vector<std::string> texts_of(const Json& value, const std::string& source, const std::string& key) {
  std::vector<std::string> texts;
  if (!value.is_array()) return {text_of(value, source, key)};
  for (const Json& each : value) texts.push_back(text_of(each, source, key));
  return texts;
}

// Numbers and flags as such; what is written like a number but longer than one (a name of digits) stays a text.
Json value_of(const std::string& text) {
  const Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_number() || parsed.is_boolean() ? parsed : Json(text);
}

}  // namespace

Json read_settings(const std::string& path) {
  InputFile file(path, "", 2, most_bytes, "a JSON file");
  const std::vector<uint8_t> bytes = file.read(0, file.size());
  const Json settings = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!settings.is_object()) throw FileError(path, "is no JSON object; write settings as {\"iterations\": 10000, \"size\": 256}");
  return settings;
}

Json parse_settings(const std::string& text, const std::string& source) {
  const Json settings = Json::parse(text, nullptr, false);
  if (!settings.is_object() || settings.empty()) throw UsageError(source + " does not say how it was trained; give a network of `impasto train`");
  return settings;
}

void apply_settings(CLI::App& command, const Json& settings, const std::string& source) {
  const std::vector<CLI::Option*> options = command.get_options();
  for (const auto& [key, value] : settings.items()) {
    const auto found = std::find_if(options.begin(), options.end(), [&, key = key](const CLI::Option* o) { return key_of(*o) == key; });
    if (found == options.end() || key == "help")
      throw UsageError(source + ": \"" + key + "\" is no setting of " + command.get_name() + "; see impasto " +
                       command.get_parent()->get_name() + ' ' + command.get_name() + " --help");
    CLI::Option& option = **found;
    if (option.count() > 0) continue;
    try {
      for (const std::string& text : texts_of(value, source, key)) option.add_result(text);
      option.run_callback();
    } catch (const CLI::ParseError& error) {
      throw UsageError(source + ": \"" + key + "\": " + error.what());
    }
  }
}

Json settings_of(const CLI::App& command, const std::vector<std::string>& groups) {
  Json all = Json::object();
  for (const CLI::Option* option : command.get_options()) {
    if (std::find(groups.begin(), groups.end(), option->get_group()) == groups.end()) continue;
    const std::string key = key_of(*option);
    if (option->get_items_expected_max() > 1) {
      for (const std::string& text : option->results()) all[key].push_back(text);
    } else if (option->get_expected_max() == 0) {
      all[key] = option->count() > 0 && option->results().back() != "false";
    } else if (const std::string text = option->count() > 0 ? option->results().back() : option->get_default_str(); !text.empty()) {
      all[key] = value_of(text);
    }
  }
  return all;
}

}  // namespace impasto
