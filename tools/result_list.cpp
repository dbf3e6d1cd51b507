#include "tools/result_list.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "engine/error.h"
#include "loaders/picture_folder.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;  // by name

bool is_folder(const std::string& path) {
  std::error_code not_there;
  return fs::is_directory(path, not_there);
}

bool is_file(const std::string& path) {
  std::error_code not_there;
  return fs::is_regular_file(path, not_there);
}

fs::path real_path(const std::string& path) {
  std::error_code unreadable;
  return fs::weakly_canonical(fs::absolute(path), unreadable);
}

bool lies_in(const std::string& file, const std::string& folder) {
  const fs::path inner = real_path(file), outer = real_path(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

void add(Files& files, const std::string& name, const std::string& file) {
  const auto [there, first] = files.emplace(name, file);
  if (!first) throw UsageError(there->second + " and " + file + " have one name, " + name + ": remove or rename one");
}

Files files_in(const std::string& folder) {
  Files files;
  for (const std::string& picture : pictures_in(folder))
    add(files, fs::path(picture).replace_extension().string(), (fs::path(folder) / picture).string());
  return files;
}

ResultList::Label label_of(const std::string& word) {
  if (is_folder(word)) return {real_path(word).filename().string(), word};
  const std::string how = " of results; name folders, FOLDER=LABEL or LABEL=FOLDER, behind the photos";
  const std::size_t first = word.find('='), last = word.rfind('=');
  if (last == std::string::npos) throw UsageError(word + " is no folder" + how);
  ResultList::Label label{word.substr(last + 1), word.substr(0, last)};
  const ResultList::Label turned{word.substr(0, first), word.substr(first + 1)};
  if (is_folder(label.folder) && is_folder(turned.folder))
    throw UsageError(word + ": both sides are folders; write a label that is no folder's name");
  if (is_folder(turned.folder)) label = turned;
  if (!is_folder(label.folder)) throw UsageError(word + ": neither side is a folder" + how);
  if (label.name.empty()) throw UsageError(word + " has no label; write FOLDER=LABEL");
  return label;
}

}  // namespace

std::size_t ResultList::Photo::count() const { return results.size() - std::size_t(std::count(results.begin(), results.end(), "")); }

ResultList result_list(const std::vector<std::string>& words, const std::string& out) {
  Files photos;
  std::size_t at = 0;
  if (!words.empty() && is_folder(words[0])) {
    photos = files_in(words[at++]);
  } else {
    for (; at < words.size() && is_file(words[at]); at++) add(photos, fs::path(words[at]).stem().string(), words[at]);
  }
  if (photos.empty())
    throw UsageError((words.empty() ? "" : words[0] + ": ") + std::string("there is no such photo, and no such folder of photos"));
  if (at == words.size()) throw UsageError("RESULTS is missing: name folders of pictures that were painted from the photos");
  ResultList list;
  std::vector<Files> results;
  for (; at < words.size(); at++) {
    const ResultList::Label label = label_of(words[at]);
    for (const ResultList::Label& other : list.labels)
      if (other.name == label.name)
        throw UsageError(other.folder + " and " + label.folder + " are both called " + label.name + "; write FOLDER=LABEL");
    list.labels.push_back(label);
    results.push_back(files_in(label.folder));
  }
  std::erase_if(photos, [&](const auto& photo) {
    return lies_in(photo.second, out) ||
           std::any_of(list.labels.begin(), list.labels.end(), [&](const auto& label) { return lies_in(photo.second, label.folder); });
  });
  for (const auto& [name, file] : photos) {
    ResultList::Photo photo{name, file, {}};
    for (std::size_t k = 0; k < results.size(); k++) {
      const auto found = results[k].find(name);
      photo.results.push_back(found == results[k].end() ? "" : found->second);
      if (photo.results.back().empty()) list.missing.push_back(list.labels[k].name + ": there is no result of " + file);
    }
    if (std::any_of(photo.results.begin(), photo.results.end(), [](const std::string& result) { return !result.empty(); }))
      list.photos.push_back(std::move(photo));
  }
  for (std::size_t k = 0; k < results.size(); k++)
    for (const auto& [name, file] : results[k])
      if (!photos.contains(name)) list.missing.push_back(list.labels[k].name + ": there is no photo of " + file);
  if (list.photos.empty())
    throw UsageError("no result has the name of a photo; results are found by their names, as `impasto stylize FOLDER` gives them");
  return list;
}

void print_missing(const std::vector<std::string>& lines, const std::string& rest) {
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < std::min(most, lines.size()); i++) std::cerr << "impasto: " << lines[i] << '\n';
  if (lines.size() > most) std::cerr << "impasto: and " << lines.size() - most << " more" << rest << '\n';
}

}  // namespace impasto
