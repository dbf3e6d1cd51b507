#include "loaders/picture_folder.h"

#include <algorithm>
#include <filesystem>

#include "engine/error.h"
#include "loaders/extension.h"

namespace impasto {
namespace fs = std::filesystem;

bool has_picture_ending(const std::string& path) {
  const std::string end = extension(path);
  return end == ".jpg" || end == ".jpeg" || end == ".png" || end == ".webp";
}

std::vector<std::string> pictures_in(const std::string& folder, const std::string& except) {
  const auto excepted = [&](const fs::path& path) {
    std::error_code not_there;
    return !except.empty() && fs::equivalent(path, except, not_there);
  };
  std::vector<std::string> found;
  std::error_code problem;
  fs::recursive_directory_iterator at(folder, problem);
  for (; !problem && at != fs::recursive_directory_iterator(); at.increment(problem)) {
    const bool hidden = at->path().filename().string().starts_with('.');
    std::error_code unreadable;
    if (at->is_directory(unreadable)) {
      if (hidden || excepted(at->path())) at.disable_recursion_pending();
    } else if (!hidden && has_picture_ending(at->path().string()) && at->is_regular_file(unreadable)) {
      found.push_back(at->path().lexically_relative(folder).string());
    }
  }
  if (problem) throw FileError(folder, "this folder cannot be read to its end (" + problem.message() + "); check its permissions");
  if (found.empty()) throw FileError(folder, "there is no .jpg, .jpeg, .png or .webp picture in this folder");
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace impasto
