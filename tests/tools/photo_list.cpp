// Which photos are found and what their results are called.
#include "tools/photo_list.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "tests/tools/shell.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

struct Photos : Folder {
  void make(const std::string& name) const {
    fs::create_directories(fs::path(path + '/' + name).parent_path());
    std::ofstream(path + '/' + name) << 'x';
  }
  std::string at(const std::string& name) const { return path + '/' + name; }
  /// "photo > out" of each job, without the folder's own path.
  std::vector<std::string> jobs(std::vector<std::string> photos, const std::string& out) const {
    for (std::string& photo : photos) photo = at(photo);
    std::vector<std::string> text;
    for (const PhotoJob& job : photo_list(photos, at(out)).jobs)
      text.push_back(job.photo.substr(path.size() + 1) + " > " + job.out.substr(path.size() + 1));
    return text;
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("one photo goes to a file, several or a folder's into a folder") {
  const Photos photos;
  photos.make("a.png");
  photos.make("b.jpg");
  photos.make("scan");
  CHECK(photos.jobs({"a.png"}, "x.jpg") == Lines{"a.png > x.jpg"});
  CHECK(photos.jobs({"b.jpg", "a.png", "scan"}, "out") == Lines{"b.jpg > out/b.jpg", "a.png > out/a.png", "scan > out/scan.png"});
  CHECK(photos.jobs({"a.png"}, "out/") == Lines{"a.png > out/a.png"});
  fs::create_directory(photos.at("there"));
  CHECK(photos.jobs({"missing.png"}, "there") == Lines{"missing.png > there/missing.png"});
  CHECK_FALSE(photo_list({"-"}, "-").into_folder);
}

TEST_CASE("an ending that is asked for replaces the photos' own, and two that then have one name are refused") {
  const Photos photos;
  for (const char* name : {"in/a.JPG", "in/b.c.png", "in/sub.x/d.webp", "scan", "a.png"}) photos.make(name);
  Lines outs;
  for (const PhotoJob& job : photo_list({photos.at("in"), photos.at("scan")}, photos.at("out"), ".png").jobs)
    outs.push_back(job.out.substr(photos.path.size() + 1));
  CHECK(outs == Lines{"out/a.png", "out/b.c.png", "out/sub.x/d.png", "out/scan.png"});
  CHECK_THROWS_AS(photo_list({photos.at("in"), photos.at("a.png")}, photos.at("out"), ".png"), UsageError);
}

TEST_CASE("a folder's pictures come in order, at any depth, of any case; hidden and other files are passed over") {
  const Photos photos;
  for (const char* name :
       {"in/z.JPG", "in/b/c.jpeg", "in/b/a.WebP", "in/a.png", "in/notes.txt", "in/.hidden.png", "in/.git/x.png", "in/png"})
    photos.make(name);
  fs::create_directory(photos.at("in/folder.png"));
  const Lines found{"in/a.png > out/a.png", "in/b/a.WebP > out/b/a.WebP", "in/b/c.jpeg > out/b/c.jpeg", "in/z.JPG > out/z.JPG"};
  CHECK(photos.jobs({"in"}, "out") == found);
  photos.make("in/painted/old.png");  // of an earlier run
  CHECK(photos.jobs({"in"}, "in/painted").size() == 4);
  CHECK(photos.jobs({"in/"}, "out").size() == 5);
}

TEST_CASE("no result replaces a photo, and no two have one name") {
  const Photos photos;
  for (const char* name : {"a/x.png", "b/x.png", "c/y"}) photos.make(name);
  fs::create_symlink(photos.at("a"), photos.at("link"));
  CHECK_THROWS_AS(photos.jobs({"a", "b"}, "out"), UsageError);
  CHECK_THROWS_AS(photos.jobs({"a", "a/x.png"}, "out"), UsageError);
  CHECK_THROWS_AS(photos.jobs({"a"}, "a"), UsageError);
  CHECK_THROWS_AS(photos.jobs({"a"}, "link"), UsageError);
  CHECK_THROWS_AS(photos.jobs({"a/x.png"}, "link/x.png"), UsageError);
  CHECK_THROWS_AS(photos.jobs({"a/x.png", "b"}, "b"), UsageError);
  CHECK_NOTHROW(photos.jobs({"a"}, "b"));  // another photo, but none of these
}

TEST_CASE("a folder without pictures, and an OUT that does not fit, are refused") {
  const Photos photos;
  photos.make("in/notes.txt");
  photos.make("a.png");
  CHECK_THROWS_AS(photos.jobs({"in"}, "out"), FileError);
  CHECK_THROWS_AS(photos.jobs({"a.png", "in"}, "a.png"), UsageError);
  CHECK_THROWS_AS(photos.jobs({"a.png"}, "out.txt"), UsageError);
  CHECK_THROWS_AS(photo_list({photos.at("a.png"), photos.at("b.png")}, "-"), UsageError);
  CHECK_THROWS_AS(photo_list({photos.at("a.png"), "-"}, photos.at("out")), UsageError);
}
