// Which pictures were painted from which photos.
#pragma once
#include <string>
#include <vector>

namespace impasto {

struct ResultList {
  struct Label {
    std::string name, folder;
  };
  struct Photo {
    std::string name;  ///< the path below its folder, without the ending
    std::string file;
    std::vector<std::string> results;  ///< one a label; "" if there is none
    std::size_t count() const;         ///< of the results that there are
  };
  std::vector<Label> labels;
  std::vector<Photo> photos;         ///< those with a result at least
  std::vector<std::string> missing;  ///< photos without a result and results without a photo, a line each
};

/// words: a folder of photos or picture files, and behind them folders of results, each as FOLDER, FOLDER=LABEL or LABEL=FOLDER; a
/// folder's own name is its label unless it has one. A result belongs to the photo of its name, whatever their endings; in folders of a
/// folder, those names count too. Photos that lie in one of the results' folders or in `out` are left out. Throws UsageError for words that
/// do not fit, for two labels or two pictures of one name, and if nothing belongs together; FileError for folders without pictures.
ResultList result_list(const std::vector<std::string>& words, const std::string& out);

/// The first ten lines to standard error; of more how many, and `rest` (", listed in results.json").
void print_missing(const std::vector<std::string>& lines, const std::string& rest);

}  // namespace impasto
