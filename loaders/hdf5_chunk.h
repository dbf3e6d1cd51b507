// Undoes the filters of one stored HDF5 chunk in our own bounds: the library's inflate grows its buffer for as long as the stream goes on.
#pragma once
#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace impasto {

/// `filters` in the order of writing (shuffle, deflate, fletcher32, each at most once); bit i of `skipped` says that filter i was left out.
/// Shuffle is over elements of `element` bytes. Throws Error if the result is not exactly `bytes` long or a checksum is wrong.
std::vector<uint8_t> decode_chunk(std::vector<uint8_t> stored, const std::vector<H5Z_filter_t>& filters, uint32_t skipped, size_t element,
                                  size_t bytes);

}  // namespace impasto
