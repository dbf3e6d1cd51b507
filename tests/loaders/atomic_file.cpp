// The old file or the whole new one, nothing else in the folder, and a sentence that says why.
#include "loaders/atomic_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/error.h"
#include "loaders/picture.h"
#include "tests/loaders/crafted.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone after the test, whatever the test did to its permissions.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "impasto-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::permissions(path, fs::perms::owner_all, ignored);
    fs::remove_all(path, ignored);
  }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  std::size_t entries() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator{})); }
};

Bytes bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("a file is written whole, replaces the old one and leaves nothing beside it") {
  const Folder folder;
  write_file_atomically(folder / "a", bytes_of("first"));
  CHECK(contents(folder / "a") == "first");
  write_file_atomically(folder / "a", bytes_of("second, longer"));
  CHECK(contents(folder / "a") == "second, longer");
  write_file_atomically(folder / "a", {});
  CHECK(contents(folder / "a").empty());
  CHECK(folder.entries() == 1);
}

TEST_CASE("files that belong together are all written or none") {
  const Folder folder;
  write_files_atomically({{folder / "a", bytes_of("one")}, {folder / "b", bytes_of("two")}});
  CHECK(contents(folder / "a") == "one");
  CHECK(contents(folder / "b") == "two");
  CHECK(folder.entries() == 2);
  CHECK_THROWS_AS(write_files_atomically({{folder / "a", bytes_of("new")}, {folder / "nowhere/b", bytes_of("new")}}), FileError);
  CHECK(contents(folder / "a") == "one");
  CHECK(folder.entries() == 2);
}

TEST_CASE("the old file stays until commit, and for good without it") {
  const Folder folder;
  write_file_atomically(folder / "a", bytes_of("old"));
  {
    const AtomicFile file(folder / "a");
    std::ofstream(file.temporary()) << "half";
    CHECK(fs::path(file.temporary()).parent_path() == folder.path);
    CHECK(contents(folder / "a") == "old");
    CHECK(folder.entries() == 2);
  }
  CHECK(contents(folder / "a") == "old");
  CHECK(folder.entries() == 1);
  AtomicFile file(folder / "a");
  std::ofstream(file.temporary()) << "new";
  file.commit();
  CHECK(contents(folder / "a") == "new");
  CHECK(folder.entries() == 1);
}

TEST_CASE("two writers of one name do not meet") {
  const Folder folder;
  AtomicFile one(folder / "a"), two(folder / "a");
  CHECK(one.temporary() != two.temporary());
}

TEST_CASE("a link stays a link and permissions stay") {
  const Folder folder;
  write_file_atomically(folder / "target", bytes_of("old"));
  REQUIRE(::chmod((folder / "target").c_str(), 0640) == 0);
  fs::create_symlink("target", folder.path / "link");
  write_file_atomically(folder / "link", bytes_of("new"));
  CHECK(fs::is_symlink(folder.path / "link"));
  CHECK(contents(folder / "target") == "new");
  CHECK((fs::status(folder.path / "target").permissions() & fs::perms::all) == fs::perms(0640));
}

TEST_CASE("a name as long as names can be is written") {
  const Folder folder;
  const std::string name(255, 'n');
  write_file_atomically(folder / name, bytes_of("x"));
  CHECK(contents(folder / name) == "x");
  CHECK_THROWS_WITH_AS(write_file_atomically(folder / (name + "n"), bytes_of("x")), doctest::Contains("too long"), FileError);
}

TEST_CASE("a missing folder, a folder as name and a full device are each told") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(write_file_atomically(folder / "none/a", bytes_of("x")), doctest::Contains("create it first"), FileError);
  CHECK_THROWS_WITH_AS(write_file_atomically(folder.path.string(), bytes_of("x")), doctest::Contains("it is a folder"), FileError);
  CHECK_THROWS_WITH_AS(write_file_atomically("/dev/full", bytes_of("x")), doctest::Contains("the disk is full"), FileError);
  CHECK_NOTHROW(write_file_atomically("/dev/null", bytes_of("x")));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_AS(AtomicFile("/dev/null"), FileError);
  write_file_atomically(folder / "file", bytes_of("x"));
  CHECK_THROWS_AS(write_file_atomically(folder / "file/a", bytes_of("x")), FileError);
  CHECK(folder.entries() == 1);
}

/// What a write as an ordinary user is told; the tests may be run as root, who may do anything.
std::string refusal_of_user(const std::string& path) {
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  std::string message;
  try {
    write_file_atomically(path, bytes_of("x"));
  } catch (const FileError& error) {
    message = error.what();
  }
  if (root) REQUIRE(::seteuid(0) == 0);
  return message;
}

TEST_CASE("a folder that may not be written to is told") {
  const Folder folder;
  REQUIRE(::chmod(folder.path.c_str(), 0555) == 0);
  CHECK(refusal_of_user(folder / "a").find("not allowed") != std::string::npos);
  CHECK(folder.entries() == 0);
}

TEST_CASE("a write-protected file is not replaced") {
  const Folder folder;
  write_file_atomically(folder / "a", bytes_of("precious"));
  REQUIRE(::chmod((folder / "a").c_str(), 0444) == 0);
  REQUIRE(::chmod(folder.path.c_str(), 0777) == 0);
  CHECK(refusal_of_user(folder / "a").find("write-protected") != std::string::npos);
  CHECK(contents(folder / "a") == "precious");
  CHECK(folder.entries() == 1);
}

/// Lets no file grow beyond some bytes while it lives.
struct SmallFiles {
  rlimit old;
  void (*handler)(int);
  explicit SmallFiles(rlim_t bytes) : handler(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{bytes, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, handler);
  }
};

TEST_CASE("a picture that fails to be written leaves the old one and nothing else") {
  const Folder folder;
  write_file_atomically(folder / "a.png", bytes_of("old"));
  std::string message;
  {
    const SmallFiles limit(100);
    try {
      write_picture(folder / "a.png", crafted::gradient(64, 64));
    } catch (const FileError& error) {
      message = error.what();
    }
  }
  CHECK(message.find("larger than files may be here") != std::string::npos);
  CHECK(contents(folder / "a.png") == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a picture goes out to a file and in again") {
  const Folder folder;
  for (const char* name : {"a.png", "a.jpg", "a.jpeg", "a.webp", "A.PNG"}) {
    write_picture(folder / name, crafted::gradient(20, 10));
    CHECK(read_picture(folder / name).width == 20);
  }
  CHECK(folder.entries() == 5);
  CHECK_THROWS_AS(write_picture(folder / "a.bmp", crafted::gradient(2, 2)), UsageError);
  CHECK(folder.entries() == 5);
}

TEST_CASE("files that cannot be read are told by name") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(read_picture(folder / "none.jpg"), doctest::Contains("there is no such file"), FileError);
  CHECK_THROWS_WITH_AS(read_picture(folder.path.string()), doctest::Contains("a folder, not a picture"), FileError);
  write_file_atomically(folder / "empty.jpg", {});
  CHECK_THROWS_WITH_AS(read_picture(folder / "empty.jpg"), doctest::Contains("empty"), FileError);
  CHECK_THROWS_WITH_AS(read_picture("/dev/zero"), doctest::Contains("with the bytes 00 00 00 00"), FileError);
}

}  // namespace
TEST_CASE("what a killed process left is removed, what is being written is not") {
  const Folder folder;
  std::ofstream(folder / ".impasto-1-0.tmp") << "left";
  std::ofstream(folder / "other.tmp") << "somebody else's";
  const AtomicFile written(folder / "new");
  remove_abandoned(folder / "new");
  CHECK(!std::filesystem::exists(folder / ".impasto-1-0.tmp"));
  CHECK(std::filesystem::exists(folder / "other.tmp"));
  CHECK(std::filesystem::exists(written.temporary()));
  CHECK_NOTHROW(remove_abandoned("/no/such/folder/file"));
}

}  // namespace impasto
