// GPUs that are described and need not be there.
#pragma once
#include <fstream>
#include <iterator>
#include <string>

#include "kernels/cuda/cudnn_graph.h"

namespace impasto {

/// name: that of a file beside this one, without ".json".
inline CudnnDevice described(const std::string& name) {
  std::ifstream file(std::string(IMPASTO_TEST_DEVICES) + "/" + name + ".json");
  return CudnnDevice(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace impasto
