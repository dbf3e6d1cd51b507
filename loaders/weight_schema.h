// What weight files and checkpoints have in common: the weights, read from and written into an open file.
#pragma once
#include <string>

#include "loaders/hdf5_file.h"
#include "loaders/hdf5_writer.h"
#include "loaders/weight_file.h"

namespace impasto {

/// Whether an object is one of those that a checkpoint has beside its weights.
bool is_of_checkpoint(const std::string& name);

/// The weights alone of a file that may be a checkpoint. Throws FileError as read_weight_file does.
WeightFile read_weights(const Hdf5File& file);

/// `path` is the file's name in messages. Throws FileError as write_weight_file does.
void write_weights(Hdf5Writer& file, const std::string& path, const WeightFile& weights, Storage storage);

}  // namespace impasto
