// What every command that paints checks before it works.
#pragma once
#include <cstddef>
#include <string>

namespace impasto {

/// A file that cannot be written shall be known before the work, not after it. "" is no file and "-" standard output.
/// Throws FileError.
void check_writable(const std::string& path);

/// Compares what a picture of this size needs with what is free. Throws MemoryError with the --size that fits, and `else_use` ("",
/// " or --precision fast") behind it.
void check_memory(std::size_t needed, int width, int height, const std::string& else_use = "");

}  // namespace impasto
