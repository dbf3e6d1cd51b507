// SHA-256 (FIPS 180-4) of bytes as they come, and of whole files. The digest is 64 small hexadecimal digits.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace impasto {

class Sha256 {
 public:
  void add(const void* data, size_t size);
  /// Ends the message; nothing may be added after it.
  std::string hex();

 private:
  void block(const uint8_t* bytes);

  std::array<uint32_t, 8> state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> pending{};
  uint64_t length = 0;  // bytes added so far
};

std::string sha256(const std::string& bytes);

/// Throws FileError if the file cannot be read to its end.
std::string sha256_file(const std::string& path);

}  // namespace impasto
