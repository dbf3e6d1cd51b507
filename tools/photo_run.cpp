#include "tools/photo_run.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <new>

#include "engine/error.h"
#include "tools/interrupt.h"
#include "tools/memory.h"
#include "tools/prepare.h"
#include "tools/progress.h"

namespace impasto {
namespace {

DonePhoto done(const PhotoJob& job, const PhotoWork& work) {
  DonePhoto photo{.job = job};
  try {
    work(photo);
  } catch (const std::bad_alloc&) {
    photo.failure = std::make_exception_ptr(MemoryError(job.photo + ": there is not enough memory for this picture; use a smaller --size"));
  } catch (const std::exception&) {
    photo.failure = std::current_exception();
  }
  photo.peak_memory = peak_memory();
  return photo;
}

void run_one(const PhotoJob& job, const std::string& json, const RunFacts& facts, const PhotoWork& work) {
  check_writable(job.out);
  const DonePhoto photo = done(job, work);
  write_report(json, facts, {photo});
  if (photo.failure) std::rethrow_exception(photo.failure);
  if (job.out != "-" && json != "-") std::cout << line_of(photo) << '\n';
}

void run_several(const PhotoList& list, const std::string& out, const std::string& json, const RunFacts& facts, const PhotoWork& work) {
  make_folder(out);
  const bool lines = json != "-";
  const bool bar = !lines || (isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO));  // on one terminal the lines are progress enough
  const Interrupt interrupt;
  Progress progress(int(list.jobs.size()));
  std::vector<DonePhoto> photos;
  for (const PhotoJob& job : list.jobs) {
    if (interrupt.wanted()) break;
    std::error_code none;  // writing says it better
    std::filesystem::create_directories(std::filesystem::path(job.out).parent_path(), none);
    photos.push_back(done(job, work));
    if (lines && !photos.back().failure) std::cout << line_of(photos.back()) << std::endl;
    if (bar) progress.show(int(photos.size()), job.out);
  }
  progress.end();
  write_report(json, facts, photos);
  std::string ending = failures_of(photos);
  if (photos.size() < list.jobs.size())
    ending = "interrupted after " + std::to_string(photos.size()) + " of " + std::to_string(list.jobs.size()) + " pictures; those are in " +
             out + (ending.empty() ? "" : "\n" + ending);
  if (!ending.empty()) throw Error(ending);
}

}  // namespace

void check_report_name(const std::string& json, const PhotoList& list) {
  for (const PhotoJob& job : list.jobs)
    if (!json.empty() && (json == job.out || (json == job.photo && json != "-")))
      throw UsageError("--json would write " + (json == "-" ? "to standard output, where the picture goes" : "over " + json) +
                       "; give it a name of its own");
}

void run_photos(const PhotoList& list, const std::string& out, const std::string& json, const RunFacts& facts, const PhotoWork& work) {
  if (list.into_folder)
    run_several(list, out, json, facts, work);
  else
    run_one(list.jobs[0], json, facts, work);
}

}  // namespace impasto
