// What looks at photos and results: the networks, opened once.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/evaluate_measures.h"

namespace impasto {

struct JudgeOptions {
  std::vector<std::string> depth_nets;  ///< names or files; empty: those of the usual two that are there
  std::string edge_net, loss_net;       ///< "": the usual one, if it is there
  bool paintings = false;               ///< whether there are any to compare with
  uint64_t seed = 0;
};

class Judges {
 public:
  /// Opens the networks. A usual one that is not there is left out, which `missing()` tells; one that was named throws FileError.
  /// Throws UsageError for two depth networks of one name.
  Judges(Backend& backend, const JudgeOptions& options);

  View view(Picture picture) const;
  /// Of a painting only its colours and features are needed.
  View painting(Picture picture) const;

  const std::vector<Measure>& measures() const { return measures_; }
  std::vector<std::string> map_titles() const;
  /// The networks' files, by what they see.
  const std::vector<std::pair<std::string, std::string>>& networks() const { return networks_; }
  /// Sentences: what is left out, why, and what to do.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  struct DepthJudge {
    std::string name;
    std::function<Plane(const Picture&)> see;
  };
  void open_usual_depths(Backend& backend);
  void open_depth(Backend& backend, const std::string& file);
  void open_edges(Backend& backend, const std::string& given);
  void open_features(Backend& backend, const std::string& given);
  void add_measures(const JudgeOptions& options);

  std::vector<DepthJudge> depths_;
  std::function<Plane(const Picture&)> edges_;
  std::unique_ptr<Vgg> vgg_;
  std::vector<Measure> measures_;
  std::vector<std::pair<std::string, std::string>> networks_;
  std::vector<std::string> missing_;
};

}  // namespace impasto
