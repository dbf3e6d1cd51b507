// Which photos are painted, and where each goes.
#pragma once
#include <string>
#include <vector>

namespace impasto {

struct PhotoJob {
  std::string photo, out;
};

struct PhotoList {
  std::vector<PhotoJob> jobs;
  bool into_folder;  // OUT is a folder, which may have to be made
};

/// One photo goes to the file `out`; if that is a folder, several photos, or those of a folder, go into it. "-" is standard input or
/// output, for one photo only.
/// A folder's pictures are taken as loaders/picture_folder.h says, without `out` itself where it lies inside. Results are named like the
/// photo, seen from its folder; a photo whose name has no picture's ending gets .png. `ending`, ".png", replaces those that there are.
/// Throws UsageError if two results would have one name, if one would replace a photo, and where `out` does not fit; FileError for a
/// folder that cannot be read or has no pictures. A photo that is not there is its reader's business.
PhotoList photo_list(const std::vector<std::string>& photos, const std::string& out, const std::string& ending = "");

}  // namespace impasto
