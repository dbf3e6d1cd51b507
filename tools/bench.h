// What the benches share. Each is one file that adds itself, with its options, to `impasto bench`.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace impasto {

struct Times {
  double median = 0, minimum = 0;  // seconds
};
/// One run to warm up, then `repeats` timed ones.
Times times_of(int repeats, const std::function<void()>& run);

void add_bench_layers(CLI::App& bench);
void add_bench_net(CLI::App& bench);
void add_bench_step(CLI::App& bench);
void add_bench_accuracy(CLI::App& bench);
void add_bench_objective(CLI::App& bench);
void add_bench_depth(CLI::App& bench);

}  // namespace impasto
