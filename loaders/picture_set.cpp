#include "loaders/picture_set.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/error.h"
#include "loaders/extension.h"
#include "loaders/hdf5_pictures.h"
#include "loaders/picture_folder.h"
#include "loaders/reduced_picture.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

std::optional<Split> split_of(const std::string& picture) {
  const fs::path path(picture);
  auto part = path.begin();
  if (*part == "images" && std::next(part) != path.end()) ++part;
  return split_named(part->string());
}

std::vector<std::string> of_split(const std::string& folder, const std::vector<std::string>& pictures, Split wanted) {
  int64_t train = 0, validation = 0;
  for (const std::string& picture : pictures) {
    const std::optional<Split> split = split_of(picture);
    if (split == Split::train) ++train;
    if (split == Split::validation) ++validation;
  }
  if (wanted == Split::validation && train == static_cast<int64_t>(pictures.size()))
    throw UsageError(folder + ": all its pictures are for training; name a folder of others for validation");
  if (train == 0 || validation == 0) return pictures;  // "train" may be a folder of trains
  std::vector<std::string> chosen;
  std::copy_if(pictures.begin(), pictures.end(), std::back_inserter(chosen),
               [&](const std::string& picture) { return split_of(picture) == wanted; });
  return chosen;
}

class PictureFolder : public PictureSet {
 public:
  PictureFolder(const std::string& folder, Split split) : folder(folder), pictures(of_split(folder, pictures_in(folder), split)) {}
  int64_t size() const override { return static_cast<int64_t>(pictures.size()); }
  std::string name(int64_t i) const override { return (folder / pictures.at(static_cast<size_t>(i))).string(); }
  Picture read(int64_t i, int least_side) const override { return read_reduced_picture(name(i), least_side); }

 private:
  fs::path folder;
  std::vector<std::string> pictures;
};

}  // namespace

std::optional<Split> split_named(std::string name) {
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.pop_back();
  if (name == "train") return Split::train;
  if (name == "val" || name == "validation") return Split::validation;
  return {};
}

std::unique_ptr<PictureSet> open_picture_set(const std::string& path, Split split) {
  std::error_code unreadable;
  if (!fs::exists(path, unreadable)) throw FileError(path, "there is no such file or folder; check the name");
  if (fs::is_directory(path, unreadable)) return std::make_unique<PictureFolder>(path, split);
  if (extension(path) == ".h5" || extension(path) == ".hdf5") return open_hdf5_pictures(path, split);
  throw UsageError(path + ": no set of photographs; name the folder they are in, or an HDF5 set (.h5)");
}

}  // namespace impasto
