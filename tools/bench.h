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
  std::string net, json;
  int size = 512, repeats = 7;
  bool layers = false;
};
/// Times a style network's forward pass on the cpu backend.
void bench_net(const NetBench& options);

}  // namespace impasto
