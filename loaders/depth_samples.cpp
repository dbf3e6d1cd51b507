#include "loaders/depth_samples.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "loaders/crop.h"
#include "loaders/resize.h"
#include "loaders/training_order.h"

namespace impasto {
namespace {

constexpr double least_known = 0.05;

struct Rectangle {
  int left, top, width, height;
};

class DepthSamples : public SampleSet {
 public:
  DepthSamples(std::shared_ptr<const DepthSet> pairs, const DepthSampleSettings& settings) : pairs(std::move(pairs)), settings(settings) {}

  int64_t size() const override { return pairs->size(); }
  std::string name(int64_t i) const override { return pairs->name(i); }
  size_t numbers() const override { return 4 * pixels(); }

  void write(int64_t i, int64_t position, float* out) const override {
    const DepthPair pair = pairs->read(i);
    const random::Block drawn = training_block(settings.seed, TrainingStream::crops, position, 0);
    const bool flipped = settings.augment && random::uniform_from(drawn.word[3]) < 0.5f;
    const Rectangle part = place(pair.picture, drawn);
    const Picture colour = resize(rectangle(pair.picture, part.left, part.top, part.width, part.height), settings.width, settings.height);
    std::copy(colour.rgb.begin(), colour.rgb.end(), out);
    const double known = copy_depth(pair.depth, part, out + 3 * pixels());
    if (known < least_known) throw FileError(name(i), "too little of its depth is known");
    if (settings.augment) change_colours(position, out);
    if (flipped)
      for (int row = 0; row < 4 * settings.height; ++row) std::reverse(out + row * settings.width, out + (row + 1) * settings.width);
  }

 private:
  size_t pixels() const { return static_cast<size_t>(settings.width) * static_cast<size_t>(settings.height); }

  Rectangle place(const Picture& picture, const random::Block& drawn) const {
    const auto part = [&](int k) { return settings.augment ? static_cast<double>(random::uniform_from(drawn.word[k])) : 0.5; };
    const double share = settings.augment ? least_depth_crop + (1 - least_depth_crop) * part(0) : 1;
    const double scale = share * std::min(double(picture.width) / settings.width, double(picture.height) / settings.height);
    const int width = std::clamp(static_cast<int>(std::lround(scale * settings.width)), 1, picture.width);
    const int height = std::clamp(static_cast<int>(std::lround(scale * settings.height)), 1, picture.height);
    return {static_cast<int>(std::lround(part(1) * (picture.width - width))),
            static_cast<int>(std::lround(part(2) * (picture.height - height))), width, height};
  }

  // Returns how much of it is known.
  double copy_depth(const Plane& depth, const Rectangle& part, float* out) const {
    size_t known = 0;
    for (int y = 0; y < settings.height; ++y)
      for (int x = 0; x < settings.width; ++x) {
        const int from_x = part.left + static_cast<int>((x + 0.5) * part.width / settings.width);
        const int from_y = part.top + static_cast<int>((y + 0.5) * part.height / settings.height);
        const float d = depth.values[static_cast<size_t>(from_y) * static_cast<size_t>(depth.width) + static_cast<size_t>(from_x)];
        *out++ = d;
        known += d > 0;
      }
    return static_cast<double>(known) / static_cast<double>(pixels());
  }

  // Brightness, contrast by a power, and the white of the light, each up to about a fifth; now and then no colour at all.
  void change_colours(int64_t position, float* out) const {
    const random::Block first = training_block(settings.seed, TrainingStream::colours, position, 0);
    const random::Block second = training_block(settings.seed, TrainingStream::colours, position, 1);
    const auto around = [](uint32_t word, float reach) { return 1 + reach * (2 * random::uniform_from(word) - 1); };
    const float power = std::pow(1.5f, 2 * random::uniform_from(first.word[0]) - 1), gain = around(first.word[1], 0.2f);
    const bool grey = random::uniform_from(second.word[0]) < 0.1f;
    for (size_t p = 0; p < pixels(); ++p) {
      const float mean = (out[p] + out[p + pixels()] + out[p + 2 * pixels()]) / 3;
      for (size_t c = 0; c < 3; ++c) {
        const float v = (grey ? mean : out[c * pixels() + p]) * gain *
                        around(c == 1   ? first.word[2]
                               : c == 2 ? first.word[3]
                                        : second.word[1],
                               0.12f);
        out[c * pixels() + p] = std::clamp(std::pow(std::max(v, 0.0f), power), 0.0f, 1.0f);
      }
    }
  }

  const std::shared_ptr<const DepthSet> pairs;
  const DepthSampleSettings settings;
};

}  // namespace

std::shared_ptr<const SampleSet> depth_samples(std::shared_ptr<const DepthSet> pairs, const DepthSampleSettings& settings) {
  return std::make_shared<DepthSamples>(std::move(pairs), settings);
}

}  // namespace impasto
