#include "tools/photo_list.h"

#include <filesystem>
#include <map>
#include <set>

#include "engine/error.h"
#include "loaders/picture.h"
#include "loaders/picture_folder.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code not_there;
  return path != "-" && fs::is_directory(path, not_there);
}

fs::path real_path(const fs::path& path) {
  std::error_code unreadable;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path), unreadable);
  return unreadable ? fs::absolute(path) : whole;
}

std::string result_name(const std::string& photo, const std::string& ending) {
  if (!has_picture_ending(photo)) return photo + (ending.empty() ? ".png" : ending);
  return ending.empty() ? photo : fs::path(photo).replace_extension(ending).string();
}

std::vector<PhotoJob> jobs_into_folder(const std::vector<std::string>& photos, const std::string& out, const std::string& ending) {
  std::vector<PhotoJob> jobs;
  const fs::path folder(out);
  for (const std::string& photo : photos) {
    if (photo == "-") throw UsageError("standard input (-) is one photo that goes to a file; " + out + " is a folder");
    if (!is_folder(photo)) {
      jobs.push_back({photo, (folder / result_name(fs::path(photo).filename().string(), ending)).string()});
      continue;
    }
    for (const std::string& picture : pictures_in(photo, out))
      jobs.push_back({(fs::path(photo) / picture).string(), (folder / result_name(picture, ending)).string()});
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

PhotoList photo_list(const std::vector<std::string>& photos, const std::string& out, const std::string& ending) {
  const bool one = photos.size() == 1 && !is_folder(photos[0]);
  PhotoList list{{}, !one || is_folder(out) || (out.size() > 1 && out.ends_with('/'))};
  if (list.into_folder) {
    if (out == "-") throw UsageError("standard output (-) takes one picture; name a folder with -o for several");
    if (fs::exists(out) && !is_folder(out)) throw UsageError(out + " is a file, and several pictures need a folder: choose another -o");
    list.jobs = jobs_into_folder(photos, out, ending);
  } else {
    picture_format(out);
    list.jobs = {{photos[0], out}};
  }
  check_names(list.jobs);
  return list;
}

}  // namespace impasto
