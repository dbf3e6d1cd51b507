// Our own weight file, format 1: HDF5 with what the network is, how it was made, and its parameters under /parameters.
// Convolution weights (rank 4) are [K, C/groups, R, S] in memory and [K, R, S, C/groups] in the file.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loaders/arrays.h"

namespace impasto {

enum class Storage { f32, f16 };

struct WeightFile {
  struct Preview {
    int64_t height, width;
    std::vector<uint8_t> rgb;  // [height, width, 3]
  };
  struct Style {
    std::string name, painting;
  };

  std::string architecture, settings, licence, provenance, created_by, preprocessing;  // settings is JSON
  NamedArrays parameters;
  std::map<std::string, bool> trainable;  // a parameter that is not listed is trainable
  std::vector<Style> styles;              // of nets that hold several, in the order of their conditional rows
  std::optional<Preview> preview;
  std::string content_hash;  // filled by reading; writing computes it anew
};

/// SHA-256 over the arrays in name order, each as: length of the name, name, rank, dims (lengths and dims as little-endian u64),
/// values as little-endian f32, all in the order of memory.
std::string content_hash(const NamedArrays& arrays);

/// Also reads the weights of a checkpoint. Throws FileError if anything is missing, not ours, not finite or not what the hash says.
WeightFile read_weight_file(const std::string& path);
/// The same without parameters, preview and content hash, which takes no time however large the file is.
WeightFile read_weight_description(const std::string& path);
/// Whether the HDF5 file is of our schema: only ours name their parameters so. (Attributes of a file of unknown origin are
/// better not asked for.) Throws FileError if it is no HDF5 file that may be read.
bool is_weight_file(const std::string& path);
/// What network an HDF5 file of our schema holds; empty for another one. Throws FileError as is_weight_file does.
std::string weight_file_architecture(const std::string& path);

/// Appears under its name whole or not at all. With f16 the hash is that of the rounded values. Throws FileError, also for
/// NaN, infinity, and values that f16 cannot hold.
void write_weight_file(const std::string& path, const WeightFile& weights, Storage storage = Storage::f32);

}  // namespace impasto
