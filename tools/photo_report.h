// What is said of photos that were worked on one by one.
#pragma once
#include <cstddef>
#include <exception>
#include <string>
#include <vector>

#include "tools/photo_list.h"
#include "tools/precision.h"

namespace impasto {

struct DonePhoto {
  PhotoJob job;
  int width = 0, height = 0;
  double read_seconds = 0, work_seconds = 0, write_seconds = 0;  // as far as it came
  Json more = Json::object();                                    // of the command's own, for the report
  size_t peak_memory = 0;                                        // of the process, when the picture was done
  std::exception_ptr failure = nullptr;                          // null: the result is there
  double seconds() const { return read_seconds + work_seconds + write_seconds; }
};

/// What is the same for all photos of a run.
struct RunFacts {
  std::string backend;
  Precision precision;
  std::string work;  // what the report calls the seconds between reading and writing: "paint"
  Json each;         // stands with every photo: the network, ...
};

/// "out.png: 712x474, 0.11 s"
std::string line_of(const DonePhoto& photo);
/// "2 of 14 pictures failed:" and a line each. "" if none did.
std::string failures_of(const std::vector<DonePhoto>& photos);
/// The backend and the precision, one object a picture, and the totals.
void write_report(const std::string& path, const RunFacts& facts, const std::vector<DonePhoto>& photos);

}  // namespace impasto
