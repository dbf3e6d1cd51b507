#include "loaders/depth_set.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>

#include "engine/error.h"
#include "loaders/extension.h"
#include "loaders/hdf5_rows.h"
#include "loaders/picture_folder.h"
#include "loaders/plane_file.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

enum class Measure { depth, disparity };

struct PairFiles {
  std::string picture, depth;
  Measure measure;
};

/// "a/b_rgb.jpg" is "a/b" of the kind rgb, and so is "a/rgb/b.jpg" "a/b"; the kind is "" for other files.
struct PartOfPair {
  std::string pair, kind;
};

PartOfPair part_of(const std::string& file) {
  static constexpr std::array<std::string_view, 3> kinds{"rgb", "depth", "disp"};
  const fs::path path(file), folder = path.parent_path();
  const std::string stem = path.stem().string(), around = folder.filename().string();
  for (const std::string_view kind : kinds) {
    const std::string ending = "_" + std::string(kind);
    if (stem.ends_with(ending)) return {(folder / stem.substr(0, stem.size() - ending.size())).string(), std::string(kind)};
    if (around == kind) return {(folder.parent_path() / stem).string(), std::string(kind)};
  }
  return {"", ""};
}

std::vector<PairFiles> pairs_in(const std::string& folder) {
  std::map<std::string, std::map<std::string, std::string>> parts;
  for (const std::string& file : pictures_in(folder))
    if (const PartOfPair part = part_of(file); !part.kind.empty()) parts[part.pair][part.kind] = (fs::path(folder) / file).string();
  std::vector<PairFiles> pairs;
  for (const auto& [name, files] : parts) {
    const auto rgb = files.find("rgb"), depth = files.find("depth"), disparity = files.find("disp");
    if (rgb == files.end()) continue;
    if (depth != files.end())
      pairs.push_back({rgb->second, depth->second, Measure::depth});
    else if (disparity != files.end())
      pairs.push_back({rgb->second, disparity->second, Measure::disparity});
  }
  if (pairs.empty())
    throw FileError(folder, "holds no photographs with depth; they are called NAME_rgb.jpg beside NAME_depth.png or NAME_disp.png");
  return pairs;
}

void check_size(const std::string& name, const Picture& picture, const Plane& depth) {
  if (picture.width != depth.width || picture.height != depth.height)
    throw FileError(name, "its depth is " + std::to_string(depth.width) + "x" + std::to_string(depth.height) + " and it " +
                              std::to_string(picture.width) + "x" + std::to_string(picture.height) + " pixels; they must be alike");
}

class DepthFolder : public DepthSet {
 public:
  DepthFolder(const std::string& folder, double unit) : pairs(pairs_in(folder)), unit(unit) {}
  int64_t size() const override { return static_cast<int64_t>(pairs.size()); }
  std::string name(int64_t i) const override { return pairs.at(static_cast<size_t>(i)).picture; }

  DepthPair read(int64_t i) const override {
    const PairFiles& files = pairs.at(static_cast<size_t>(i));
    DepthPair pair{read_picture(files.picture), read_plane(files.depth)};
    check_size(files.picture, pair.picture, pair.depth);
    for (float& v : pair.depth.values)
      if (v > 0) v = files.measure == Measure::depth ? static_cast<float>(v * 65535 * unit) : 1 / v;
    return pair;
  }

 private:
  std::vector<PairFiles> pairs;
  double unit;
};

bool no_picture_or_depth(const std::string& name) { return name != "images" && name != "depths"; }

constexpr int64_t most_bytes = int64_t{1} << 42;  // nothing is read whole, so this guards sums only
const Profile nyu_like{
    "photographs with depth, as NYU Depth v2 has them", 1, 64, {Hdf5Type::u8, Hdf5Type::f32}, most_bytes, no_picture_or_depth};

Hdf5Rows rows_of(const std::string& path, const std::string& name, Hdf5Type type, size_t rank) {
  Hdf5File file(path, nyu_like);
  const auto found = file.datasets().find(name);
  if (found == file.datasets().end()) file.fail("has no /" + name + "; is it " + nyu_like.kind + '?');
  if (found->second.type != type || found->second.shape.size() != rank)
    file.fail("/" + name + " is not " + (rank == 4 ? "u8 [N, 3, W, H]" : "f32 [N, W, H]"));
  return std::move(file).rows(name);
}

// Both are stored column by column, as MATLAB does.
class NyuFile : public DepthSet {
 public:
  explicit NyuFile(const std::string& path)
      : path(path), images(rows_of(path, "images", Hdf5Type::u8, 4)), depths(rows_of(path, "depths", Hdf5Type::f32, 3)) {
    const auto &a = images.shape(), &b = depths.shape();
    if (a[0] < 1 || a[1] != 3 || a[0] != b[0] || a[2] != b[1] || a[3] != b[2])
      throw FileError(path, "its /images and /depths do not fit; they must be [N, 3, W, H] and [N, W, H]");
    if (a[2] > PictureLimits{}.pixels / a[3]) throw FileError(path, "has larger photographs than are read");
  }
  int64_t size() const override { return images.shape()[0]; }
  std::string name(int64_t i) const override { return path + ", photograph " + std::to_string(i); }

  DepthPair read(int64_t i) const override {
    DepthPair pair;
    const int width = pair.picture.width = pair.depth.width = static_cast<int>(images.shape()[2]);
    const int height = pair.picture.height = pair.depth.height = static_cast<int>(images.shape()[3]);
    const std::vector<uint8_t> bytes = images.read(i, 1), metres = depths.read(i, 1);
    const size_t pixels = pair.picture.pixels();
    pair.picture.rgb.resize(3 * pixels);
    pair.depth.values.resize(pixels);
    for (size_t x = 0; x < static_cast<size_t>(width); ++x)
      for (size_t y = 0; y < static_cast<size_t>(height); ++y) {
        const size_t from = x * static_cast<size_t>(height) + y, to = y * static_cast<size_t>(width) + x;
        for (size_t c = 0; c < 3; ++c) pair.picture.rgb[c * pixels + to] = static_cast<float>(bytes[c * pixels + from]) / 255.0f;
        float d;
        std::memcpy(&d, metres.data() + 4 * from, 4);
        pair.depth.values[to] = d > 0 && d < 1e6f ? d : 0;
      }
    return pair;
  }

 private:
  static_assert(std::endian::native == std::endian::little);
  std::string path;
  Hdf5Rows images, depths;
};

class Joined : public DepthSet {
 public:
  explicit Joined(std::vector<std::unique_ptr<DepthSet>> sets) : sets(std::move(sets)) {}
  int64_t size() const override {
    int64_t all = 0;
    for (const auto& set : sets) all += set->size();
    return all;
  }
  std::string name(int64_t i) const override {
    const DepthSet& set = whose(i);
    return set.name(i);
  }
  DepthPair read(int64_t i) const override {
    const DepthSet& set = whose(i);
    return set.read(i);
  }

 private:
  const DepthSet& whose(int64_t& i) const {
    size_t k = 0;
    for (; k + 1 < sets.size() && i >= sets[k]->size(); ++k) i -= sets[k]->size();
    return *sets.at(k);
  }
  std::vector<std::unique_ptr<DepthSet>> sets;
};

}  // namespace

std::unique_ptr<DepthSet> open_depth_set(const std::string& path, double unit) {
  std::error_code unreadable;
  if (!fs::exists(path, unreadable)) throw FileError(path, "there is no such file or folder; check the name");
  if (fs::is_directory(path, unreadable)) return std::make_unique<DepthFolder>(path, unit);
  if (const std::string ending = extension(path); ending == ".mat" || ending == ".h5" || ending == ".hdf5")
    return std::make_unique<NyuFile>(path);
  throw UsageError(path + ": no set of photographs with depth; name the folder they are in, or a file like NYU Depth v2's (.mat)");
}

std::unique_ptr<DepthSet> joined(std::vector<std::unique_ptr<DepthSet>> sets) { return std::make_unique<Joined>(std::move(sets)); }

}  // namespace impasto
