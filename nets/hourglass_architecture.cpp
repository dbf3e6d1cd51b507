#include "nets/hourglass_architecture.h"

#include <cmath>

#include "engine/random.h"
#include "nets/hourglass.h"

namespace impasto {
namespace {

const InceptionModule modules[] = {
    {'A', 256, 64, 64, {{{3, 32}, {5, 32}, {7, 32}}}},  {'B', 256, 64, 64, {{{3, 64}, {7, 64}, {11, 64}}}},
    {'C', 128, 32, 32, {{{3, 32}, {5, 32}, {7, 32}}}},  {'D', 128, 64, 64, {{{3, 32}, {5, 32}, {7, 32}}}},
    {'E', 256, 32, 32, {{{3, 32}, {5, 32}, {7, 32}}}},  {'F', 128, 32, 32, {{{3, 64}, {7, 64}, {11, 64}}}},
    {'G', 128, 32, 32, {{{3, 64}, {5, 64}, {7, 64}}}},  {'H', 128, 16, 16, {{{3, 32}, {7, 32}, {11, 32}}}},
    {'I', 128, 16, 16, {{{3, 64}, {7, 64}, {11, 64}}}},
};

const HourglassLevel levels[] = {
    {"AAA", "", "AA", false},
    {"AA", "AB", "AB", false},
    {"CD", "AE", "CF", true},
    {"CC", "GH", "I", true},
};

void add_chain(std::vector<HourglassConvolution>& all, const std::string& path, std::string_view kinds, size_t first) {
  for (size_t i = 0; i < kinds.size(); i++) {
    const InceptionModule& m = inception_module(kinds[i]);
    const std::string name = path + std::to_string(first + i + 1);
    all.push_back({name + "/1x1", m.inputs, m.first, 1});
    for (const InceptionBranch& branch : m.branches) {
      all.push_back({name + "/" + branch.name() + "/in", m.inputs, branch.reduced, 1});
      all.push_back({name + "/" + branch.name() + "/out", branch.reduced, m.width, branch.kernel});
    }
  }
}

void add_level(std::vector<HourglassConvolution>& all, size_t number) {
  const HourglassLevel& level = hourglass_level(number);
  const std::string name = "level" + std::to_string(number);
  add_chain(all, name + "/skip", level.skip, 0);
  add_chain(all, name + "/deep", level.before, 0);
  if (number > 1) add_level(all, number - 1);
  add_chain(all, name + "/deep", level.after, level.before.size());
}

}  // namespace

const InceptionModule& inception_module(char kind) { return modules[kind - 'A']; }
const HourglassLevel& hourglass_level(size_t number) { return levels[number - 1]; }

std::vector<HourglassConvolution> hourglass_convolutions() {
  std::vector<HourglassConvolution> all{{"stem", 3, 128, 7, true, true}};
  add_level(all, 4);
  all.push_back({"head", 64, 1, 3, false});
  return all;
}

bool is_hourglass_statistic(const std::string& parameter) {
  return parameter.ends_with("/running_mean") || parameter.ends_with("/running_var");
}

std::vector<std::pair<std::string, Shape>> hourglass_parameters() {
  std::vector<std::pair<std::string, Shape>> all;
  for (const HourglassConvolution& c : hourglass_convolutions()) {
    const Shape vector{1, c.outputs, 1, 1};
    all.emplace_back(c.name + "/weight", Shape{c.outputs, c.inputs, c.kernel, c.kernel});
    all.emplace_back(c.name + "/bias", vector);
    for (const char* part : {"/gamma", "/beta"})
      if (c.affine) all.emplace_back(c.name + part, vector);
    for (const char* part : {"/running_mean", "/running_var"})
      if (c.normed) all.emplace_back(c.name + part, vector);
  }
  return all;
}

HourglassWeights fresh_hourglass(uint64_t seed) {
  HourglassWeights fresh{"fresh weights of seed " + std::to_string(seed), {}};
  uint64_t position = 0;  // one stream for all, in order
  const auto uniform = [&](const std::string& name, Shape s, float low, float high) {
    Array array{{s.n, s.c, s.h, s.w}, std::vector<float>(size_t(s.elements()))};
    for (float& value : array.values) value = low + (high - low) * random::uniform(seed, position++);
    fresh.parameters[name] = std::move(array);
  };
  for (const HourglassConvolution& c : hourglass_convolutions()) {
    const Shape vector{1, c.outputs, 1, 1};
    const float bound = 1 / std::sqrt(float(c.kernel * c.kernel * c.inputs));
    uniform(c.name + "/weight", {c.outputs, c.inputs, c.kernel, c.kernel}, -bound, bound);
    uniform(c.name + "/bias", vector, -bound, bound);
    if (c.affine) uniform(c.name + "/gamma", vector, 0, 1);
    if (c.affine) uniform(c.name + "/beta", vector, 0, 0);
    if (!c.normed) continue;
    // Such weights have a variance of 1 / (3 K K C), and what a ReLU leaves of a normed number has a mean square of 1/2.
    uniform(c.name + "/running_mean", vector, 0, 0);
    uniform(c.name + "/running_var", vector, 0.125f, 0.2f);
  }
  return fresh;
}

}  // namespace impasto
