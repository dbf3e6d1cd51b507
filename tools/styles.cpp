// impasto styles: the styles of the networks at hand as a list, or as a sheet of a photo painted in each.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "loaders/resize.h"
#include "nets/stylize.h"
#include "nets/transform_file.h"
#include "tools/backend_choice.h"
#include "tools/cache.h"
#include "tools/command.h"
#include "tools/json_file.h"
#include "tools/photo_list.h"
#include "tools/prepare.h"
#include "tools/progress.h"
#include "tools/sheet.h"
#include "tools/style_choice.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

struct StylesOptions {
  std::vector<std::string> photos, styles;
  std::string out, precision = "auto";
  BackendChoice backend;
  int size = 256;
  bool json = false;
};

struct Net {
  std::string name, file;
  std::vector<WeightFile::Style> styles;  // at least one
};

// Names that the file does not say are empty.
std::vector<WeightFile::Style> styles_of(const WeightFile& weights) {
  std::vector<WeightFile::Style> styles = weights.styles;
  styles.resize(size_t(std::max(1, transform_architecture(weights.architecture).styles)));
  return styles;
}

/// The style networks that come with the program, then those of the cache, by name. A file that cannot be read is complained of and left out.
std::vector<Net> all_nets() {
  std::vector<fs::path> files;
  std::error_code none;  // a folder that is not there yet holds nothing
  for (const std::string& folder : {shipped_folder(), cache_folder()}) {
    const auto first = ptrdiff_t(files.size());
    for (const auto& entry : fs::directory_iterator(folder, none))
      if (entry.path().extension() == ".h5" && network_file(entry.path().stem()) == entry.path()) files.push_back(entry.path());
    std::sort(files.begin() + first, files.end());
  }
  std::vector<Net> nets;
  for (const fs::path& file : files) try {
      if (is_transform_file(file)) nets.push_back({file.stem(), file, styles_of(read_weight_description(file))});
    } catch (const Error& broken) {
      std::cerr << "impasto: " << broken.what() << '\n';
    }
  return nets;
}

void list_json(const std::vector<Net>& nets) {
  Json list = Json::array();
  for (const Net& net : nets) {
    Json styles = Json::array();
    for (size_t k = 0; k < net.styles.size(); k++)
      styles.push_back({{"number", k}, {"name", net.styles[k].name}, {"painting", net.styles[k].painting}});
    list.push_back({{"net", net.name}, {"file", net.file}, {"styles", styles}});
  }
  write_json("-", list);
}

void list_text(const std::vector<Net>& nets) {
  for (const Net& net : nets) {
    const size_t count = net.styles.size();
    std::cout << net.name << "  (" << (count == 1 ? "one style" : std::to_string(count) + " styles") << ", " << net.file << ")\n";
    size_t longest = 0;
    for (const auto& style : net.styles) longest = std::max(longest, style.name.size());
    for (size_t k = 0; k < count; k++)
      if (const auto& [name, painting] = net.styles[k]; count > 1 || !name.empty() || !painting.empty())
        std::cout << std::right << std::setw(5) << k << "  " << std::left << std::setw(painting.empty() ? 0 : int(longest) + 2) << name
                  << painting << '\n';
  }
  if (std::none_of(nets.begin(), nets.end(), [](const Net& net) { return net.name == usual_styles; }))
    std::cout << usual_styles << " is not there yet: `impasto weights get " << usual_styles << "` fetches its 26 styles\n";
}

/// Styles, and the networks that hold them, read once each.
class Styles {
 public:
  explicit Styles(const StylesOptions& o) {
    const std::string backend = chosen_backend(o.backend.name);
    backend_ = make_backend(backend, chosen_precision(o.precision, backend), o.backend);
    for (const std::string& text : o.styles) add(parse_style(text));
    if (!o.styles.empty()) return;
    for (const Net& net : all_nets()) add(parse_style(net.file));
    if (styles_.empty()) throw Error("there is no style to paint in: give one with --style, or run `impasto weights get " + std::string(usual_styles) + '`');
  }
  size_t size() const { return styles_.size(); }
  const std::string& label(size_t k) const { return styles_[k].choice.label; }
  Picture paint(size_t k, const Picture& photo) const { return stylize(*styles_[k].network, photo, styles_[k].choice.blend); }

 private:
  struct Style {
    const TransformNet* network;
    ChosenStyle choice;
  };
  const TransformNet& network(const StyleText& text) {
    std::unique_ptr<TransformNet>& there = networks_[style_file(text)];
    if (!there) there = std::make_unique<TransformNet>(*backend_, read_transform(style_file(text)));
    return *there;
  }
  // Of a network of several styles all, unless the text chooses.
  void add(StyleText text) {
    const TransformNet& net = network(text);
    const int count = net.architecture().styles;
    const bool all = text.choices.empty() && count > 1;
    for (int k = 0; k < (all ? count : 1); k++) {
      if (all) text.choices = {{std::to_string(k), {}}};
      styles_.push_back({&net, choose_style(text, count, net.styles())});
    }
  }

  std::unique_ptr<Backend> backend_;
  std::map<std::string, std::unique_ptr<TransformNet>> networks_;
  std::vector<Style> styles_;
};

// Strokes have a size in pixels. On a picture of a few hundred they would be coarser than on any that people paint.
constexpr int paint_scale = 2;

void paint_sheet(const StylesOptions& o) {
  for (const std::string& photo : o.photos)
    if (photo_list({photo}, o.out).into_folder) throw UsageError("--sheet takes photos, not folders, and -o one file for all of them");
  check_writable(o.out);
  const Styles styles(o);
  const bool watched = isatty(STDERR_FILENO);
  Progress progress(int(o.photos.size() * styles.size()));
  const bool one = o.photos.size() == 1;
  std::vector<std::vector<Tile>> rows;
  int done = 0;
  for (const std::string& path : o.photos) {
    const Picture file = read_picture(path);
    const Picture photo = resize_longest(file, paint_scale * o.size), shown = resize_longest(file, o.size);
    const bool labelled = rows.empty();  // of several rows only the first
    rows.push_back({{shown, labelled ? "photo" : ""}});
    for (size_t k = 0; k < styles.size(); k++) {
      rows.back().push_back({resize(styles.paint(k, photo), shown.width, shown.height), labelled ? styles.label(k) : ""});
      if (watched) progress.show(++done, styles.label(k));
    }
  }
  progress.end();
  const Picture picture = one ? sheet(in_rows(std::move(rows[0])), LabelPlace::below) : sheet(rows, LabelPlace::above);
  write_picture(o.out, picture);
  if (o.out != "-") std::cout << o.out << ": " << picture.width << 'x' << picture.height << '\n';
}

void run(const StylesOptions& o) {
  if (o.photos.empty() != o.out.empty()) throw UsageError("--sheet PHOTO and -o SHEET.png belong together; give both");
  if (o.photos.empty() && !o.styles.empty()) throw UsageError("--style is for --sheet; give it a PHOTO");
  if (!o.photos.empty()) return paint_sheet(o);
  const std::vector<Net> nets = all_nets();
  o.json ? list_json(nets) : list_text(nets);
}

}  // namespace

void add_styles_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("styles", "List the styles there are, or paint a photo in all of them");
  const auto options = std::make_shared<StylesOptions>();
  command->add_flag("--json", options->json, "The list as JSON, on one line");
  const std::string group = "A sheet of samples";
  command->add_option("--sheet", options->photos, "Paint these photos in every style, side by side")->group(group);
  command->add_option("-o,--output", options->out, "The sheet: .png, .jpg or .webp; - is standard output, as PNG")->group(group);
  command->add_option("--size", options->size, "Longest side of each picture on it")
      ->capture_default_str()
      ->check(CLI::Range(16, 1024))
      ->group(group);
  command
      ->add_option("--style", options->styles,
                   "Only this style, written as for `impasto stylize`, or all of a network; may be given several times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(group);
  add_backend_options(*command, options->backend, group);
  add_precision_option(*command, options->precision)->group(group);
  command->callback([options] { run(*options); });
}

}  // namespace impasto
