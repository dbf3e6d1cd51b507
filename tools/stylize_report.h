// What `impasto stylize` says of its pictures.
#pragma once
#include <cstddef>
#include <exception>
#include <string>
#include <vector>

#include "tools/photo_list.h"
#include "tools/precision.h"
#include "tools/style_choice.h"

namespace impasto {

struct StylizedPicture {
  PhotoJob job;
  int width = 0, height = 0;
  double read_seconds = 0, paint_seconds = 0, write_seconds = 0;  // as far as it came
  size_t peak_memory = 0;                                         // of the process, when the picture was done
  std::exception_ptr failure = nullptr;                           // null: the picture is there
  double seconds() const { return read_seconds + paint_seconds + write_seconds; }
};

/// "out.png: 712x474, 0.11 s"
std::string line_of(const StylizedPicture& picture);
/// "2 of 14 pictures failed:" and a line each. "" if none did.
std::string failures_of(const std::vector<StylizedPicture>& pictures);
/// The backend and the precision, one object a picture, and the totals.
void write_report(const std::string& path, const ChosenStyle& style, const std::string& net, const std::string& backend,
                  const Precision& precision, const std::vector<StylizedPicture>& pictures);

}  // namespace impasto
