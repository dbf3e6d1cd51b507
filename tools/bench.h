// What the benches share.
#pragma once
#include <functional>
#include <string>

namespace impasto {

struct Times {
  double median = 0, minimum = 0;  // seconds
};
/// One run to warm up, then `repeats` timed ones.
Times times_of(int repeats, const std::function<void()>& run);

struct NetBench {
  std::string net, json, save;
  int size = 512, repeats = 7;
  bool layers = false;
};
/// Times a style network's forward pass on the cpu backend. `save`: a folder for what other programs need to do the same work,
/// net.h5 with the weights, and picture.safetensors with image and painting [1, 3, H, W] as weights export's networks have them.
void bench_net(const NetBench& options);

}  // namespace impasto
