// A folder to try `impasto study` in: three photos, and results of three methods.
#pragma once
#include <string>

#include "tests/tools/shell.h"

namespace impasto::studio {

/// photos/quay.png, photos/sub/orchard.png, photos/sub/tower.png; one/: a result of each; two/: the same in other sizes; three/: of the
/// quay alone.
struct Survey : Folder {
  Survey() {
    for (const char* folder : {"photos/sub", "one/sub", "two/sub", "three"}) fs::create_directories(path + '/' + folder);
    const std::tuple<const char*, int, int> photos[] = {{"quay", 400, 300}, {"sub/orchard", 40, 56}, {"sub/tower", 36, 48}};
    uint32_t seed = 1;
    for (const auto& [name, width, height] : photos) {
      write(std::string("photos/") + name, picture(seed++, width, height));
      write(std::string("one/") + name, picture(seed++, width, height));
      write(std::string("two/") + name, picture(seed++, 2 * width, 2 * height));
    }
    write("three/quay", picture(seed++, 200, 150));
    write("painting", picture(seed++, 50, 30));
    write("other", picture(seed++, 30, 50));
  }
  void write(const std::string& name, const Picture& picture) const { write_picture(path + '/' + name + ".png", picture); }

  /// `impasto study words`, in the folder.
  Answer run(const std::string& words, const std::string& behind = " 2>&1") const {
    return shell("cd '" + path + "' && '" IMPASTO_PROGRAM "' study " + words + behind);
  }
  /// What stands in the page.
  nlohmann::json data(const std::string& file = "out/study.html") const {
    const std::string page = bytes(file), mark = "<script type=\"application/json\" id=\"data\">";
    const size_t begin = page.find(mark) + mark.size();
    return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  }
};

}  // namespace impasto::studio
