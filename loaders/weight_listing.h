// What a weight file holds (ours, Keras', ONNX, safetensors, PyTorch's or Torch7's), without asking whether it is good for anything: for
// people to look at.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace impasto {

struct WeightListing {
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;  // as in the file
    std::string type;            // f32, f16, bf16, f64, u8, ..., as in the file
    bool real = false;           // f32, f16, bf16 or f64: the numbers below are there
    double least = 0, largest = 0, mean = 0, deviation = 0;
  };
  /// Of our files; metadata of the others, with producer and opset of ONNX; of Torch7's what is under opt.
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Entry> entries;
};

/// By the end of the name (loaders/weight_format.h). Throws FileError, also for NaN and infinity, by name.
WeightListing list_weights(const std::string& path);

}  // namespace impasto
