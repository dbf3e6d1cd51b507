// What every command that paints or trains checks before it works.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace impasto {

/// A file that cannot be written shall be known before the work, not after it. "" is no file and "-" standard output.
/// Throws FileError.
void check_writable(const std::string& path);

/// A folder for results, unless it is there. Throws FileError.
void make_folder(const std::string& folder);

/// Flags and the files they name; "" is none. Throws UsageError for two that would write the same.
void check_distinct(const std::vector<std::pair<std::string, std::string>>& files);

/// Compares what a picture of this size needs with what is free. Throws MemoryError with the --size that fits, and `else_use` ("",
/// " or --precision fast") behind it.
void check_memory(std::size_t needed, int width, int height, const std::string& else_use = "");

}  // namespace impasto
