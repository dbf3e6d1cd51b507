#pragma once
#include <fstream>
#include <string>
#include <vector>

namespace impasto {

/// Lines of a CSV file, there as soon as they are written, so that a run can be watched. "" is no file, "-" standard output.
/// Throws FileError if the file cannot be written.
class CsvFile {
 public:
  CsvFile(const std::string& path, const std::vector<std::string>& columns);
  bool wanted() const { return !path_.empty(); }
  void line(const std::vector<std::string>& fields);

 private:
  std::string path_;
  std::ofstream file_;
};

/// A number with all its digits.
std::string csv_number(double value);

/// A field of a line as RFC 4180 quotes it; of a number all digits, of NaN nothing.
std::string csv_field(const std::string& text);
std::string csv_field(double value);

}  // namespace impasto
