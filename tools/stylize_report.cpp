#include "tools/stylize_report.h"

#include <algorithm>

#include "tools/backend_choice.h"
#include "tools/command.h"
#include "tools/json_file.h"
#include "tools/memory.h"
#include "tools/progress.h"

namespace impasto {
namespace {

ptrdiff_t failed(const std::vector<StylizedPicture>& pictures) {
  return std::count_if(pictures.begin(), pictures.end(), [](const StylizedPicture& p) { return p.failure != nullptr; });
}

std::string reason(const StylizedPicture& p) {
  try {
    std::rethrow_exception(p.failure);
  } catch (const std::exception& error) {
    return error.what();
  }
}

Json seconds_json(double read, double paint, double write) { return {{"read", read}, {"paint", paint}, {"write", write}}; }

Json picture_json(const StylizedPicture& p, const std::string& net, const Json& styles) {
  Json json = {{"photo", p.job.photo}, {"out", p.job.out}, {"net", net}, {"styles", styles}};
  if (p.width > 0) {
    json["width"] = p.width;
    json["height"] = p.height;
  }
  json["seconds"] = seconds_json(p.read_seconds, p.paint_seconds, p.write_seconds);
  json["peak_memory_bytes"] = p.peak_memory;
  if (p.failure) json["error"] = reason(p);
  return json;
}

}  // namespace

std::string line_of(const StylizedPicture& p) {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.2f s", p.seconds());
  return p.job.out + ": " + std::to_string(p.width) + 'x' + std::to_string(p.height) + ", " + seconds;
}

std::string failures_of(const std::vector<StylizedPicture>& pictures) {
  if (failed(pictures) == 0) return "";
  std::string text = std::to_string(failed(pictures)) + " of " + std::to_string(pictures.size()) + " pictures failed:";
  for (const StylizedPicture& p : pictures)
    if (p.failure) text += "\n  " + (reason(p).starts_with(p.job.photo) ? "" : p.job.photo + ": ") + reason(p);
  return text;
}

void write_report(const std::string& path, const ChosenStyle& style, const std::string& net, const std::string& backend,
                  const Precision& precision, const std::vector<StylizedPicture>& pictures) {
  Json styles = Json::array(), list = Json::array();
  for (const ChosenStyle::Part& part : style.parts)
    styles.push_back({{"number", part.number}, {"name", part.name}, {"weight", part.weight}});
  double read = 0, paint = 0, write = 0;
  for (const StylizedPicture& p : pictures) {
    list.push_back(picture_json(p, net, styles));
    read += p.read_seconds;
    paint += p.paint_seconds;
    write += p.write_seconds;
  }
  write_json(path, {{"impasto", program_version},
                    {"backend", backend},
                    {"device", device_json(backend)},
                    {"precision", precision.json()},
                    {"pictures", list},
                    {"totals",
                     {{"pictures", pictures.size()},
                      {"failed", failed(pictures)},
                      {"seconds", seconds_json(read, paint, write)},
                      {"peak_memory_bytes", peak_memory()}}}});
}

}  // namespace impasto
