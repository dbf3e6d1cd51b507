#include "nets/depth_loss.h"

#include <algorithm>
#include <cmath>

#include "engine/random.h"
#include "layers/arithmetic.h"
#include "layers/losses.h"
#include "layers/mean.h"
#include "layers/pooling.h"
#include "layers/total_variation.h"
#include "nets/activations.h"
#include "nets/objective_settings.h"

namespace impasto {
namespace {

constexpr int scales = 4;
constexpr float farthest = 2.485f;  // log 12, from the usual depth
constexpr float sky = 1000;         // times as far as the nearest place

int relation(float a, float b) { return a > ranked_ratio * b ? 1 : b > ranked_ratio * a ? -1 : 0; }

// Draws until both pixels are known, as often as it takes for all pairs of a picture that has enough of them.
std::vector<RankedPair> drawn_pairs(const float* depth, int width, int height, int count, uint64_t key) {
  std::vector<RankedPair> pairs;
  uint64_t position = 0;
  const auto draw = [&](int limit) { return int(random::uniform(key, position++) * float(limit)); };
  const int near = std::max(1, width / 8);
  for (int tried = 0; tried < 8 * count && int(pairs.size()) < count; tried++) {
    const int x = draw(width), y = draw(height);
    int x2 = draw(width), y2 = draw(height);
    if (tried % 4 == 3) {
      x2 = std::clamp(x + draw(2 * near + 1) - near, 0, width - 1);
      y2 = std::clamp(y + draw(2 * near + 1) - near, 0, height - 1);
    }
    const int a = y * width + x, b = y2 * width + x2;
    if (a != b && depth[a] > 0 && depth[b] > 0) pairs.push_back({a, b, relation(depth[a], depth[b])});
  }
  return pairs;
}

// The median of what is no sky.
float usual_depth(const float* depth, size_t pixels) {
  float nearest = 0;
  for (size_t p = 0; p < pixels; p++)
    if (depth[p] > 0 && (nearest == 0 || depth[p] < nearest)) nearest = depth[p];
  std::vector<float> land;
  for (size_t p = 0; p < pixels; p++)
    if (depth[p] > 0 && depth[p] < sky * nearest) land.push_back(depth[p]);
  if (land.empty()) return 1;
  std::nth_element(land.begin(), land.begin() + ptrdiff_t(land.size() / 2), land.end());
  return land[land.size() / 2];
}

// The logarithm, as far as it counts; 0 where nothing is known.
void take_logarithms(const float* depth, size_t pixels, float* log_depth, float* known) {
  const float usual = usual_depth(depth, pixels);
  for (size_t p = 0; p < pixels; p++) {
    known[p] = depth[p] > 0 ? 1 : 0;
    log_depth[p] = depth[p] > 0 ? std::clamp(std::log(depth[p] / usual), -farthest, farthest) : 0;
  }
}

// Into a tensor that keeps its place while its shape stays.
void put(Backend& backend, Shape shape, const std::vector<float>& values, Tensor& to) {
  if (!to.defined() || to.shape() != shape) to = Tensor(backend, shape, 1, backend.master_dtype());
  backend.upload(values.data(), to);
}

}  // namespace

DepthTarget depth_target(const std::vector<const float*>& depths, int width, int height, const DepthLossSettings& settings, uint64_t seed,
                         int64_t first) {
  const size_t pixels = size_t(width) * size_t(height);
  DepthTarget target{width, height, std::vector<float>(depths.size() * pixels), std::vector<float>(depths.size() * pixels), {}};
  for (size_t n = 0; n < depths.size(); n++) {
    take_logarithms(depths[n], pixels, target.log_depth.data() + n * pixels, target.known.data() + n * pixels);
    const random::Block key = random::block(~seed, uint64_t(first) + n);
    target.pairs.push_back(drawn_pairs(depths[n], width, height, settings.pairs, uint64_t(key.word[0]) << 32 | key.word[1]));
    target.pairs.back().resize(size_t(settings.pairs), {0, 0, 0});
  }
  return target;
}

DepthLoss::DepthLoss(Backend& backend, const DepthLossSettings& settings) : backend_(&backend), settings_(settings) {
  check_weight("rank", settings.rank_weight);
  check_weight("log", settings.log_weight);
  check_weight("gradient", settings.gradient_weight);
  if (!(settings.rank_weight + settings.log_weight + settings.gradient_weight > 0))
    throw UsageError("nothing of depth has a weight above 0, so there is nothing to learn");
  if (settings.pairs < 1) throw UsageError("pictures need at least one pair of pixels");
}

void DepthLoss::set_target(const DepthTarget& target) {
  const int images = int(target.pairs.size()), pixels = target.width * target.height;
  const Shape map{images, 1, target.height, target.width}, each{images, 1, 1, 1};
  std::vector<float> part(target.known), inverse_count;
  for (int n = 0; n < images; n++) {
    float* known = part.data() + ptrdiff_t(n) * pixels;
    const float count = std::max(1.0f, float(std::count(known, known + pixels, 1.0f)));
    for (int p = 0; p < pixels; p++) known[p] /= std::sqrt(count * float(images));
    inverse_count.push_back(float(pixels) / count);
  }
  put(*backend_, map, target.log_depth, log_depth_);
  put(*backend_, map, target.known, known_);
  put(*backend_, map, part, part_);
  put(*backend_, each, inverse_count, inverse_count_);
  const RankedPairTable table = ranked_pairs(target.pairs);
  put(*backend_, table.shape, table.values, pairs_);
}

// d less its mean over the known pixels of its picture, 0 at the others.
Variable DepthLoss::centred(const Variable& z) const {
  const Variable known(known_), d = (z - Variable(log_depth_)) * known;
  return (d - spatial_mean(d) * Variable(inverse_count_)) * known;
}

DepthLoss::Losses DepthLoss::operator()(const Variable& map) const {
  if (!log_depth_.defined() || map.shape() != log_depth_.shape())
    throw ShapeError("a map of depth of " + map.shape().text() + " has no target of that size");
  const Variable z = as_planar(map);
  Losses losses;
  const auto add = [&](Variable& term, const Variable& value) {
    term = value;
    losses.total = losses.total.defined() ? losses.total + value : value;
  };
  if (settings_.rank_weight > 0)
    add(losses.rank, ranking(scale(z, settings_.sharpness), pairs_, settings_.rank_weight / (double(z.shape().n) * pairs_.shape().w)));
  if (!(settings_.log_weight + settings_.gradient_weight > 0)) return losses;
  Variable d = centred(z);
  if (settings_.log_weight > 0) {
    Tensor zero = part_.like();
    backend_->fill(zero, 0);
    add(losses.log, loss(Loss::squared, d, zero, part_, settings_.log_weight));
  }
  if (settings_.gradient_weight > 0) {
    Variable sum;
    for (int s = 0; s < scales && d.shape().h > 1 && d.shape().w > 1; s++) {
      if (s > 0) d = average_pool(d, 2, 2);
      const Variable variation = total_variation(d, Variation::absolute, settings_.gradient_weight / double(d.shape().elements()));
      sum = sum.defined() ? sum + variation : variation;
    }
    if (sum.defined()) add(losses.gradient, sum);
  }
  return losses;
}

double wrongly_ordered(const DepthTarget& target, const std::vector<float>& z) {
  const size_t pixels = size_t(target.width) * size_t(target.height);
  int64_t wrong = 0, all = 0;
  for (size_t n = 0; n < target.pairs.size(); n++)
    for (const RankedPair& pair : target.pairs[n]) {
      if (pair.relation == 0) continue;
      all++;
      const float difference = z[n * pixels + size_t(pair.a)] - z[n * pixels + size_t(pair.b)];
      wrong += !(difference * float(pair.relation) > 0);
    }
  return all > 0 ? double(wrong) / double(all) : 0;
}

}  // namespace impasto
