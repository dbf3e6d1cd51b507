// Grids: the blocks one after the other in the order of the settings, with CUDA's limits on a launch.
#include "kernels/emulator/emulator.h"

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/emulator/machine.h"
#include "kernels/emulator/write_once.h"

namespace impasto::emulator {
namespace {

// What every GPU from compute capability 8.0 on refuses; shared memory as on 9.0.
void check(const Launch& launch) {
  constexpr int max_threads = 1024, max_grid_yz = 65535;
  constexpr std::size_t max_shared_bytes = 227 * 1024;
  const auto [x, y, z, beside] = launch.grid;
  const auto refuse = [](const std::string& what) { throw Failure("a launch that CUDA refuses: " + what); };
  if (launch.threads < 1 || launch.threads > max_threads) refuse(std::to_string(launch.threads) + " threads in a block");
  if (x < 1 || y < 1 || z < 1 || y > max_grid_yz || z > max_grid_yz)
    refuse("a grid of " + std::to_string(x) + " x " + std::to_string(y) + " x " + std::to_string(z));
  if (beside != 1) refuse("blocks beside each other, which for_launches() would have put together");
  if (launch.shared_bytes > max_shared_bytes) refuse(std::to_string(launch.shared_bytes) + " bytes of shared memory");
}

void run_blocks(const Kernel& kernel, const Launch& launch, Settings settings, TurnWatcher* watcher) {
  check(launch);
  std::vector<std::int64_t> blocks;
  Permuter(settings, 0).permute(blocks, static_cast<std::size_t>(launch.grid.x) * launch.grid.y * launch.grid.z);
  for (const std::int64_t block : blocks) machine().run_block(kernel, launch, block, settings, watcher);
}

}  // namespace

void run_grid(const Kernel& kernel, const Launch& launch, Settings settings) { run_blocks(kernel, launch, settings, nullptr); }

void run_grid_write_once(const Kernel& kernel, const Launch& launch, std::initializer_list<Output> outputs, Settings settings) {
  WriteOnce watch(outputs, 0xff);
  run_blocks(kernel, launch, settings, &watch);
  if (!watch.complete()) {
    WriteOnce again(outputs, 0x00);
    run_blocks(kernel, launch, settings, &again);
    if (const std::string missing = again.first_unwritten(watch); !missing.empty()) throw Failure("not written: " + missing);
  }
  watch.deliver();
}

}  // namespace impasto::emulator
