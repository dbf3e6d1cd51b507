#include "tools/stylize_options.h"

#include <CLI/CLI.hpp>

#include "tools/precision.h"

namespace impasto {

void add_stylize_flags(CLI::App& command, StylizeOptions& o) {
  command.add_option("PHOTO", o.photos, "What is painted: JPEG, PNG and WebP files, folders of them, or - for standard input")->required();
  command.add_option("-o,--output", o.out, "The result: .png, .jpg or .webp; a folder for several; - is standard output, as PNG")
      ->required();
  command.add_option(
      "--style", o.style,
      "A style by name (`impasto styles` lists them), one of styles26 by number, or a network "
      "NET.h5; NET.h5:K is its style K. WAVE:0.7,SCREAM:0.3 blends styles of one network: behind a style, \":\" begins its "
      "weight; behind the name of a network, its styles");

  command.add_option("--method", o.method, "network, of --style, or adain, of --style-image (default: by which of the two is given)")
      ->check(CLI::IsMember({"network", "adain"}));
  add_adain_flags(command, o.adain, "By AdaIN, after any painting");

  const std::string result = "The result", work = "How", reports = "Reports";
  command.add_option("--size", o.size, "Longest side in pixels (default: the photo's)")->check(CLI::Range(1, 65535))->group(result);
  command.add_option("--strength", o.strength, "From 0, the photo, to 1, the painted picture; by AdaIN mixed before it is decoded")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->group(result);
  command
      .add_option_function<std::string>(
          "--keep-color,--keep-colour", [&o](const std::string& name) { o.keep_colour = keep_colour(name); },
          "The photo's colours: luminance (only light and dark are painted), histogram (as much of each value as in the photo), cholesky "
          "(the photo's mean and covariance), coral (the same, turned less), or none. By AdaIN all but luminance are given to the paintings, "
          "before they are painted after")
      ->check(CLI::IsMember({"none", "luminance", "histogram", "cholesky", "coral"}))
      ->default_str("none")
      ->group(result);
  command.add_option("--median", o.median, "Takes out specks: 3, 5, 7 or 9 pixels; 0 is off")
      ->capture_default_str()
      ->check(CLI::IsMember({0, 3, 5, 7, 9}))
      ->group(result);
  command.add_option("--quality", o.quality, "Of JPEG and WebP files")->capture_default_str()->check(CLI::Range(1, 100))->group(result);
  add_backend_options(command, o.backend, work);
  add_precision_option(command, o.precision)->group(work);
  command.add_option("--json", o.json, "Sizes, seconds, memory and errors, picture by picture; - is standard output, on one line")
      ->group(reports);
}

}  // namespace impasto
