#include "tools/study_answers.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "loaders/input_file.h"
#include "tools/page.h"

namespace impasto {
namespace {

using Tree = nlohmann::json;  // objects of many keys would take ordered_json's time squared

constexpr std::int64_t most_bytes = 16 << 20;
constexpr std::size_t most_names = 100'000, longest_name = 1000;
constexpr int deepest = 4;

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  StudySheet read() const {
    InputFile file(path_, "", 1, most_bytes, "a file of answers");
    const std::vector<std::uint8_t> bytes = file.read(0, file.size());
    const Tree json = parsed({bytes.begin(), bytes.end()}, "it");
    if (!json.is_object() || !json.contains("answers_of") || json["answers_of"] != "impasto study")
      refuse("these are no answers of a page of `impasto study`");
    if (!json.contains("version") || json["version"] != 1) refuse("its answers are of another version; use the impasto that made the page");
    StudySheet sheet{path_, digits(json, "study"), digits(json, "respondent"), time(json, "started"), time(json, "ended"), {}, {}, {}};
    number(json, "seed", 0xffffffffu);
    const auto key = from_base64(text(json, "key"));
    if (!key) refuse("\"key\" is no base64");
    const Tree names = parsed(*key, "\"key\"");
    sheet.methods = names_of(names, "methods");
    sheet.photos = names_of(names, "photos");
    for (const Tree& answer : list(json, "answers")) sheet.answers.push_back(answer_of(answer, sheet));
    return sheet;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw FileError(path_, what + "; ask for the file as the page saved it, or leave it out");
  }

  Tree parsed(const std::string& text, const std::string& what) const {
    bool deep = false;
    const auto judge = [&](int depth, Tree::parse_event_t, Tree&) {
      deep = deep || depth > deepest;
      return !deep;
    };
    Tree json = Tree::parse(text, judge, false);
    if (deep) refuse(what + " is nested too deeply");
    if (json.is_discarded()) refuse(what + " is no JSON, or cut short");
    return json;
  }

  const Tree& field(const Tree& json, const std::string& name) const {
    if (!json.is_object() || !json.contains(name)) refuse('"' + name + "\" is missing");
    return json[name];
  }
  const Tree& list(const Tree& json, const std::string& name) const {
    const Tree& value = field(json, name);
    if (!value.is_array()) refuse('"' + name + "\" is no list");
    return value;
  }
  std::string text(const Tree& json, const std::string& name) const {
    const Tree& value = field(json, name);
    if (!value.is_string()) refuse('"' + name + "\" is no text");
    return value.get<std::string>();
  }
  std::string digits(const Tree& json, const std::string& name) const {
    const std::string value = text(json, name);
    if (value.size() != 16 || value.find_first_not_of("0123456789abcdef") != value.npos)
      refuse('"' + name + "\" is not of 16 hexadecimal digits");
    return value;
  }
  std::string time(const Tree& json, const std::string& name) const {
    const std::string value = text(json, name), form = "dddd-dd-ddTdd:dd:dd.dddZ";
    const auto fits = [](char c, char f) { return f == 'd' ? c >= '0' && c <= '9' : c == f; };
    if (!std::equal(value.begin(), value.end(), form.begin(), form.end(), fits))
      refuse('"' + name + "\" is no time such as 2026-01-31T12:34:56.789Z");
    return value;
  }
  std::size_t number(const Tree& json, const std::string& name, std::size_t most) const {
    const Tree& value = field(json, name);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
      refuse('"' + name + "\" is no whole number of 0 to " + std::to_string(most));
    return value.get<std::size_t>();
  }

  std::vector<std::string> names_of(const Tree& key, const std::string& what) const {
    const Tree& names = list(key, what);
    std::set<std::string> seen;
    if (names.empty() || names.size() > most_names) refuse("\"key\" has no " + what + ", or too many");
    for (const Tree& name : names)
      if (!name.is_string() || !is_study_name(name) || !seen.insert(name).second)
        refuse("one of the " + what + " in \"key\" is no name, or stands there twice");
    return names.get<std::vector<std::string>>();
  }

  StudyAnswer answer_of(const Tree& json, const StudySheet& sheet) const {
    StudyAnswer answer{number(json, "photo", sheet.photos.size() - 1),
                       number(json, "left", sheet.methods.size() - 1),
                       number(json, "right", sheet.methods.size() - 1),
                       {},
                       double(number(json, "milliseconds", 1ull << 40))};
    if (answer.left == answer.right) refuse("an answer compares a method with itself");
    const std::string choice = text(json, "choice"), choices[] = {"left", "right", "none"};
    const auto found = std::find(std::begin(choices), std::end(choices), choice);
    if (found == std::end(choices)) refuse("a \"choice\" is neither left nor right nor none");
    answer.choice = StudyAnswer::Choice(found - std::begin(choices));
    return answer;
  }

  std::string path_;
};

}  // namespace

bool is_study_name(const std::string& name) {
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (name.empty() || name.size() > longest_name || std::any_of(name.begin(), name.end(), control)) return false;
  return Tree(name).dump(-1, ' ', true, Tree::error_handler_t::replace).find("\\ufffd") == name.npos;  // it is UTF-8
}

StudySheet read_study_answers(const std::string& path) { return Reader(path).read(); }

}  // namespace impasto
