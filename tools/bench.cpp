// impasto bench: one file of this folder each.
#include "tools/bench.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/command.h"

namespace impasto {

Times times_of(int repeats, const std::function<void()>& run) {
  std::vector<double> seconds;
  for (int i = 0; i <= repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    if (i > 0) seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front()};
}

void add_bench_command(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "measure this machine");
  bench->require_subcommand(1);
  add_bench_layers(*bench);
  add_bench_net(*bench);
  add_bench_step(*bench);
  add_bench_accuracy(*bench);
  add_bench_objective(*bench);
  add_bench_depth(*bench);
}

}  // namespace impasto
