// What `impasto evaluate` found: as rows, as means, as CSV and as JSON.
#pragma once
#include <string>
#include <vector>

#include "tools/bootstrap.h"
#include "tools/evaluate_judges.h"
#include "tools/json_file.h"
#include "tools/result_list.h"

namespace impasto {

struct EvaluatedResult {
  std::size_t photo, label;
  std::string file;
  int width, height;            ///< of the file
  std::vector<double> figures;  ///< one a measure; NaN where there is none
};

struct Evaluation {
  Json settings;
  uint64_t seed;  ///< of the intervals
  std::vector<Measure> measures;
  std::vector<ResultList::Label> labels;
  std::vector<std::string> paintings;  ///< one a label; "" if there is none
  std::vector<ResultList::Photo> photos;
  std::vector<EvaluatedResult> results;
  std::vector<std::string> missing;   ///< pictures and networks that were not there, a line each
  std::vector<std::string> failures;  ///< pictures that could not be read or compared, a line each

  MeanInterval mean(std::size_t label, std::size_t measure) const;
};

/// A line each result: photo, label, result, width, height, and the figures by their keys; empty where there is none.
std::string csv_of(const Evaluation& evaluation);

/// The same, with the means and their intervals by label, what each figure means, the settings, and what is missing. null where there is no
/// figure.
Json json_of(const Evaluation& evaluation);

/// For standard output: the means by label as a table.
std::string text_of(const Evaluation& evaluation);

Json json_of(const MeanInterval& mean);

}  // namespace impasto
