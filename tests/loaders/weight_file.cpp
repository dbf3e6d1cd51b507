#include "loaders/weight_file.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "loaders/half.h"
#include "loaders/hdf5_file.h"
#include "loaders/sha256.h"
#include "tests/loaders/hdf5_samples.h"

using namespace impasto;
using namespace impasto::samples;

namespace {

// conv/weight [2, 3, 2, 4] holds k*1000 + c*100 + r*10 + s, so that an index shows in its value.
Array convolution() {
  Array array{{2, 3, 2, 4}, {}};
  for (int k = 0; k < 2; ++k)
    for (int c = 0; c < 3; ++c)
      for (int r = 0; r < 2; ++r)
        for (int s = 0; s < 4; ++s) array.values.push_back(static_cast<float>(k * 1000 + c * 100 + r * 10 + s));
  return array;
}

WeightFile sample() {
  WeightFile weights;
  weights.architecture = "transform:c9s1-32";
  weights.settings = R"({"style": "großes Bild", "steps": 4000})";
  weights.licence = "MIT";
  weights.provenance = "trained for a test";
  weights.created_by = "impasto";
  weights.preprocessing = "caffe";
  weights.parameters["conv/weight"] = convolution();
  weights.parameters["conv/bias"] = {{2}, {0.5f, -1.f / 3}};
  weights.parameters["norm/gamma"] = {{3, 2}, {1, 2, 3, 4, 5, 6}};
  weights.trainable = {{"conv/weight", true}, {"conv/bias", false}, {"norm/gamma", true}};
  weights.styles = {{"la muse", "muse.jpg"}, {"wave", ""}};
  weights.preview = {{2, 1, {10, 20, 30, 40, 50, 60}}};
  return weights;
}

// Opens what was written to change one thing in it.
struct Reopened {
  explicit Reopened(const std::string& path) {
    file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    REQUIRE(file.good());
  }
  Hdf5Lock lock;
  Hdf5Handle file;
};

std::string read_refusal(const std::string& path) {
  return refusal([&] { read_weight_file(path); });
}

}  // namespace

TEST_CASE("a weight file brings back all that was written") {
  const Folder folder;
  const WeightFile written = sample();
  write_weight_file(folder / "w.h5", written);
  const WeightFile read = read_weight_file(folder / "w.h5");
  CHECK(read.architecture == written.architecture);
  CHECK(read.settings == written.settings);
  CHECK(read.licence == written.licence);
  CHECK(read.provenance == written.provenance);
  CHECK(read.created_by == written.created_by);
  CHECK(read.preprocessing == written.preprocessing);
  REQUIRE(read.parameters.size() == 3);
  for (const auto& [name, array] : written.parameters) {
    CHECK(read.parameters.at(name).shape == array.shape);
    CHECK(read.parameters.at(name).values == array.values);
  }
  CHECK(read.trainable == written.trainable);
  REQUIRE(read.styles.size() == 2);
  CHECK(read.styles[0].painting == "muse.jpg");
  CHECK(read.styles[1].name == "wave");
  CHECK(read.styles[1].painting == "");
  REQUIRE(read.preview);
  CHECK(read.preview->height == 2);
  CHECK(read.preview->width == 1);
  CHECK(read.preview->rgb == written.preview->rgb);
  CHECK(read.content_hash == content_hash(written.parameters));
}

TEST_CASE("a description has everything but the numbers, and minds no damage to them") {
  const Folder folder;
  const std::string path = folder / "w.h5";
  write_weight_file(path, sample());
  const WeightFile described = read_weight_description(path);
  CHECK(described.architecture == sample().architecture);
  CHECK(described.settings == sample().settings);
  REQUIRE(described.styles.size() == 2);
  CHECK(described.styles[0].painting == "muse.jpg");
  CHECK(described.parameters.empty());
  CHECK_FALSE(described.preview.has_value());
  CHECK(refusal([&] { read_weight_description(folder / "none.h5"); }).find("none.h5") != std::string::npos);
}

TEST_CASE("a convolution weight lies in the file as K, R, S, C") {
  const Folder folder;
  write_weight_file(folder / "w.h5", sample());
  const Hdf5File file(folder / "w.h5", {"a sample", 6, 100, {Hdf5Type::f32, Hdf5Type::u8}, 1 << 20});
  REQUIRE(file.datasets().at("parameters/conv/weight").shape == std::vector<int64_t>{2, 2, 4, 3});
  const std::vector<float> values = file.floats("parameters/conv/weight");
  for (int k = 0, i = 0; k < 2; ++k)
    for (int r = 0; r < 2; ++r)
      for (int s = 0; s < 4; ++s)
        for (int c = 0; c < 3; ++c, ++i) REQUIRE(values[i] == k * 1000 + c * 100 + r * 10 + s);
}

TEST_CASE("weights stored as f16 come back rounded once, under the hash of the rounded values") {
  const Folder folder;
  write_weight_file(folder / "w.h5", sample(), Storage::f16);
  const WeightFile read = read_weight_file(folder / "w.h5");
  CHECK(read.parameters.at("conv/weight").values == convolution().values);  // integers up to 2048 are halves
  CHECK(read.parameters.at("conv/bias").values == std::vector<float>{0.5f, -0x1.554p-2f});
  write_weight_file(folder / "again.h5", read, Storage::f16);
  CHECK(read_weight_file(folder / "again.h5").content_hash == read.content_hash);
  CHECK(std::filesystem::file_size(folder / "w.h5") > 0);
}

TEST_CASE("the content hash is SHA-256 over name, shape and values as the header says") {
  const NamedArrays arrays{{"b", {{2}, {1, -2}}}, {"a", {{1, 1}, {0.5f}}}};
  const auto number = [](uint64_t value) { return std::string(reinterpret_cast<const char*>(&value), 8); };
  const std::string message = number(1) + "a" + number(2) + number(1) + number(1) + std::string("\0\0\0\x3f", 4) +  //
                              number(1) + "b" + number(1) + number(2) + std::string("\0\0\x80\x3f\0\0\0\xc0", 8);
  CHECK(content_hash(arrays) == sha256(message));
}

TEST_CASE("the same weights give the same file") {
  const Folder folder;
  write_weight_file(folder / "a.h5", sample());
  sleep(1);
  write_weight_file(folder / "b.h5", sample());
  CHECK(slurp(folder / "a.h5") == slurp(folder / "b.h5"));
}

TEST_CASE("a parameter that differs from the content hash is refused") {
  const Folder folder;
  write_weight_file(folder / "w.h5", sample());
  {
    const Reopened reopened(folder / "w.h5");
    const float other[] = {0.5f, 0.25f};
    const Hdf5Handle bias(H5Dopen2(reopened.file, "parameters/conv/bias", H5P_DEFAULT), H5Dclose);
    REQUIRE(H5Dwrite(bias, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, other) >= 0);
  }
  CHECK(has(read_refusal(folder / "w.h5"), "content_hash"));
}

TEST_CASE("each missing attribute is named") {
  const Folder folder;
  for (const std::string name :
       {"impasto_format", "architecture", "settings", "licence", "provenance", "created_by", "preprocessing", "content_hash"}) {
    write_weight_file(folder / "w.h5", sample());
    {
      const Reopened reopened(folder / "w.h5");
      REQUIRE(H5Adelete(reopened.file, name.c_str()) >= 0);
    }
    CHECK(has(read_refusal(folder / "w.h5"), "attribute " + name));
  }
  write_weight_file(folder / "w.h5", sample());
  {
    const Reopened reopened(folder / "w.h5");
    REQUIRE(H5Adelete_by_name(reopened.file, "parameters/conv/bias", "trainable", H5P_DEFAULT) >= 0);
  }
  CHECK(has(read_refusal(folder / "w.h5"), "attribute trainable of parameters/conv/bias is missing"));
}

TEST_CASE("another format version and another program's file are refused") {
  const Folder folder;
  write_weight_file(folder / "w.h5", sample());
  {
    const Reopened reopened(folder / "w.h5");
    const uint32_t version = 2;
    const Hdf5Handle attribute(H5Aopen(reopened.file, "impasto_format", H5P_DEFAULT), H5Aclose);
    REQUIRE(H5Awrite(attribute, H5T_NATIVE_UINT32, &version) >= 0);
  }
  CHECK(has(read_refusal(folder / "w.h5"), "is of weight format 2, this program reads 1"));
  Hdf5(folder / "other.h5", true).floats("parameters/a", {1}, {1});
  CHECK(has(read_refusal(folder / "other.h5"), "has no attribute impasto_format"));
}

TEST_CASE("what does not belong in a weight file is refused, the parts of a checkpoint are passed over") {
  const Folder folder;
  write_weight_file(folder / "w.h5", sample());
  const auto add = [&](const char* group, const char* name) {
    const Reopened reopened(folder / "w.h5");
    const hsize_t one = 1;
    const Hdf5Handle made(H5Gcreate2(reopened.file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose),
        space(H5Screate_simple(1, &one, nullptr), H5Sclose);
    const Hdf5Handle data(H5Dcreate2(made, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    const float value = 1;
    REQUIRE(H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) >= 0);
  };
  add("optimizer", "m");
  CHECK(read_refusal(folder / "w.h5") == "");
  add("extra", "data");
  CHECK(has(read_refusal(folder / "w.h5"), "extra/data does not belong"));
}

TEST_CASE("weights that could not be read back are not written, and the old file stays") {
  const Folder folder;
  write_weight_file(folder / "w.h5", sample());
  const std::string before = slurp(folder / "w.h5");
  const auto refused = [&](const std::string& name, const Array& array, Storage storage = Storage::f32) {
    WeightFile weights = sample();
    weights.parameters[name] = array;
    return refusal([&] { write_weight_file(folder / "w.h5", weights, storage); });
  };
  CHECK(has(refused("norm/gamma", {{1}, {std::nanf("")}}), "norm/gamma holds nan"));
  CHECK(has(refused("norm/gamma", {{1}, {std::numeric_limits<float>::infinity()}}), "norm/gamma holds inf"));
  CHECK(has(refused("norm/gamma", {{1}, {70000}}, Storage::f16), "norm/gamma holds 70000"));
  CHECK(has(refused("norm/gamma", {{2, 2}, {1, 2, 3}}), "norm/gamma has 3 values"));
  CHECK(has(refused("empty", {{2, 0}, {}}), "empty"));
  CHECK(has(refused("a/b/c/d/e/f", {{1}, {1}}), "is no parameter name"));
  CHECK(has(refused("a//b", {{1}, {1}}), "is no parameter name"));
  CHECK(has(refused("", {{1}, {1}}), "is no parameter name"));
  CHECK(has(refused("conv", {{1}, {1}}), "w.h5: "));  // conv is a group already
  CHECK(has(refused("five", {{1, 1, 1, 1, 1}, {1}}), "five"));
  CHECK(slurp(folder / "w.h5") == before);
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path)) ++files;
  CHECK(files == 1);
}

TEST_CASE("settings of 64,000 bytes are kept, longer ones are not written") {
  const Folder folder;
  WeightFile weights = sample();
  weights.settings = weights.provenance = std::string(64000, 's');
  write_weight_file(folder / "w.h5", weights);
  CHECK(read_weight_file(folder / "w.h5").settings == weights.settings);
  weights.settings += 's';
  CHECK(has(refusal([&] { write_weight_file(folder / "w.h5", weights); }),
            "attribute settings is empty, has zero bytes or is over 64,000 bytes"));
}

TEST_CASE("a weight file cut short anywhere is refused") {
  const Folder folder;
  write_weight_file(folder / "w.h5", sample());
  const std::string whole = slurp(folder / "w.h5");
  for (size_t length = 0; length < whole.size(); length += 13) {
    CAPTURE(length);
    spill(folder / "cut.h5", whole.substr(0, length));
    CHECK(read_refusal(folder / "cut.h5") != "");
  }
}

TEST_CASE("changed bytes in a weight file never change the parameters that are read") {
  const Folder folder;
  const WeightFile written = sample();
  write_weight_file(folder / "w.h5", written);
  const int refused = flipped_bytes(folder / "w.h5", folder / "flipped.h5", 1500, 3, [&] {
    const WeightFile read = read_weight_file(folder / "flipped.h5");
    for (const auto& [name, array] : written.parameters) REQUIRE(read.parameters.at(name).values == array.values);
  });
  CHECK(refused > 100);
}
