// AdaIN against recorded PyTorch (tests/reference/README.md, adain.h5), its files, and what it refuses.
#include "nets/adain.h"

#include <doctest/doctest.h>

#include <map>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "layers/adain.h"
#include "nets/adain_file.h"
#include "tests/loaders/hdf5_samples.h"
#include "tests/nets/narrow_adain.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

void check_against_recorded(Backend& backend, const std::string& kind, double bound) {
  CAPTURE(kind);
  const Recorded recorded("adain.h5");
  const auto error = [&](const Tensor& found, const char* name) { return narrow::error(to_host_f64(found), recorded.values(kind + '/' + name)); };
  const Adain net(backend, narrow::adain_encoder(kind), narrow::adain_decoder_weights(kind), Parameters::Use::trained);
  const Variable content(from_host(backend, {1, 3, 19, 27}, narrow::unit_picture(1, 5, 19, 27).data()), true);
  const Variable style(from_host(backend, {1, 3, 20, 28}, narrow::unit_picture(3, 4, 20, 28).data()), true);
  const Variable features = net.encode(content), of_style = net.encode(style);
  REQUIRE(features.shape() == Shape{1, 32, 3, 4});
  CHECK(error(features.value(), "features") < bound);
  const Variable mixed = adain(features, of_style);
  CHECK(error(mixed.value(), "adain") < bound);
  CHECK(error(adain(features, channel_statistics(of_style.value())).value(), "adain") < bound);
  const Variable y = net.decode(mixed);
  REQUIRE(y.shape() == Shape{1, 3, 24, 32});
  CHECK(error(y.value(), "y") < bound);
  backward_from(y, y.value());
  CHECK(error(content.grad(), "dcontent") < bound);
  CHECK(error(style.grad(), "dstyle") < bound);
  CHECK(error(net.parameters()["conv3_1/weight"].grad(), "dweight") < bound);
}

NamedArrays naoto_decoder() {
  NamedArrays theirs;
  const int places[] = {1, 5, 8, 11, 14, 18, 21, 25, 28};
  const int64_t widths[] = {512, 256, 256, 256, 256, 128, 128, 64, 64, 3};
  for (size_t i = 0; i < 9; i++) {
    theirs[std::to_string(places[i]) + ".weight"] = {{widths[i + 1], widths[i], 3, 3}, std::vector<float>(size_t(9 * widths[i] * widths[i + 1]), 0.001f * float(i))};
    theirs[std::to_string(places[i]) + ".bias"] = {{widths[i + 1]}, std::vector<float>(size_t(widths[i + 1]), float(i))};
  }
  return theirs;
}

}  // namespace

TEST_CASE("adain computes what PyTorch does, encoder, statistics, decoder and gradients: reference backend, f64") {
  for (const char* kind : {"vgg16", "vgg19"}) check_against_recorded(*make_reference_backend(Dtype::f64), kind, 100 * tolerance::f64);
}

TEST_CASE("adain computes what PyTorch does, encoder, statistics, decoder and gradients: cpu backend, f32") {
  for (const char* kind : {"vgg16", "vgg19"}) check_against_recorded(*make_cpu_backend(), kind, tolerance::moments_f32);
}

TEST_CASE("adain gives the content's features the style's statistics") {
  const auto backend = make_cpu_backend();
  const Tensor style = from_host(*backend, {1, 5, 6, 7}, formula::values({1, 5, 6, 7}, 2, 3).data());
  const Variable content(from_host(*backend, {2, 5, 8, 4}, formula::values({2, 5, 8, 4}, 1).data()));
  const ChannelStatistics wanted = channel_statistics(style), found = channel_statistics(adain(content, wanted).value());
  for (const bool second : {false, true}) {
    const std::vector<float> a = to_host(wanted.mean), b = to_host(wanted.deviation), mean = to_host(found.mean), deviation = to_host(found.deviation);
    for (size_t c = 0; c < 5; c++) {
      CHECK(mean[c + 5 * second] == doctest::Approx(a[c]).epsilon(1e-4));
      CHECK(deviation[c + 5 * second] == doctest::Approx(b[c]).epsilon(1e-4));
    }
  }
}

TEST_CASE("the scale in a decoder's file multiplies the features it is given") {
  const auto backend = make_reference_backend(Dtype::f64);
  AdainWeights scaled = narrow::adain_decoder_weights("vgg16");
  Array scale{{32}, {}};
  for (int c = 0; c < 32; c++) scale.values.push_back(0.5f + 0.125f * float(c));
  scaled.decoder["features/scale"] = scale;
  const VggWeights encoder = narrow::adain_encoder("vgg16");
  std::vector<float> values = formula::values({1, 32, 3, 2}, 1);
  const Tensor features = from_host(*backend, {1, 32, 3, 2}, values.data());
  const auto found = to_host_f64(Adain(*backend, encoder, scaled).decode(Variable(features)).value());
  for (size_t i = 0; i < values.size(); i++) values[i] *= scale.values[i / 6];
  const Tensor multiplied = from_host(*backend, {1, 32, 3, 2}, values.data());
  const auto wanted = to_host_f64(Adain(*backend, encoder, narrow::adain_decoder_weights("vgg16")).decode(Variable(multiplied)).value());
  CHECK(narrow::error(found, wanted) < 1e-6);  // the products above are rounded to f32
}

TEST_CASE("the decoder of vgg19 is the published one, name by name") {
  const NamedArrays ours = adain_from_state_dict(naoto_decoder());
  const auto wanted = adain_decoder(vgg_architecture("vgg19"));
  REQUIRE(wanted.size() == 9);
  CHECK(ours.size() == 18);
  for (size_t i = 0; i < 9; i++) CHECK_MESSAGE(ours.at(wanted[i].first + "/bias").values[0] == float(i), wanted[i].first);
  int64_t count = 0;
  for (const auto& [name, array] : ours) count += int64_t(array.values.size());
  CHECK(count == 3505219);
  const auto backend = make_cpu_backend();
  CHECK_NOTHROW(adain_parameters(*backend, {"decoder.pth", vgg_architecture("vgg19"), ours}, Parameters::Use::frozen));
  NamedArrays more = naoto_decoder();
  more.erase("28.bias");
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { adain_from_state_dict(more); }), "28.bias"));
}

TEST_CASE("the normalised VGG-19 is read name by name, and its first convolution is Caffe's preprocessing or refused") {
  NamedArrays theirs;
  const int places[] = {2, 5, 9, 12, 16, 19, 22, 25, 29, 32, 35, 38, 42, 45, 48, 51};
  for (const int place : places)
    for (const char* part : {".weight", ".bias"}) theirs[std::to_string(place) + part] = {{1}, {float(place)}};
  theirs["0.weight"] = {{3, 3, 1, 1}, {0, 0, 255, 0, 255, 0, 255, 0, 0}};
  theirs["0.bias"] = {{3}, {-103.939f, -116.779f, -123.68f}};
  const NamedArrays ours = adain_encoder_from_state_dict(theirs);
  CHECK(ours.size() == 32);
  for (const auto& [name, place] : std::map<std::string, int>{{"conv1_1", 2}, {"conv2_1", 9}, {"conv3_1", 16}, {"conv4_1", 29}, {"conv5_4", 51}})
    CHECK_MESSAGE(ours.at(name + "/bias").values[0] == float(place), name);
  std::swap(theirs["0.weight"].values[0], theirs["0.weight"].values[2]);
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { adain_encoder_from_state_dict(theirs); }), "Caffe's preprocessing"));
}

TEST_CASE("files of a decoder are read again, and say which encoder it is for") {
  const samples::Folder folder;
  const std::string path = folder / "adain.h5";
  const AdainWeights weights = narrow::adain_decoder_weights("vgg16");
  write_weight_file(path, adain_weight_file(weights), Storage::f32);
  const AdainWeights again = read_adain(path);
  CHECK(again.encoder.name == "vgg16:8,16,24,32");
  REQUIRE(again.decoder.size() == weights.decoder.size());
  for (const auto& [name, array] : weights.decoder) CHECK_MESSAGE(again.decoder.at(name).values == array.values, name);

  WeightFile vgg;
  vgg.architecture = "vgg16:8,16,24,32";
  vgg.settings = "{}";
  vgg.licence = vgg.provenance = vgg.created_by = "made by a test";
  vgg.preprocessing = "caffe";
  vgg.parameters = narrow::adain_encoder("vgg16").parameters;
  write_weight_file(folder / "vgg.h5", vgg, Storage::f32);
  CHECK(narrow::has(narrow::refusal<FileError>([&] { read_adain(folder / "vgg.h5"); }), "not a decoder of AdaIN"));
  CHECK(narrow::has(narrow::refusal<FileError>([&] { read_adain(std::string(IMPASTO_TEST_DATA) + "/examples.pth"); }), "is not the decoder of pytorch-AdaIN"));
}

TEST_CASE("a decoder is not used with another encoder, nor on too small a picture") {
  const auto backend = make_cpu_backend();
  const std::string other =
      narrow::refusal<UsageError>([&] { Adain(*backend, narrow::adain_encoder("vgg19"), narrow::adain_decoder_weights("vgg16")); });
  CHECK(narrow::has(other, "give the encoder it was trained with"));
  CHECK(narrow::has(narrow::refusal<UsageError>([] { adain_decoder(vgg_architecture("vgg16:8,16,24")); }), "needs 4 blocks"));
  const Adain net(*backend, narrow::adain_encoder("vgg16"), narrow::adain_decoder_weights("vgg16"));
  const auto encoded = [&](int side) {
    return net.encode(Variable(from_host(*backend, {1, 3, side, 9}, narrow::unit_picture(1, 5, side, 9).data()))).shape();
  };
  CHECK(encoded(9) == Shape{1, 32, 2, 2});
  CHECK(narrow::has(narrow::refusal<ShapeError>([&] { encoded(8); }), "needs at least 9x9"));
}
