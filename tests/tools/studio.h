// A folder to try `impasto optimize` in: a photo, two paintings, and a small VGG of random weights, so that it runs offline in seconds.
#pragma once
#include <string>

#include "loaders/weight_file.h"
#include "tests/tools/shell.h"

namespace impasto::studio {

inline WeightFile narrow_vgg() {
  WeightFile file;
  file.architecture = "vgg16:8,16,24,32";
  file.settings = "{}";
  file.licence = file.provenance = file.created_by = "made by a test";
  file.preprocessing = "caffe";
  const int64_t widths[] = {8, 16, 24, 32};
  const int depths[] = {2, 2, 3, 3};
  uint32_t l = 0;
  int64_t channels = 3;
  for (int b = 0; b < 4; b++)
    for (int c = 0; c < depths[b]; c++, l++) {
      Array weight{{widths[b], channels, 3, 3}, std::vector<float>(size_t(widths[b] * channels * 9))},
          bias{{widths[b]}, std::vector<float>(size_t(widths[b]))};
      for (uint32_t i = 0; i < weight.values.size(); i++) weight.values[i] = formula::weight(i, 100 + l, int(channels));
      for (uint32_t i = 0; i < bias.values.size(); i++) bias.values[i] = formula::bias(i, 200 + l);
      const std::string name = "conv" + std::to_string(b + 1) + '_' + std::to_string(c + 1);
      file.parameters[name + "/weight"] = weight;
      file.parameters[name + "/bias"] = bias;
      channels = widths[b];
    }
  return file;
}

/// A folder with a photo, two paintings and a network.
struct Studio : Folder {
  Studio() {
    write_picture(path + "/photo.png", picture(1, 64, 48));
    write_picture(path + "/a.png", picture(3, 50, 60));
    write_picture(path + "/b.png", picture(5, 44, 40));
    write_weight_file(path + "/vgg.h5", narrow_vgg());
  }

  /// `impasto optimize words`, in the folder, with its network unless another is named.
  Answer run(const std::string& words, const std::string& before = "", const std::string& behind = " 2>&1") const {
    const std::string net = words.find("--net") == std::string::npos ? "--net vgg.h5 " : "";
    return shell(before + " '" IMPASTO_PROGRAM "' optimize " + net + words + behind);
  }
  Answer shell(const std::string& line) const { return studio::shell("cd '" + path + "' && IMPASTO_CACHE=nowhere " + line); }
};

}  // namespace impasto::studio
