// What `impasto bench step` is asked for.
#pragma once
#include <string>

namespace impasto {

struct StepBench {
  std::string kind = "gatys", net = "transform:pytorch-examples", vgg, json, folder;
  int size = 0, batch = 4, repeats = 7;  // size 0: 512 for gatys, 256 for train
  bool depth = false, layers = false;
};
/// Times whole steps, forward, backward and Adam, on the cpu backend. Throws UsageError for an unknown kind.
void bench_step(const StepBench& options);

}  // namespace impasto
