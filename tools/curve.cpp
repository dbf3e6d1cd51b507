#include "tools/curve.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <vector>

#include "loaders/atomic_file.h"
#include "tools/progress.h"

namespace impasto {
namespace {

constexpr int width = 720, height = 420, left = 70, right = 20, top = 40, bottom = 45, most_points = 400;

struct Point {
  double step, loss;
};
using Line = std::vector<Point>;

// By the first word of the columns' names, added up; in the order of the columns.
std::vector<std::pair<std::string, Line>> lines_of(const LossTable& table) {
  std::vector<std::pair<std::string, Line>> lines;
  const size_t columns = table.columns.size();
  for (size_t c = 1; c < columns; c++) {
    const std::string kind = table.columns[c].substr(0, table.columns[c].find(' '));
    if (lines.empty() || lines.back().first != kind) lines.emplace_back(kind, Line(table.rows()));
    for (size_t r = 0; r < table.rows(); r++) {
      lines.back().second[r].step = table.values[r * columns];
      lines.back().second[r].loss += table.values[r * columns + c];
    }
  }
  return lines;
}

// Means of equal parts; what is not above 0 has no place on a logarithmic scale.
Line thinned(const Line& line) {
  Line thin;
  const size_t part = std::max<size_t>(1, (line.size() + most_points - 1) / most_points);
  for (size_t begin = 0; begin < line.size(); begin += part) {
    const size_t end = std::min(line.size(), begin + part);
    Point mean{};
    for (size_t i = begin; i < end; i++) mean.step += line[i].step / double(end - begin), mean.loss += line[i].loss / double(end - begin);
    if (mean.loss > 0) thin.push_back(mean);
  }
  return thin;
}

class Plot {
 public:
  Plot(double steps, double least, double most)
      : steps_(std::max(1.0, steps)), low_(std::floor(std::log10(least))), high_(std::max(low_ + 1, std::ceil(std::log10(most)))) {
    svg_ << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << width << ' ' << height
         << "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  }
  void axes(const std::string& title) {
    text(left, 22, title, "start");
    for (double decade = low_; decade <= high_; decade++) {
      const double at = y(std::pow(10, decade));
      svg_ << "<path d=\"M" << left << ' ' << at << 'H' << width - right << "\" stroke=\"#ddd\"/>\n";
      text(left - 8, at + 4, number_text(std::pow(10, decade)), "end");
    }
    for (int i = 0; i <= 4; i++) text(x(steps_ * i / 4), height - bottom + 20, number_text(std::round(steps_ * i / 4)), "middle");
    text((left + width - right) / 2.0, height - 8, "step", "middle");
  }
  void line(const Line& points, const std::string& name, const char* colour, int place) {
    svg_ << "<path fill=\"none\" stroke-width=\"1.5\" stroke=\"" << colour << "\" d=\"";
    for (size_t i = 0; i < points.size(); i++) svg_ << (i == 0 ? 'M' : 'L') << x(points[i].step) << ' ' << y(points[i].loss);
    svg_ << "\"/>\n";
    svg_ << "<rect x=\"" << left + 10 + 90 * place << "\" y=\"" << top - 4 << "\" width=\"10\" height=\"10\" fill=\"" << colour << "\"/>\n";
    text(left + 25 + 90 * place, top + 5, name, "start");
  }
  void dots(const Line& points) {
    for (const Point& p : points) svg_ << "<circle cx=\"" << x(p.step) << "\" cy=\"" << y(p.loss) << "\" r=\"3\" fill=\"none\" stroke=\"black\"/>\n";
  }
  std::string done() {
    svg_ << "</svg>\n";
    return svg_.str();
  }

 private:
  double x(double step) const { return left + (width - left - right) * step / steps_; }
  double y(double loss) const {
    const double part = (std::log10(loss) - low_) / (high_ - low_);
    return height - bottom - (height - bottom - top - 15) * std::clamp(part, 0.0, 1.0);
  }
  void text(double at_x, double at_y, const std::string& words, const char* anchor) {
    std::string safe;
    for (const char c : words) safe += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    svg_ << "<text x=\"" << at_x << "\" y=\"" << at_y << "\" text-anchor=\"" << anchor << "\">" << safe << "</text>\n";
  }

  double steps_, low_, high_;
  std::ostringstream svg_;
};

}  // namespace

void write_curve(const std::string& path, const std::string& title, const LossTable& history, const LossTable& validation) {
  static const char* const colours[] = {"#222222", "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e"};
  std::vector<std::pair<std::string, Line>> lines = lines_of(history);
  double least = 1e30, most = 1e-30, steps = 1;
  for (auto& [name, line] : lines) {
    line = thinned(line);
    for (const Point& p : line) least = std::min(least, p.loss), most = std::max(most, p.loss), steps = std::max(steps, p.step);
  }
  if (least > most) least = 1, most = 10;
  Plot plot(steps, least, most);
  plot.axes(title);
  int place = 0;
  for (const auto& [name, line] : lines) {
    if (line.empty()) continue;
    plot.line(line, name, colours[size_t(place) % std::size(colours)], place);
    place++;
  }
  if (const auto judged = lines_of(validation); !judged.empty()) plot.dots(judged.front().second);
  const std::string svg = plot.done();
  write_file_atomically(path, {reinterpret_cast<const uint8_t*>(svg.data()), svg.size()});
}

}  // namespace impasto
