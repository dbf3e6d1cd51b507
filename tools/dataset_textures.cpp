#include "tools/dataset_textures.h"

#include <atomic>
#include <exception>
#include <filesystem>
#include <iostream>

#include "engine/error.h"
#include "tools/interrupt.h"
#include "tools/progress.h"
#include "tools/texture_picture.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

std::string name_of(const std::string& folder, int i) {
  const std::string number = std::to_string(i);
  return (fs::path(folder) / ("texture_" + std::string(6 - std::min<size_t>(6, number.size()), '0') + number + ".jpg")).string();
}

}  // namespace

void make_textures(const TexturesOptions& o) {
  std::error_code problem;
  fs::create_directories(o.out, problem);
  if (problem) throw FileError(o.out, "the folder cannot be made (" + problem.message() + "); give another one");
  std::vector<int> missing;
  for (int i = 0; i < o.count; i++)
    if (!fs::exists(name_of(o.out, i))) missing.push_back(i);
  const Interrupt interrupt;
  Progress progress(std::max(1, int(missing.size())));
  std::atomic<int> done{0};
  std::exception_ptr failure;
  std::atomic<bool> failed{false};
#pragma omp parallel for schedule(dynamic)
  for (size_t k = 0; k < missing.size(); k++) {
    if (interrupt.wanted() || failed) continue;
    try {
      write_picture(name_of(o.out, missing[k]), texture_picture(o.seed * 0x9E3779B97F4A7C15u + uint64_t(missing[k]), o.size));
      const int count = ++done;
#pragma omp critical
      progress.show(count, "textures");
    } catch (...) {
#pragma omp critical
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
  progress.end();
  if (failure) std::rethrow_exception(failure);
  if (done < int(missing.size()))
    throw Error("interrupted after " + std::to_string(done) + " of " + std::to_string(missing.size()) +
                " textures; the same command goes on from there");
  std::cout << o.out << ": " << o.count << " textures of " << o.size << 'x' << o.size << '\n';
}

}  // namespace impasto
