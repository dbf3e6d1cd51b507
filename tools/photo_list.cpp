#include "tools/photo_list.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "engine/error.h"
#include "loaders/picture.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code not_there;
  return path != "-" && fs::is_directory(path, not_there);
}

bool has_picture_ending(const fs::path& path) {
  try {
    picture_format(path.filename().string());
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

fs::path real_path(const fs::path& path) {
  std::error_code unreadable;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path), unreadable);
  return unreadable ? fs::absolute(path) : whole;
}

/// Paths below the folder, seen from it.
std::vector<fs::path> pictures_in(const std::string& folder, const fs::path& out) {
  std::vector<fs::path> found;
  std::error_code problem;
  fs::recursive_directory_iterator at(folder, problem);
  for (; !problem && at != fs::recursive_directory_iterator(); at.increment(problem)) {
    const bool hidden = at->path().filename().string().starts_with('.');
    std::error_code unreadable;
    if (at->is_directory(unreadable)) {
      if (hidden || real_path(at->path()) == out) at.disable_recursion_pending();
    } else if (!hidden && at->is_regular_file(unreadable) && has_picture_ending(at->path())) {
      found.push_back(at->path().lexically_relative(folder));
    }
  }
  if (problem) throw FileError(folder, "this folder cannot be read to its end (" + problem.message() + "); check its permissions");
  if (found.empty()) throw FileError(folder, "there is no .jpg, .jpeg, .png or .webp picture in this folder");
  std::sort(found.begin(), found.end());
  return found;
}

std::string result_name(fs::path photo) {
  if (!has_picture_ending(photo)) photo += ".png";
  return photo.string();
}

std::vector<PhotoJob> jobs_into_folder(const std::vector<std::string>& photos, const std::string& out) {
  std::vector<PhotoJob> jobs;
  const fs::path folder(out);
  for (const std::string& photo : photos) {
    if (photo == "-") throw UsageError("standard input (-) is one photo that goes to a file; " + out + " is a folder");
    if (!is_folder(photo)) {
      jobs.push_back({photo, (folder / result_name(fs::path(photo).filename())).string()});
      continue;
    }
    for (const fs::path& picture : pictures_in(photo, real_path(folder)))
      jobs.push_back({(fs::path(photo) / picture).string(), (folder / picture).string()});
  }
  return jobs;
}

void check_names(const std::vector<PhotoJob>& jobs) {
  std::set<fs::path> photos;
  for (const PhotoJob& job : jobs)
    if (job.photo != "-") photos.insert(real_path(job.photo));
  std::map<fs::path, std::string> results;
  for (const PhotoJob& job : jobs) {
    if (job.out == "-") continue;
    const fs::path out = real_path(job.out);
    if (photos.contains(out)) throw UsageError(job.out + " is a photo and would be painted over: choose another -o");
    const auto [there, first] = results.emplace(out, job.photo);
    if (!first) throw UsageError(job.photo + " and " + there->second + " would both become " + job.out + ": paint them one by one");
  }
}

}  // namespace

PhotoList photo_list(const std::vector<std::string>& photos, const std::string& out) {
  const bool one = photos.size() == 1 && !is_folder(photos[0]);
  PhotoList list{{}, !one || is_folder(out) || (out.size() > 1 && out.ends_with('/'))};
  if (list.into_folder) {
    if (out == "-") throw UsageError("standard output (-) takes one picture; name a folder with -o for several");
    if (fs::exists(out) && !is_folder(out)) throw UsageError(out + " is a file, and several pictures need a folder: choose another -o");
    list.jobs = jobs_into_folder(photos, out);
  } else {
    picture_format(out);
    list.jobs = {{photos[0], out}};
  }
  check_names(list.jobs);
  return list;
}

}  // namespace impasto
