// What `impasto bench net` times: a network's weights, and the network on a backend.
#pragma once
#include <memory>
#include <string>

#include "engine/backend.h"

namespace impasto {

class BenchedNet {
 public:
  virtual ~BenchedNet() = default;
  /// Seeded noise, [1, 3, size, size], as the network takes its pictures.
  virtual Tensor noise(int size) const = 0;
  virtual Tensor forward(const Tensor& picture) const = 0;
};

class BenchedWeights {
 public:
  virtual ~BenchedWeights() = default;
  virtual std::unique_ptr<BenchedNet> on(Backend& backend) const = 0;
  virtual int least_side() const = 0;
  /// What other programs need to do the same work, in a folder that is there: the network in their formats, and picture.safetensors with
  /// image and painting [1, 3, H, W] in the numbers that these take and give.
  virtual void save(const std::string& folder, const BenchedNet& net, const Tensor& picture) const = 0;
};

/// "adain:vgg16", seeded weights for an encoder with as many, or a decoder's file with its encoder's.
std::unique_ptr<BenchedWeights> benched_adain(const std::string& net, const std::string& encoder);
bool is_adain(const std::string& net);

/// Uniform from 0 to `largest`.
Tensor bench_noise(Backend& backend, int size, double largest, uint64_t seed = 1);

}  // namespace impasto
