// Zip archives whose table of contents lies.
#include "loaders/zip_directory.h"

#include <doctest/doctest.h>

#include "tests/loaders/pytorch_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

const std::vector<ZipFile> two{{"a/first", "12345"}, {"a/second", "678"}};

// Everything the archive holds, one after the other.
std::string contents(const std::string& bytes) {
  const Folder folder;
  spill(folder / "net.pth", bytes);
  InputFile file(folder / "net.pth", "", 1, 1 << 20, "a test");
  std::string all;
  for (const auto& [name, entry] : read_zip_directory(file)) {
    const std::vector<uint8_t> data = file.read(zip_data(file, name, entry), entry.size);
    all += name + '=' + std::string(data.begin(), data.end()) + ' ';
  }
  return all;
}
std::string refused(const std::string& bytes) {
  return refusal([&] { contents(bytes); });
}

// The archive of `two` with other bytes at a place: from its beginning, its directory, or its end.
enum From { local, directory, end };
std::string changed(From from, size_t at, const std::string& bytes) {
  std::string all = zip(two);
  const size_t begin = from == local ? 0 : from == directory ? all.find("PK\1\2") : all.size() - 22;
  return all.replace(begin + at, bytes.size(), bytes);
}

}  // namespace

TEST_CASE("stored files are found by the directory of their archive") {
  CHECK(contents(zip(two)) == "a/first=12345 a/second=678 ");
  CHECK(contents(zip({})) == "");
  CHECK(contents(zip({{"", ""}})) == "= ");
}

TEST_CASE("archives that lie are refused") {
  CHECK(has(refused(changed(end, 0, "xx")), "does not end with a directory"));
  CHECK(has(refused(changed(end, 4, "\1")), "several parts"));
  CHECK(has(refused(changed(end, 8, "\1")), "several parts"));
  CHECK(has(refused(changed(end, 20, "\1")), "a comment"));
  CHECK(has(refused(changed(end, 8, "\3\0\3" + std::string(1, '\0'))), "several parts"));
  CHECK(has(refused(changed(end, 8, std::string("\3\0\3\0", 4))), "lists fewer than its 3 files"));
  CHECK(has(refused(changed(end, 8, std::string("\1\0\1\0", 4))), "lists more than its 1 files"));
  CHECK(has(refused(changed(end, 8, "\xff\xff\xff\xff")), "65,535 files"));
  CHECK(has(refused(changed(end, 12, "\xff\xff\xff\xff")), "4 GiB"));
  CHECK(has(refused(changed(end, 12, "\xff\xff\xff\x7f")), "does not fit"));
  CHECK(has(refused(changed(end, 16, "\xff\xff\xff\x7f")), "does not fit"));
  CHECK(has(refused(changed(directory, 0, "x")), "lists fewer"));
  CHECK(has(refused(changed(directory, 28, "\xff\xff")), "ends within a name"));
  CHECK(has(refused(changed(directory, 42, "\xff\xff\xff\x7f")), "lies outside"));
  CHECK(has(refused(changed(directory, 20, "\xff\xff\xff\x7f\xff\xff\xff\x7f")), "lies outside"));
  CHECK(has(refused(changed(directory, 42, "\1")), "is not where its zip archive says"));
  CHECK(has(refused(changed(local, 0, "x")), "is not where its zip archive says"));
  CHECK(has(refused(changed(local, 26, "\xff\xff")), "reaches beyond"));
  CHECK(has(refused(changed(local, 28, "\xff\xff")), "reaches beyond"));
  CHECK(has(refused(changed(local, 30, "b")), "has another name"));
  CHECK(has(refused(zip({two[0], two[0]})), "\"a/first\" stands in its zip archive twice"));
  CHECK(has(refused("PK\3\4"), "has no end"));
}

TEST_CASE("compressed and encrypted files are refused, but only if they are wanted") {
  CHECK(has(refused(zip({{"a", "xyz", 8}})), "compressed or encrypted"));
  CHECK(has(refused(zip({{"a", "xyz", 0, 1}})), "compressed or encrypted"));
  CHECK(has(refused(changed(directory, 20, "\4")), "compressed or encrypted"));
  const std::string tensor = pickled::dict(pickled::text("a") + pickled::tensor(pickled::storage("0", 1), 0, {1}, {1}));
  CHECK(state_dict_refusal(zip({{"n/data.pkl", pickled::whole(tensor)}, {"n/data/0", "abcd"}, {"n/more", "xyz", 8}})) == "");
}
