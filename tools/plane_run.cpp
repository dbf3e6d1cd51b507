#include "tools/plane_run.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "loaders/colour_map.h"
#include "loaders/plane_file.h"
#include "tools/cache.h"
#include "tools/photo_run.h"
#include "tools/prepare.h"

namespace impasto {
namespace {

// The least value becomes 0, the largest 1; one value alone becomes 0.
void stretch(Plane& plane, float least, float largest) {
  const float range = largest > least ? largest - least : 1;
  for (float& value : plane.values) value = (value - least) / range;
}

void write(const std::string& path, Plane plane, const PlaneOptions& o) {
  if (o.invert)
    for (float& value : plane.values) value = 1 - value;
  if (o.colour)
    write_picture(path, coloured(plane), {.bits = o.bits.value_or(8)});
  else
    write_plane(path, plane, o.bits.value_or(16));
}

void check_ending(const PlaneOptions& o, const PhotoList& list) {
  if (!list.into_folder && picture_format(o.out) != PictureFormat::png)
    throw UsageError(o.out + ": depth and edges are written as PNG; give the name the ending .png");
}

}  // namespace

void add_plane_flags(CLI::App& command, PlaneOptions& o, const PlaneWords& words) {
  command.add_option("PHOTO", o.photos, "JPEG, PNG and WebP files, folders of them, or - for standard input")->required();
  command.add_option("-o,--output", o.out, "The result: a .png; a folder for several; - is standard output")->required();
  command.add_option("--net", o.net, words.net)->capture_default_str();
  const std::string result = "The result", work = "How", reports = "Reports";
  command.add_option("--bits", o.bits, "8 or 16 a number (default: 16, of colours 8)")->check(CLI::IsMember({8, 16}))->group(result);
  command.add_flag("--invert", o.invert, words.invert)->group(result);
  command.add_flag("--colour,--color", o.colour, "In colours, from violet, the least, to yellow (viridis), instead of grey")->group(result);
  command.add_option("--size", o.size, words.size)->group(work);
  add_backend_options(command, o.backend, work);
  add_precision_option(command, o.precision)->group(work);
  command
      .add_option("--json", o.json,
                  "Sizes, seconds, memory, least and largest values and errors, picture by picture; - is standard output, on one line")
      ->group(reports);
}

void run_planes(const PlaneOptions& o, const MakePlaneNetwork& make) {
  const InputSize size = o.size.empty() ? InputSize{} : parse_input_size("--size", o.size);
  const PhotoList list = photo_list(o.photos, o.out, ".png");
  check_ending(o, list);
  check_report_name(o.json, list);
  check_writable(o.json);
  const std::string backend_name = chosen_backend(o.backend.name);
  const Precision precision = chosen_precision(o.precision, backend_name);
  const auto backend = make_backend(backend_name, precision, o.backend);
  const bool host_memory = backend_name != "cuda";
  if (list.jobs.size() == 1 && host_memory) backend->pool()->limit_idle(size_t(32) << 20);  // nothing comes that could use it
  const PlaneNetwork network = make(*backend, size, host_memory);
  run_photos(list, o.out, o.json, {backend_name, precision, "network", {{"net", network.file}}}, [&](DonePhoto& done) {
    Lap lap;
    const Picture photo = read_picture(done.job.photo);
    done.width = photo.width;
    done.height = photo.height;
    done.read_seconds = lap();
    Plane plane = network.see(photo);
    const auto [least, largest] = std::minmax_element(plane.values.begin(), plane.values.end());
    done.more = {{"least", *least}, {"largest", *largest}};
    if (network.stretched) stretch(plane, *least, *largest);
    done.work_seconds = lap();
    write(done.job.out, std::move(plane), o);
    done.write_seconds = lap();
  });
}

std::string plane_network_file(const std::string& net, const std::string& advice) {
  const std::string file = file_or_network(net);
  if (!std::filesystem::exists(file)) throw Error("there is no network " + net + ", neither as a file nor as " + file + ": " + advice);
  return file;
}

InputSize parse_input_size(const std::string& flag, const std::string& text) {
  const auto side = [&](const std::string& digits) {
    int value = 0;
    const auto [next, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || next != digits.data() + digits.size() || value < 1 || value > 65535)
      throw UsageError(flag + " " + text + " is no size: give the longest side, 512, or width and height, 640x192");
    return value;
  };
  const size_t x = text.find('x');
  if (x == std::string::npos) return {side(text), 0};
  return {side(text.substr(0, x)), side(text.substr(x + 1))};
}

void check_plane_memory(int width, int height, const std::function<size_t()>& needed) {
  constexpr int64_t pixels_worth_asking = 1'000'000;
  if (int64_t(width) * height >= pixels_worth_asking) check_memory(needed(), width, height);
}

}  // namespace impasto
