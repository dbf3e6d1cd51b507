// impasto dataset make | scenes | textures | inspect
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include "engine/error.h"
#include "loaders/picture_set.h"
#include "tools/command.h"
#include "tools/dataset_make.h"
#include "tools/dataset_scenes.h"
#include "tools/dataset_textures.h"
#include "tools/interrupt.h"
#include "tools/progress.h"

namespace impasto {
namespace {

struct Sides {
  int least_width = INT32_MAX, least_height = INT32_MAX, largest_width = 0, largest_height = 0;
  void add(const Picture& picture) {
    least_width = std::min(least_width, picture.width);
    least_height = std::min(least_height, picture.height);
    largest_width = std::max(largest_width, picture.width);
    largest_height = std::max(largest_height, picture.height);
  }
  std::string text() const {
    const std::string least = std::to_string(least_width) + 'x' + std::to_string(least_height);
    const std::string largest = std::to_string(largest_width) + 'x' + std::to_string(largest_height);
    return least == largest ? least + " pixels" : "from " + least + " to " + largest + " pixels";
  }
};

/// Reads `most` photographs, evenly from the whole set.
void inspect_set(const PictureSet& set, const std::string& what, int64_t most, const Interrupt& interrupt) {
  const int64_t looked_at = std::min(set.size(), most);
  std::vector<std::string> problems;
  Sides sides;
  int64_t done = 0;
  const bool bar = isatty(STDERR_FILENO);
  Progress progress(static_cast<int>(looked_at));
  const auto begin = std::chrono::steady_clock::now();
  for (; done < looked_at && !interrupt.wanted(); ++done) {
    try {
      const Picture picture =
          set.read(static_cast<int64_t>(static_cast<double>(done) * static_cast<double>(set.size()) / static_cast<double>(looked_at)), 0);
      sides.add(picture);
    } catch (const FileError& error) {
      problems.push_back(error.what());
    }
    if (bar) progress.show(static_cast<int>(done + 1), std::to_string(problems.size()) + " broken");
  }
  progress.end();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto whole = done - static_cast<int64_t>(problems.size());
  std::cout << what << ": " << set.size() << " photographs";
  if (done < set.size()) std::cout << ", of which " << done << " were read";
  if (whole > 0) std::cout << "; " << sides.text();
  std::cout << "; " << problems.size() << " broken; " << number_text(seconds / static_cast<double>(std::max<int64_t>(1, done)))
            << " s each\n";
  for (const std::string& problem : problems) std::cout << "  " << problem << '\n';
}

std::unique_ptr<PictureSet> validation_of(const std::string& path) {
  try {
    return open_picture_set(path, Split::validation);
  } catch (const UsageError&) {  // it has none
    return nullptr;
  }
}

void inspect(const std::string& path, int64_t most) {
  const Interrupt interrupt;
  const auto train = open_picture_set(path, Split::train), validation = validation_of(path);
  const bool divided = validation && (validation->name(0) != train->name(0) || validation->size() != train->size());
  inspect_set(*train, divided ? path + ", training" : path, most, interrupt);
  if (divided) inspect_set(*validation, path + ", validation", most, interrupt);
}

}  // namespace

void add_dataset_command(CLI::App& app) {
  CLI::App* dataset = app.add_subcommand("dataset", "Put photographs for training into one file, and look over such sets");
  dataset->require_subcommand(1);

  const auto o = std::make_shared<DatasetOptions>();
  CLI::App* made =
      dataset->add_subcommand("make", "Scale a folder's photographs and put them into one HDF5 file, which is read many times as fast");
  made->add_option("FOLDER", o->folder,
                   "Photographs for training: JPEG, PNG and WebP, also in folders of it; of COCO's folder those of train2014 or train2017")
      ->required();
  made->add_option("-o,--output", o->out, "The .h5 file to write")->required();
  made->add_option("--validation", o->validation,
                   "A folder of other photographs to validate with; of COCO's folder those of val2014 or val2017");
  made->add_option("--size", o->size, "Width and height of all of them in pixels, whatever their aspect was")
      ->capture_default_str()
      ->check(CLI::Range(16, 4096));
  made->add_option("--count", o->count, "At most so many of each folder, the first by name (default: all)")->check(CLI::PositiveNumber);
  made->footer(
      "Broken photographs are left out and listed. SIZE 256 takes 0.2 MB a photograph. Interrupted or killed, the same command goes on "
      "where it was: until all is done "
      "the file is called SET.h5.part.");
  made->callback([o] { make_dataset(*o); });

  const auto drawn = std::make_shared<ScenesOptions>();
  CLI::App* scenes = dataset->add_subcommand("scenes", "Draw rooms, heaps of things, streets and landscapes with their depth, to teach `train depth` from");
  scenes->add_option("-o,--output", drawn->out, "The folder: 000000_rgb.jpg beside 000000_disp.png, and so on")->required();
  scenes->add_option("--count", drawn->count, "Scenes")->capture_default_str()->check(CLI::Range(1, 1000000));
  scenes->add_option("--width", drawn->width, "Pixels")->capture_default_str()->check(CLI::Range(16, 4096));
  scenes->add_option("--height", drawn->height, "Pixels")->capture_default_str()->check(CLI::Range(16, 4096));
  scenes->add_option("--samples", drawn->samples, "Rays a pixel")->capture_default_str()->check(CLI::Range(1, 1024));
  scenes->add_option("--textures", drawn->textures, "A folder of photographs, pieces of which cover a fifth of what is drawn (default: patterns alone)");
  scenes->add_option("--kinds", drawn->kinds, "One of these each, like room,heap; a kind named twice comes twice as often")
      ->capture_default_str()
      ->delimiter(',');
  scenes->add_option("--seed", drawn->seed, "Another number, other scenes")->capture_default_str();
  scenes->footer("Disparity is the depth's inverse, of the nearest place 65535. Interrupted or killed, the same command goes on where it was.");
  scenes->callback([drawn] { make_scenes(*drawn); });

  const auto textures = std::make_shared<TexturesOptions>();
  CLI::App* textured = dataset->add_subcommand("textures", "Draw textures in palettes of their own, as further styles for `train adain`");
  textured->add_option("-o,--output", textures->out, "The folder: texture_000000.jpg and so on")->required();
  textured->add_option("--count", textures->count, "Textures")->capture_default_str()->check(CLI::Range(1, 1000000));
  textured->add_option("--size", textures->size, "Pixels on each side")->capture_default_str()->check(CLI::Range(16, 4096));
  textured->add_option("--seed", textures->seed, "Another number, other textures")->capture_default_str();
  textured->footer("Interrupted or killed, the same command goes on where it was.");
  textured->callback([textures] { make_textures(*textures); });

  struct Looking {
    std::string path;
    int64_t most = INT64_MAX;
  };
  const auto looking = std::make_shared<Looking>();
  CLI::App* inspected =
      dataset->add_subcommand("inspect", "Read a set's photographs: how many, of which sizes, how many broken, seconds each");
  inspected
      ->add_option("SET", looking->path,
                   "A folder, or an .h5 file as `impasto dataset make` and make_style_dataset.py of fast-neural-style write it")
      ->required();
  inspected->add_option("--count", looking->most, "Read at most so many, evenly from the whole set (default: all)")
      ->check(CLI::PositiveNumber);
  inspected->callback([looking] { inspect(looking->path, looking->most); });
}

}  // namespace impasto
