// impasto info: what this program can use here, and what it lacks and why.
#include <omp.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <vector>

#include "kernels/cpu/backend.h"
#include "kernels/cpu/processor.h"
#include "kernels/cuda_module.h"
#include "loaders/libraries.h"
#include "tools/cache.h"
#include "tools/command.h"

namespace impasto {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> weights_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code none;  // a folder that is not there yet holds nothing
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".h5") names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string cuda_text() {
  const CudaStatus& cuda = cuda_status();
  if (cuda.works()) return text_of(cuda.device);
  return "missing: " + cuda.problem + (cuda.device.runtime ? " (" + text_of(cuda.device) + ")" : "");
}

void info() {
  std::vector<std::string> libraries = loader_libraries();
  libraries.insert(libraries.begin(), convolution_library());
  const std::string folder = cache_folder();
  const std::vector<std::string> weights = weights_in(folder);
  std::cout << "impasto " << program_version << '\n'
            << "  processor          " << cpu_features() << '\n'
            << "  compiled for       " << compiled_architecture() << ": " << compiled_features() << '\n'
            << "  backend cpu        " << cpu_lanes() << " lanes, " << omp_get_max_threads() << " threads, bf16 "
            << (cpu_has_bf16() ? "native" : "without native arithmetic") << '\n'
            << "  backend reference  plain loops in f32 and f64, for checking\n"
            << "  backend cuda       " << cuda_text() << '\n'
            << "  libraries          " << joined(libraries) << '\n'
            << "  cache              " << folder << '\n'
            << "  weights there      "
            << (weights.empty() ? "none; `impasto weights get styles26` fetches 26 styles, vgg16 what optimize needs" : joined(weights))
            << '\n';
}

}  // namespace

void add_info_command(CLI::App& app) { app.add_subcommand("info", "Backends, processor, libraries, cached weights")->callback(info); }

}  // namespace impasto
