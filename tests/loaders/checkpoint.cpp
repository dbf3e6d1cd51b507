// Checkpoints: what was written comes back, a weight file's reader takes their weights, and nothing half-true is read.
#include "loaders/checkpoint.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "loaders/hdf5_writer.h"
#include "loaders/weight_schema.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

Checkpoint sample() {
  Checkpoint c;
  c.weights.architecture = "transform:johnson";
  c.weights.settings = R"({"size": 128})";
  c.weights.licence = c.weights.provenance = c.weights.created_by = "made by a test";
  c.weights.preprocessing = "torch";
  c.weights.parameters["conv1/weight"] = {{2, 3, 1, 1}, {1, 2, 3, 4, 5, 6}};
  c.weights.parameters["conv1/gamma"] = {{2}, {0.5f, -0.5f}};
  c.step = 812;
  c.slots["conv1/weight/m"] = {{2, 3, 1, 1}, {6, 5, 4, 3, 2, 1}};
  c.slots["conv1/weight/v"] = {{2, 3, 1, 1}, {0, 0, 0, 0, 0, 1e-20f}};
  c.random_key = uint64_t{1} << 60;
  c.random_counter = 812;
  c.epoch = 3;
  c.position = 3248;
  c.order_seed = 7;
  c.history = {{"step", "total", "content relu2_2"}, {0, 10, 5, 1, 9, 4}};
  c.validation = {{"step", "total"}, {500, 11}};
  return c;
}

std::string read_refusal(const std::string& path) {
  return refusal([&] { read_checkpoint(path); });
}

}  // namespace

TEST_CASE("a checkpoint comes back as it was written") {
  const Folder folder;
  const std::string path = folder / "run.checkpoint.h5";
  const Checkpoint wanted = sample();
  write_checkpoint(path, wanted);
  const Checkpoint found = read_checkpoint(path);
  CHECK(found.weights.architecture == wanted.weights.architecture);
  CHECK(found.weights.settings == wanted.weights.settings);
  REQUIRE(found.weights.parameters.size() == 2);
  CHECK(found.weights.parameters.at("conv1/weight").values == wanted.weights.parameters.at("conv1/weight").values);
  REQUIRE(found.slots.size() == 2);
  for (const auto& [name, slot] : wanted.slots) {
    CHECK(found.slots.at(name).shape == slot.shape);
    CHECK(found.slots.at(name).values == slot.values);
  }
  CHECK(found.optimizer == "adam");
  CHECK(found.step == 812);
  CHECK(found.random_key == wanted.random_key);
  CHECK(found.random_counter == wanted.random_counter);
  CHECK(found.epoch == 3);
  CHECK(found.position == 3248);
  CHECK(found.order_seed == 7);
  CHECK(found.history == wanted.history);
  CHECK(found.validation == wanted.validation);
  const auto bytes = [](const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  write_checkpoint(folder / "again.h5", found);
  CHECK(bytes(folder / "again.h5") == bytes(path));
}

TEST_CASE("a checkpoint is a weight file too, and a weight file is no checkpoint") {
  const Folder folder;
  const std::string path = folder / "run.h5";
  write_checkpoint(path, sample());
  CHECK(read_weight_file(path).parameters.size() == 2);
  write_weight_file(path, sample().weights);
  CHECK(read_refusal(path).find("no state of training") != std::string::npos);
}

TEST_CASE("a checkpoint without losses yet has none") {
  const Folder folder;
  Checkpoint c = sample();
  c.history = c.validation = {};
  write_checkpoint(folder / "run.h5", c);
  CHECK(read_checkpoint(folder / "run.h5").history.rows() == 0);
}

TEST_CASE("numbers that are none are not kept") {
  const Folder folder;
  const std::string path = folder / "run.h5";
  Checkpoint c = sample();
  c.slots["conv1/weight/v"].values[2] = NAN;
  CHECK(refusal([&] { write_checkpoint(path, c); }).find("conv1/weight/v") != std::string::npos);
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a state that lacks its parts is refused by their names") {
  const Folder folder;
  const std::string path = folder / "run.h5";
  const auto with = [&](const std::function<void(Hdf5Writer&)>& write) {
    Hdf5Writer file(path);
    write_weights(file, path, sample().weights, Storage::f32);
    file.group("optimizer");
    file.text("optimizer", "kind", "adam");
    file.u32("optimizer", "step", 1);
    write(file);
    file.write();
    return read_refusal(path);
  };
  CHECK(with([](Hdf5Writer&) {}).find("has no random of 2 numbers") != std::string::npos);
  CHECK(with([](Hdf5Writer& file) {
          file.words("random", {2}, {0, 0});
          file.words("loader", {2}, {0, 0});
        }).find("has no loader of 3 numbers") != std::string::npos);
  CHECK(with([](Hdf5Writer& file) {
          file.words("random", {2}, {0, 0});
          file.words("loader", {3}, {0, 0, 0});
          file.floats("history", {1, 3}, {0, 1, 2});
          file.texts("history", "columns", {"step", "total"});
        }).find("not as many columns") != std::string::npos);
}
