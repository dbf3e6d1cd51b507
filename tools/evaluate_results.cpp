#include "tools/evaluate_results.h"

#include "tools/command.h"
#include "tools/csv_file.h"
#include "tools/progress.h"
#include "tools/text_table.h"

namespace impasto {
namespace {

Json figures_json(const Evaluation& e, const EvaluatedResult& result) {
  Json figures = Json::object();
  for (std::size_t m = 0; m < e.measures.size(); m++) figures[e.measures[m].key] = json_number(result.figures[m]);
  return figures;
}

std::string mean_text(const MeanInterval& mean) {
  return mean.count > 0 ? number_text(mean.mean) + " (" + number_text(mean.low) + " to " + number_text(mean.high) + ')' : "-";
}

}  // namespace

Json json_of(const MeanInterval& mean) {
  return {{"mean", json_number(mean.mean)}, {"low", json_number(mean.low)}, {"high", json_number(mean.high)}, {"count", mean.count}};
}

MeanInterval Evaluation::mean(std::size_t label, std::size_t measure) const {
  std::vector<double> values;
  for (const EvaluatedResult& result : results)
    if (result.label == label) values.push_back(result.figures[measure]);
  return bootstrap_mean(values, seed);
}

std::string csv_of(const Evaluation& e) {
  std::string csv = "photo,label,result,width,height";
  for (const Measure& measure : e.measures) csv += ',' + csv_field(measure.key);
  for (const EvaluatedResult& result : e.results) {
    csv += '\n' + csv_field(e.photos[result.photo].file) + ',' + csv_field(e.labels[result.label].name) + ',' + csv_field(result.file) +
           ',' + std::to_string(result.width) + ',' + std::to_string(result.height);
    for (const double figure : result.figures) csv += ',' + csv_field(figure);
  }
  return csv + '\n';
}

Json json_of(const Evaluation& e) {
  Json measures = Json::array(), labels = Json::array(), results = Json::array();
  for (const Measure& measure : e.measures)
    measures.push_back({{"key", measure.key},
                        {"title", measure.title},
                        {"text", measure.text},
                        {"better", measure.higher_is_better ? "higher" : "lower"}});
  for (std::size_t k = 0; k < e.labels.size(); k++) {
    Json means = Json::object();
    for (std::size_t m = 0; m < e.measures.size(); m++) means[e.measures[m].key] = json_of(e.mean(k, m));
    labels.push_back({{"label", e.labels[k].name}, {"folder", e.labels[k].folder}, {"painting", e.paintings[k]}, {"means", means}});
  }
  for (const EvaluatedResult& result : e.results)
    results.push_back({{"photo", e.photos[result.photo].file},
                       {"label", e.labels[result.label].name},
                       {"result", result.file},
                       {"width", result.width},
                       {"height", result.height},
                       {"figures", figures_json(e, result)}});
  return {{"impasto", program_version}, {"settings", e.settings}, {"measures", measures},  {"labels", labels},
          {"results", results},         {"missing", e.missing},   {"failures", e.failures}};
}

std::string text_of(const Evaluation& e) {
  std::vector<std::vector<std::string>> columns{{""}};
  for (const Measure& measure : e.measures) columns[0].push_back(measure.title);
  for (std::size_t k = 0; k < e.labels.size(); k++) {
    columns.push_back({e.labels[k].name});
    for (std::size_t m = 0; m < e.measures.size(); m++) columns.back().push_back(mean_text(e.mean(k, m)));
  }
  return text_table(columns);
}

}  // namespace impasto
