#include "tools/drawn_set.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <vector>

#include "engine/error.h"
#include "tools/interrupt.h"
#include "tools/progress.h"

namespace impasto {

std::string six_digits(int number) {
  const std::string digits = std::to_string(number);
  return std::string(6 - std::min<size_t>(6, digits.size()), '0') + digits;
}

void draw_missing(const std::string& folder, int count, const std::string& what, const std::function<bool(int)>& is_there,
                  const std::function<void(int)>& draw) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) throw FileError(folder, "the folder cannot be made (" + problem.message() + "); give another one");
  std::vector<int> missing;
  for (int i = 0; i < count; i++)
    if (!is_there(i)) missing.push_back(i);
  const Interrupt interrupt;
  Progress progress(std::max(1, int(missing.size())));
  std::atomic<int> done{0};
  std::exception_ptr failure;
  std::atomic<bool> failed{false};
#pragma omp parallel for schedule(dynamic)
  for (size_t k = 0; k < missing.size(); k++) {
    if (interrupt.wanted() || failed) continue;
    try {
      draw(missing[k]);
      const int drawn = ++done;
#pragma omp critical
      progress.show(drawn, what);
    } catch (...) {
#pragma omp critical
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
  progress.end();
  if (failure) std::rethrow_exception(failure);
  if (done < int(missing.size()))
    throw Error("interrupted after " + std::to_string(done) + " of " + std::to_string(missing.size()) + ' ' + what +
                "; the same command goes on from there");
}

}  // namespace impasto
