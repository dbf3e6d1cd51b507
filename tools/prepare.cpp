#include "tools/prepare.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "tools/memory.h"

namespace impasto {

void check_writable(const std::string& path) {
  if (path.empty() || path == "-" || (std::filesystem::exists(path) && !std::filesystem::is_regular_file(path))) return;
  const AtomicFile probe(path);
}

void make_folder(const std::string& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) throw FileError(folder, "this folder cannot be made (" + problem.message() + "); choose another -o");
}

void check_memory(std::size_t needed, int width, int height, const std::string& else_use) {
  const std::size_t there = available_memory();
  if (there == 0 || needed <= there) return;
  const int fits = std::max(1, int(std::max(width, height) * std::sqrt(double(there) / double(needed)) * 0.95));
  throw MemoryError("this needs " + memory_text(needed) + " and " + memory_text(there) + " are free: use --size " + std::to_string(fits) +
                    else_use);
}

void check_distinct(const std::vector<std::pair<std::string, std::string>>& files) {
  std::map<std::string, std::string> written;
  for (const auto& [flag, name] : files) {
    if (name.empty()) continue;
    const auto [there, first] = written.emplace(name, flag);
    if (!first)
      throw UsageError(flag + " and " + there->second + " would both write " + (name == "-" ? "to standard output" : name));
  }
}

}  // namespace impasto
