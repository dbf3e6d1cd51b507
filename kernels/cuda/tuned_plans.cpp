#include "kernels/cuda/tuned_plans.h"

#include <fstream>
#include <sstream>

#include "engine/error.h"

namespace impasto {

TunedPlans::TunedPlans(std::string path, std::string device) : path_(std::move(path)), device_(std::move(device)) {
  std::ifstream file(path_);
  for (std::string line, device_name, convolution, engine; std::getline(file, line);) {
    std::istringstream fields(line);
    if (!std::getline(fields, device_name, '\t') || !std::getline(fields, convolution, '\t') || !std::getline(fields, engine)) continue;
    if (device_name == device_) engines_[convolution] = engine;
  }
}

std::string TunedPlans::find(const std::string& convolution) const {
  const auto it = engines_.find(convolution);
  return it == engines_.end() ? "" : it->second;
}

void TunedPlans::keep(const std::string& convolution, const std::string& engine) {
  engines_[convolution] = engine;
  std::ofstream file(path_, std::ios::app);
  file << device_ + '\t' + convolution + '\t' + engine + '\n' << std::flush;  // one write, so that lines of two processes stay whole
  if (!file) throw FileError(path_, "cannot be written; give another file for the tuned plans");
}

}  // namespace impasto
