// What the operating system says of memory, in bytes; 0 where it says nothing.
#pragma once
#include <cstddef>
#include <string>

namespace impasto {

/// Most that this process ever had in memory (VmHWM), and what it has now (VmRSS).
size_t peak_memory();
size_t resident_memory();
/// What can be had without swapping (MemAvailable).
size_t available_memory();
/// "512 MB", "3.2 GB" (of 10^6 and 10^9).
std::string memory_text(size_t bytes);

}  // namespace impasto
