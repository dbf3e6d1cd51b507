// Which engine was found fastest for which convolution, remembered from run to run in a text file of lines
//   <device and release of cuDNN> TAB <convolution> TAB <engine>
// of which later ones count. Lines of other devices, and lines that are no such, are left alone.
#pragma once
#include <map>
#include <string>

namespace impasto {

class TunedPlans {
 public:
  /// device: on what and by what the times are taken. A file that is not there is made by the first keep().
  TunedPlans(std::string path, std::string device);
  /// "" if nothing is known.
  std::string find(const std::string& convolution) const;
  /// Adds a line to the file. Throws FileError if that cannot be written.
  void keep(const std::string& convolution, const std::string& engine);

 private:
  std::string path_, device_;
  std::map<std::string, std::string> engines_;
};

}  // namespace impasto
