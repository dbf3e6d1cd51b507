#include "engine/profiler.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

#include "engine/variable.h"

namespace impasto {
namespace {

constexpr size_t most_running = 4096;  // a device's clocks take memory

}  // namespace

void Profiler::around(const Call& call, const std::function<void()>& run) {
  std::unique_ptr<Stopwatch> stopwatch = inner_.stopwatch();
  run();
  stopwatch->stop();
  Entry& entry = entries_[{LayerScope::current(), call.primitive}];
  running_.push_back({&entry, std::move(stopwatch)});
  if (running_.size() == most_running) collect();
  ++entry.calls;
  for (const auto& side : {call.reads, call.writes}) {
    for (const Tensor* x : side) entry.bytes += x ? double(x->bytes()) : 0;
  }
  if (std::strcmp(call.primitive, "convert") == 0) {
    const Tensor *from = *call.reads.begin(), *to = *call.writes.begin();
    if (from->lanes() != to->lanes() && from->shape().pixels() > 1) ++relayouts_;
  }
}

void Profiler::collect() const {
  for (Running& call : running_) call.entry->seconds += call.stopwatch->seconds();
  running_.clear();
}

const std::map<std::pair<std::string, std::string>, Profiler::Entry>& Profiler::entries() const {
  collect();
  return entries_;
}

void Profiler::reset() {
  running_.clear();
  entries_.clear();
  relayouts_ = 0;
}

std::string Profiler::report() const {
  std::vector<std::pair<std::pair<std::string, std::string>, Entry>> rows(entries().begin(), entries().end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  double total = 0;
  for (const auto& row : rows) total += row.second.seconds;
  std::string text;
  char line[200];
  for (const auto& [name, e] : rows) {
    std::snprintf(line, sizeof line, "%-14s %-26s %5d calls %9.2f ms %5.1f %% %7.1f GB/s\n", name.first.c_str(), name.second.c_str(),
                  e.calls, e.seconds * 1e3, 100 * e.seconds / total, e.bytes / e.seconds * 1e-9);
    text += line;
  }
  std::snprintf(line, sizeof line, "total %.2f ms, %d relayouts\n", total * 1e3, relayouts_);
  return text + line;
}

}  // namespace impasto
