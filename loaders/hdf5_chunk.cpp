#include "loaders/hdf5_chunk.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "engine/error.h"

namespace impasto {
namespace {

constexpr size_t checksum_bytes = 4;

std::vector<uint8_t> inflated(const std::vector<uint8_t>& stored, size_t most) {
  if (most > std::numeric_limits<uInt>::max() || stored.size() > std::numeric_limits<uInt>::max()) throw Error("a chunk is over 4 GiB");
  std::vector<uint8_t> plain(most);
  z_stream stream{};
  stream.next_in = const_cast<Bytef*>(stored.data());
  stream.avail_in = static_cast<uInt>(stored.size());
  stream.next_out = plain.data();
  stream.avail_out = static_cast<uInt>(most);
  if (inflateInit(&stream) != Z_OK) throw Error("zlib does not start");
  const int end = inflate(&stream, Z_FINISH);
  const size_t got = most - stream.avail_out;
  inflateEnd(&stream);
  if (end == Z_BUF_ERROR && got == most) throw Error("a compressed chunk holds more than it may");
  if (end != Z_STREAM_END) throw Error("a compressed chunk is damaged");
  plain.resize(got);
  return plain;
}

std::vector<uint8_t> unshuffled(const std::vector<uint8_t>& planes, size_t element) {
  const size_t count = planes.size() / element;
  std::vector<uint8_t> plain(planes);  // bytes after the last whole element stay where they are
  for (size_t byte = 0; byte < element; ++byte)
    for (size_t i = 0; i < count; ++i) plain[i * element + byte] = planes[byte * count + i];
  return plain;
}

// Fletcher's checksum over big-endian 16-bit words modulo 65535, as the library computes it; an odd last byte is a word's upper half.
uint32_t fletcher32(const uint8_t* data, size_t size) {
  uint64_t sum1 = 0, sum2 = 0;
  for (size_t i = 0; i < size; i += 2) {
    sum1 = (sum1 + (data[i] << 8 | (i + 1 < size ? data[i + 1] : 0))) % 65535;
    sum2 = (sum2 + sum1) % 65535;
  }
  return static_cast<uint32_t>(sum2 << 16 | sum1);
}

// The library folds its sums instead of dividing, so that a sum of 65535 and one of 0 are the same to it.
bool same_sum(uint32_t stored, uint32_t computed) {
  return (stored >> 16) % 65535 == computed >> 16 && (stored & 0xffff) % 65535 == (computed & 0xffff);
}

void drop_checksum(std::vector<uint8_t>& bytes) {
  if (bytes.size() < checksum_bytes) throw Error("a chunk is shorter than its checksum");
  const size_t size = bytes.size() - checksum_bytes;
  const uint8_t* tail = bytes.data() + size;
  const uint32_t stored = tail[0] | tail[1] << 8 | tail[2] << 16 | uint32_t{tail[3]} << 24;
  if (!same_sum(stored, fletcher32(bytes.data(), size))) throw Error("a chunk's checksum is wrong");
  bytes.resize(size);
}

}  // namespace

std::vector<uint8_t> decode_chunk(std::vector<uint8_t> stored, const std::vector<H5Z_filter_t>& filters, uint32_t skipped, size_t element,
                                  size_t bytes) {
  for (size_t i = filters.size(); i-- > 0;) {
    if (skipped >> i & 1) continue;
    if (filters[i] == H5Z_FILTER_DEFLATE) stored = inflated(stored, bytes + checksum_bytes);
    if (filters[i] == H5Z_FILTER_SHUFFLE && element > 1) stored = unshuffled(stored, element);
    if (filters[i] == H5Z_FILTER_FLETCHER32) drop_checksum(stored);
  }
  if (stored.size() != bytes)
    throw Error("a chunk has " + std::to_string(stored.size()) + " bytes where " + std::to_string(bytes) + " belong");
  return stored;
}

}  // namespace impasto
