// A folder to try `impasto evaluate` in: two photos, results of two labels, and networks of random weights.
#pragma once
#include <string>

#include "loaders/weight_file.h"
#include "nets/hed_file.h"
#include "nets/hourglass_file.h"
#include "tests/nets/narrow_hed.h"
#include "tests/tools/studio.h"

namespace impasto::studio {

/// Written once, since an hourglass is large.
inline const Folder& evaluating_networks() {
  static const Folder folder;
  static const bool written = [] {
    const auto write = [](const std::string& name, WeightFile file) {
      file.created_by = file.licence = file.provenance = "a test";
      write_weight_file(folder.path + '/' + name, file);
    };
    write("hourglass.h5", hourglass_weight_file(fresh_hourglass(1)));
    write("second.h5", hourglass_weight_file(fresh_hourglass(2)));
    write("hed.h5", hed_weight_file(narrow::hed_weights()));
    write("vgg16.h5", narrow_vgg());
    return true;
  }();
  CHECK(written);
  return folder;
}

/// photos/a.png, photos/sub/b.png; same/: copies of them; changed/: other pictures of these names, and extra.png.
struct Exhibition : Folder {
  Exhibition() {
    for (const char* folder : {"photos/sub", "same/sub", "changed/sub", "cache"}) fs::create_directories(path + '/' + folder);
    for (const char* folder : {"photos", "same"}) {
      write_picture(path + '/' + folder + "/a.png", picture(1, 64, 48));
      write_picture(path + '/' + folder + "/sub/b.png", picture(7, 40, 56));
    }
    write_picture(path + "/changed/a.png", picture(11, 64, 48));
    write_picture(path + "/changed/sub/b.webp", picture(12, 80, 112));
    write_picture(path + "/changed/extra.png", picture(13, 20, 20));
    write_picture(path + "/painting.png", picture(3, 50, 60));
    for (const char* net : {"hourglass.h5", "hed.h5", "vgg16.h5"})
      fs::create_symlink(evaluating_networks().path + '/' + net, path + "/cache/" + net);
    fs::create_symlink(evaluating_networks().path + "/second.h5", path + "/second.h5");
  }
  /// `impasto evaluate words`, in the folder; with the hourglass of its cache alone, since others may have come with the program.
  Answer run(const std::string& words, const std::string& behind = " 2>&1") const {
    const std::string depth = words.find("--depth-net") == std::string::npos ? " --depth-net hourglass" : "";
    return shell("'" IMPASTO_PROGRAM "' evaluate " + words + depth + behind);
  }
  Answer shell(const std::string& line) const { return studio::shell("cd '" + path + "' && export IMPASTO_CACHE=cache && " + line); }
};

}  // namespace impasto::studio
