#include "tools/memory.h"

#include <cstdio>
#include <fstream>

namespace impasto {
namespace {

// "VmHWM:   123456 kB"
size_t field(const char* file, const std::string& name) {
  std::ifstream lines(file);
  for (std::string word; lines >> word;) {
    size_t kilobytes = 0;
    if (word == name + ":" && lines >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

}  // namespace

size_t peak_memory() { return field("/proc/self/status", "VmHWM"); }
size_t resident_memory() { return field("/proc/self/status", "VmRSS"); }
size_t available_memory() { return field("/proc/meminfo", "MemAvailable"); }

std::string memory_text(size_t bytes) {
  char text[32];
  if (bytes < 1'000'000'000) {
    std::snprintf(text, sizeof text, "%.0f MB", double(bytes) / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.1f GB", double(bytes) / 1e9);
  }
  return text;
}

}  // namespace impasto
