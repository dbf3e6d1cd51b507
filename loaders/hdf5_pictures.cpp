#include "loaders/hdf5_pictures.h"

#include <algorithm>
#include <vector>

#include "engine/error.h"
#include "loaders/hdf5_rows.h"

namespace impasto {
namespace {

const std::string images = "/images";
constexpr int64_t most_bytes = int64_t{1} << 42;  // nothing is read whole, so this guards sums only
constexpr int64_t largest_chunk = int64_t{64} << 20;

const Profile style_data_set{"a set of photographs", 4, 64, {Hdf5Type::u8}, most_bytes};

std::string group_of(const std::string& dataset) { return dataset.substr(0, dataset.size() - images.size()); }

/// The data set of that split.
std::string choose(const std::string& path, const std::vector<std::string>& found, Split wanted) {
  std::vector<std::string> fitting;
  std::copy_if(found.begin(), found.end(), std::back_inserter(fitting),
               [&](const std::string& name) { return split_named(group_of(name)) == wanted; });
  if (fitting.size() == 1) return fitting[0];
  if (found.size() == 1 && wanted == Split::train) return found[0];
  if (found.size() == 1 && split_named(group_of(found[0])) != Split::train) return found[0];
  std::string list;
  for (const std::string& name : found) list += (list.empty() ? "/" : ", /") + name;
  throw UsageError(path + ": which photographs are for " + (wanted == Split::train ? "training" : "validation") +
                   " cannot be told, there is " + list + "; exactly one group is to be called " +
                   (wanted == Split::train ? "train" : "val") + " or like that with a number");
}

void check(const std::string& path, const std::string& name, const std::vector<int64_t>& shape) {
  if (shape.size() != 4 || shape[1] != 3)
    throw FileError(path, name + " is not of shape [N, 3, H, W]; photographs lie as planes of red, green and blue");
  if (shape[2] > PictureLimits{}.pixels / shape[3])
    throw FileError(path, name + " has photographs of " + std::to_string(shape[3]) + 'x' + std::to_string(shape[2]) +
                              " pixels, more than are read; make it anew of smaller ones");
}

Hdf5Rows open_rows(const std::string& path, Split split) {
  Hdf5File file(path, style_data_set);
  std::vector<std::string> found;
  for (const auto& [name, dataset] : file.datasets())
    if (name.ends_with(images)) found.push_back(name);
  if (found.empty())
    file.fail("has no photographs (/train2014/images, u8 [N, 3, H, W], would be some); is it " + style_data_set.kind + '?');
  const std::string name = choose(path, found, split);
  check(path, name, file.datasets().at(name).shape);
  return std::move(file).rows(name);
}

class Hdf5Pictures : public PictureSet {
 public:
  Hdf5Pictures(const std::string& path, Split split) : path(path), rows(open_rows(path, split)) {
    if (rows.chunk() > largest_chunk)
      throw FileError(path, "has chunks of " + std::to_string(rows.chunk() >> 20) +
                                " MiB, each of which would be read for one photograph; save it with chunks of one photograph");
  }
  int64_t size() const override { return rows.shape()[0]; }
  std::string name(int64_t i) const override { return path + ", photograph " + std::to_string(i); }
  Picture read(int64_t i, int) const override {
    const std::vector<uint8_t> bytes = rows.read(i, 1);
    Picture picture;
    picture.width = static_cast<int>(rows.shape()[3]);
    picture.height = static_cast<int>(rows.shape()[2]);
    picture.rgb.resize(bytes.size());
    std::transform(bytes.begin(), bytes.end(), picture.rgb.begin(), [](uint8_t byte) { return static_cast<float>(byte) / 255.0f; });
    return picture;
  }

 private:
  std::string path;
  Hdf5Rows rows;
};

}  // namespace

std::unique_ptr<PictureSet> open_hdf5_pictures(const std::string& path, Split split) { return std::make_unique<Hdf5Pictures>(path, split); }

}  // namespace impasto
