#include "loaders/photo_squares.h"

#include "engine/error.h"
#include "loaders/crop.h"

namespace impasto {
namespace {

constexpr int far_too_small = 4;  // times smaller than the square

bool finite(const std::vector<float>& values) {
  float sum = 0;
  for (const float value : values) sum += value * 0;  // NaN stays; unlike an early exit this vectorises
  return sum == 0;
}

class PhotoSquares : public SampleSet {
 public:
  PhotoSquares(std::shared_ptr<const PictureSet> pictures, const SquareSettings& settings)
      : pictures(std::move(pictures)), settings(settings) {
    if (settings.size < 1) throw UsageError("batches need a size of at least 1, not " + std::to_string(settings.size));
  }

  int64_t size() const override { return pictures->size(); }
  std::string name(int64_t i) const override { return pictures->name(i); }
  size_t numbers() const override { return size_t{3} * static_cast<size_t>(settings.size) * static_cast<size_t>(settings.size); }

  void write(int64_t i, int64_t position, float* out) const override {
    const Picture picture = pictures->read(i, static_cast<int>(settings.augment ? most_scaled * settings.size : settings.size));
    if (std::min(picture.width, picture.height) * far_too_small < settings.size)
      throw FileError(name(i), std::to_string(picture.width) + "x" + std::to_string(picture.height) +
                                   " pixels are far too few for squares of " + std::to_string(settings.size));
    if (!finite(picture.rgb)) throw FileError(name(i), "it has values that are NaN or infinite");
    cut(picture, settings.augment ? random_crop(settings.seed, position) : Crop{}, settings.size, out);
  }

 private:
  const std::shared_ptr<const PictureSet> pictures;
  const SquareSettings settings;
};

}  // namespace

std::shared_ptr<const SampleSet> photo_squares(std::shared_ptr<const PictureSet> pictures, const SquareSettings& settings) {
  return std::make_shared<PhotoSquares>(std::move(pictures), settings);
}

}  // namespace impasto
