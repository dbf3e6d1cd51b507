// What masks cost: Gatys steps at 512x512 without and with a content mask and a style mask, in turn, in one process.
//   build/release/bench/bench_mask_cost        needs `impasto weights get vgg16`
// Prints the median of 20 steps of each and their ratio; before it, how far the losses under masks of ones are from those without.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "engine/optimizer.h"
#include "kernels/cpu/backend.h"
#include "nets/objective.h"
#include "nets/vgg_file.h"
#include "tools/cache.h"

using namespace impasto;

namespace {

constexpr int side = 512, steps = 20;

Tensor picture(const Vgg& network, uint64_t key) {
  Backend& backend = network.backend();
  Tensor noise(backend, {1, 3, side, side}, backend.lanes_for(3)), x = noise.like();
  backend.random_normal(key, 0, noise);
  backend.unary(Unary::affine, 50, 0, noise, x);
  return x;
}

/// One picture on its way, by Adam.
class Painting {
 public:
  Painting(const Vgg& network, const std::optional<Mask>& mask) : objective_(network, settings(mask)), picture_(picture(network, 3), true) {
    objective_.set_content(picture(network, 1), mask);
    objective_.set_style({picture(network, 2)}, {}, mask ? std::vector<Mask>{*mask} : std::vector<Mask>{});
  }
  double loss() const {
    const NoGrad no_grad;
    return scalar(objective_.evaluate(picture_).total.value());
  }
  double step_seconds() {
    const auto begin = std::chrono::steady_clock::now();
    adam_.clear_grads();
    const Objective::Losses losses = objective_.evaluate(picture_);
    backward(losses.total);
    adam_.step();
    scalar(losses.total.value());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  static ObjectiveSettings settings(const std::optional<Mask>& mask) {
    ObjectiveSettings settings;
    settings.masked_paintings = mask ? 1 : 0;
    return settings;
  }
  Objective objective_;
  Variable picture_;
  Adam adam_{{picture_}, {.rate = 3}};
};

double median(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  return (seconds[(seconds.size() - 1) / 2] + seconds[seconds.size() / 2]) / 2;
}

}  // namespace

int main() {
  try {
    const auto backend = make_cpu_backend();
    const Vgg network(*backend, read_vgg(cached_weights("vgg16")), ObjectiveSettings{}.layers());
    Painting plain(network, {});
    const double wanted = plain.loss();
    const double found = Painting(network, make_mask(parse_mask("gradient:top:linear(1,1)"), side, side)).loss();
    std::printf("masks of ones: loss %.7g, without %.7g, relative difference %.1e\n", found, wanted, std::abs(found / wanted - 1));
    Painting masked(network, make_mask(parse_mask("gradient:top:sigmoid(20,0.5)"), side, side));
    plain.step_seconds();
    masked.step_seconds();
    std::vector<double> plain_seconds, masked_seconds;
    for (int i = 0; i < steps; i++) {
      plain_seconds.push_back(plain.step_seconds());
      masked_seconds.push_back(masked.step_seconds());
    }
    const double a = median(plain_seconds), b = median(masked_seconds);
    std::printf("step at %dx%d, median of %d: plain %.4f s, masked %.4f s, ratio %.4f\n", side, side, steps, a, b, b / a);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_mask_cost: %s\n", error.what());
    return 1;
  }
}
