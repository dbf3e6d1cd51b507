#include "tools/csv_file.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <iostream>

#include "loaders/atomic_file.h"

namespace impasto {

std::string csv_number(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string csv_field(double value) { return std::isnan(value) ? "" : csv_number(value); }

CsvFile::CsvFile(const std::string& path, const std::vector<std::string>& columns) : path_(path) {
  if (path_.empty()) return;
  errno = 0;
  if (path_ != "-") file_.open(path_, std::ios::trunc);
  if (!file_) refuse_write(path_, errno);
  line(columns);
}

void CsvFile::line(const std::vector<std::string>& fields) {
  if (path_.empty()) return;
  std::string text;
  for (const std::string& field : fields) text += (text.empty() ? "" : ",") + field;
  std::ostream& out = path_ == "-" ? std::cout : file_;
  errno = 0;
  if (!(out << text << '\n' << std::flush)) refuse_write(path_, errno);
}

}  // namespace impasto
