// safetensors: named arrays behind a JSON header, as Hugging Face's library writes them. https://github.com/huggingface/safetensors
#pragma once
#include <map>
#include <string>

#include "loaders/arrays.h"
#include "loaders/weight_file.h"

namespace impasto {

struct Safetensors {
  NamedArrays arrays;  // shapes as in the file, whose writer decides on the order of axes
  std::map<std::string, std::string> metadata;
};

/// Tensors of type F32, F16, BF16 and F64; those of integers, such as num_batches_tracked, are passed over. Takes the memory of the
/// result and of the largest tensor. Throws FileError, also for NaN and infinity, by name.
Safetensors read_safetensors(const std::string& path);

/// Appears under its name whole or not at all. Throws FileError, also for NaN, infinity, and values that f16 cannot hold.
void write_safetensors(const std::string& path, const Safetensors& weights, Storage storage = Storage::f32);

}  // namespace impasto
