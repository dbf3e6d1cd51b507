#include "tools/photo_report.h"

#include <algorithm>

#include "tools/backend_choice.h"
#include "tools/command.h"
#include "tools/json_file.h"
#include "tools/memory.h"
#include "tools/progress.h"

namespace impasto {
namespace {

ptrdiff_t failed(const std::vector<DonePhoto>& photos) {
  return std::count_if(photos.begin(), photos.end(), [](const DonePhoto& p) { return p.failure != nullptr; });
}

std::string reason(const DonePhoto& p) {
  try {
    std::rethrow_exception(p.failure);
  } catch (const std::exception& error) {
    return error.what();
  }
}

Json seconds_json(double read, const std::string& word, double work, double write) {
  return {{"read", read}, {word, work}, {"write", write}};
}

Json photo_json(const DonePhoto& p, const RunFacts& facts) {
  Json json = {{"photo", p.job.photo}, {"out", p.job.out}};
  json.update(facts.each);
  if (p.width > 0) {
    json["width"] = p.width;
    json["height"] = p.height;
  }
  json.update(p.more);
  json["seconds"] = seconds_json(p.read_seconds, facts.work, p.work_seconds, p.write_seconds);
  json["peak_memory_bytes"] = p.peak_memory;
  if (p.failure) json["error"] = reason(p);
  return json;
}

}  // namespace

std::string line_of(const DonePhoto& p) {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.2f s", p.seconds());
  return p.job.out + ": " + std::to_string(p.width) + 'x' + std::to_string(p.height) + ", " + seconds;
}

std::string failures_of(const std::vector<DonePhoto>& photos) {
  if (failed(photos) == 0) return "";
  std::string text = std::to_string(failed(photos)) + " of " + std::to_string(photos.size()) + " pictures failed:";
  for (const DonePhoto& p : photos)
    if (p.failure) text += "\n  " + (reason(p).starts_with(p.job.photo) ? "" : p.job.photo + ": ") + reason(p);
  return text;
}

void write_report(const std::string& path, const RunFacts& facts, const std::vector<DonePhoto>& photos) {
  Json list = Json::array();
  double read = 0, work = 0, write = 0;
  for (const DonePhoto& p : photos) {
    list.push_back(photo_json(p, facts));
    read += p.read_seconds;
    work += p.work_seconds;
    write += p.write_seconds;
  }
  write_json(path, {{"impasto", program_version},
                    {"backend", facts.backend},
                    {"device", device_json(facts.backend)},
                    {"precision", facts.precision.json()},
                    {"pictures", list},
                    {"totals",
                     {{"pictures", photos.size()},
                      {"failed", failed(photos)},
                      {"seconds", seconds_json(read, facts.work, work, write)},
                      {"peak_memory_bytes", peak_memory()}}}});
}

}  // namespace impasto
