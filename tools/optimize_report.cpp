#include "tools/optimize_report.h"

#include <algorithm>
#include <cmath>

#include "tools/command.h"
#include "tools/json_file.h"
#include "tools/memory.h"

namespace impasto {
namespace {

Json settings_of(const OptimizeOptions& o) {
  const PaintSettings s = paint_settings(o);
  return {{"size", o.size.value_or(OptimizeOptions::default_size)},
          {"style_size", o.style_size ? Json(*o.style_size) : Json()},
          {"iterations", o.iterations},
          {"scales", s.scales},
          {"optimizer", o.optimizer},
          {"learning_rate", s.optimize.rate},
          {"content_weight", o.loss.content_weight},
          {"style_weight", o.loss.style_weight},
          {"tv_weight", o.loss.tv_weight},
          {"content_layers", o.loss.content_layers},
          {"style_layers", o.loss.style_layers},
          {"style_blend", s.blend},
          {"content_mask", o.content_mask.empty() ? Json() : Json(o.content_mask)},
          {"style_masks", o.style_masks},
          {"pooling", o.pooling},
          {"init", o.init},
          {"precision", chosen_precision(o.precision, o.backend.name).json()},
          {"seed", o.seed}};
}

// JSON has no word for infinity and NaN: null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json losses_of(const OptimizeStep& step, const std::vector<std::string>& names) {
  Json json = {{"total", number(step.total)}};
  for (size_t i = 0; i < step.terms.size(); i++) json[names[i]] = number(step.terms[i]);
  return json;
}

}  // namespace

void write_report(const OptimizeOptions& o, const OptimizeReport& report) {
  if (o.json.empty()) return;
  const std::vector<std::string>& terms = report.painted.terms;
  // At the last scale; coarser ones take a quarter each.
  const size_t coarser = size_t(o.iterations) * (paint_settings(o).scales - 1);
  std::vector<double> seconds;
  double all = 0;
  Json steps = Json::array();
  for (size_t i = 0; i < report.history.size(); i++) {
    if (i >= coarser) seconds.push_back(report.history[i].seconds);
    all += report.history[i].seconds;
    steps.push_back(losses_of(report.history[i], terms));
  }
  std::sort(seconds.begin(), seconds.end());
  const Json json = {{"impasto", program_version},
                     {"photo", o.photo},
                     {"paintings", o.paintings},
                     {"output", o.out},
                     {"width", report.width},
                     {"height", report.height},
                     {"network", report.network},
                     {"backend", report.backend},
                     {"device", device_json(report.backend)},
                     {"settings", settings_of(o)},
                     {"ending", report.ending},
                     {"steps", report.painted.steps},
                     {"losses", losses_of(report.painted.result.last, terms)},
                     {"seconds", all},
                     {"seconds_per_step", seconds.empty() ? Json() : Json(seconds[seconds.size() / 2])},
                     {"min_s", seconds.empty() ? Json() : Json(seconds.front())},
                     {"peak_memory_bytes", peak_memory()},
                     {"pool_peak_bytes", report.pool_peak},
                     {"history", steps}};
  write_json(o.json, json);
}

void write_plan(const OptimizeOptions& o, size_t pool, size_t program) {
  write_json(o.json, {{"impasto", program_version},
                      {"settings", settings_of(o)},
                      {"pool_peak_bytes", pool},
                      {"program_bytes", program},
                      {"peak_memory_bytes", pool + program}});
}

}  // namespace impasto
