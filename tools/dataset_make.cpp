#include "tools/dataset_make.h"

#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "engine/error.h"
#include "loaders/dataset_part.h"
#include "loaders/dataset_pixels.h"
#include "loaders/extension.h"
#include "loaders/picture_set.h"
#include "tools/interrupt.h"
#include "tools/progress.h"

namespace impasto {
namespace {

/// Photographs for training and behind them those for validation, as the plan numbers them.
struct Sources {
  std::unique_ptr<PictureSet> train, validation;
  DatasetPlan plan;

  Picture read(int64_t i) const {
    const auto trained = static_cast<int64_t>(plan.train.size());
    return i < trained ? train->read(i, 0) : validation->read(i - trained, 0);
  }
};

std::vector<std::string> names_of(const PictureSet& set, int64_t most) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < std::min(set.size(), most); ++i) names.push_back(set.name(i));
  return names;
}

Sources open_sources(const DatasetOptions& o) {
  Sources sources{open_picture_set(o.folder, Split::train), nullptr, {o.size, {}, {}}};
  sources.plan.train = names_of(*sources.train, o.count);
  if (o.validation.empty()) return sources;
  sources.validation = open_picture_set(o.validation, Split::validation);
  sources.plan.validation = names_of(*sources.validation, o.count);
  return sources;
}

/// A photograph that was looked at: its pixels, or why there are none.
struct Looked {
  std::optional<std::vector<uint8_t>> pixels;
  std::string problem;
};

Looked look(const Sources& sources, int64_t i) {
  try {
    return {dataset_pixels(sources.read(i), sources.plan.size, sources.plan.name(i)), ""};
  } catch (const FileError& error) {
    return {{}, error.what()};
  }
}

/// Up to `count` photographs from `first`, fewer if the user interrupts; each processor takes the next one.
std::vector<Looked> look_ahead(const Sources& sources, int64_t first, int64_t count, const Interrupt& interrupt) {
  std::vector<std::optional<Looked>> slots(static_cast<size_t>(count));
  std::exception_ptr problem;
#pragma omp parallel for schedule(dynamic)
  for (int64_t i = 0; i < count; ++i) {
    if (interrupt.wanted()) continue;
    try {
      slots[static_cast<size_t>(i)] = look(sources, first + i);
    } catch (...) {  // memory; not to leave the parallel part
#pragma omp critical
      problem = std::current_exception();
    }
  }
  if (problem) std::rethrow_exception(problem);
  std::vector<Looked> looked;
  for (auto& slot : slots) {
    if (!slot) break;
    looked.push_back(std::move(*slot));
  }
  return looked;
}

void list_broken(const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  std::cerr << "impasto: " << problems.size() << (problems.size() == 1 ? " photograph is" : " photographs are") << " left out:\n";
  for (const std::string& problem : problems) std::cerr << "  " << problem << '\n';
}

void check_name(const std::string& out) {
  if (extension(out) != ".h5" && extension(out) != ".hdf5")
    throw UsageError(out + ": data sets are HDF5 files; give the name the ending .h5");
}

/// Settles what is left, or as much of it as the user waits for; adds why photographs are left out.
void work_off(const Sources& sources, DatasetPart& part, std::vector<std::string>& problems) {
  constexpr int64_t together = 32;
  const int64_t count = sources.plan.count(), before = part.settled();
  const Interrupt interrupt;
  Progress progress(static_cast<int>(count - before));
  int shown = 0;
  while (part.settled() < count && !interrupt.wanted()) {
    std::vector<Looked> looked = look_ahead(sources, part.settled(), std::min(together, count - part.settled()), interrupt);
    std::vector<std::optional<std::vector<uint8_t>>> pixels;
    for (Looked& one : looked) {
      if (!one.pixels) problems.push_back(one.problem);
      pixels.push_back(std::move(one.pixels));
    }
    part.settle(pixels);
    while (shown < part.settled() - before) progress.show(++shown, std::to_string(problems.size()) + " left out");
  }
}

}  // namespace

void make_dataset(const DatasetOptions& o) {
  check_name(o.out);
  const Sources sources = open_sources(o);
  const int64_t count = sources.plan.count();
  DatasetPart part(o.out, sources.plan);
  std::vector<std::string> problems;
  for (int64_t i = 0; i < part.settled(); ++i)
    if (part.broken(i)) problems.push_back(sources.plan.name(i) + ": was broken when it was read before");
  if (part.settled() > 0) std::cerr << "impasto: going on behind " << part.settled() << " of " << count << " photographs\n";
  work_off(sources, part, problems);
  list_broken(problems);
  if (part.settled() < count)
    throw Error("interrupted after " + std::to_string(part.settled()) + " of " + std::to_string(count) +
                " photographs; the same command goes on from there (" + o.out + ".part)");
  part.finish();
  std::cout << o.out << ": " << count - static_cast<int64_t>(problems.size()) << " photographs of " << o.size << 'x' << o.size << '\n';
}

}  // namespace impasto
