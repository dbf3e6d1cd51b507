// Photographs through a network and back: any size, alpha, blends, and what must be refused.
#include "nets/stylize.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "tests/nets/narrow_transform.h"

using namespace impasto;
using narrow::has;

namespace {

const std::vector<std::string> every_padding{"reflect-start", "none", "zero", "reflect", "replicate", "same"};

// Passes a picture through: middle weights of 1, nothing else.
TransformWeights identity(const std::string& architecture, const std::string& how) {
  TransformWeights weights = fresh_transform(transform_architecture(architecture), how, 1);
  for (auto& [name, array] : weights.parameters) {
    if (!name.ends_with("/weight")) continue;
    std::fill(array.values.begin(), array.values.end(), 0.0f);
    const int64_t k = array.shape[2];
    for (int64_t c = 0; c < 3; c++) array.values[size_t(((c * 3 + c) * k + k / 2) * k + k / 2)] = 1;
  }
  for (auto& [name, array] : weights.parameters)
    if (name.ends_with("/bias")) std::fill(array.values.begin(), array.values.end(), 0.0f);
  return weights;
}

}  // namespace

TEST_CASE("a picture of any size comes back in its size, whatever the padding") {
  const auto backend = make_cpu_backend();
  for (const std::string& padding : every_padding) {
    CAPTURE(padding);
    const TransformNet network(*backend, narrow::transform_weights("transform:c9s1-4,d6,d8,R8,u6,u4,c9s1-3;padding=" + padding, "caffe"));
    for (int height = 1; height <= 9; height++) {
      for (int width = 1; width <= 9; width++) {
        const Picture painted = stylize(network, narrow::picture(1, width, height));
        CHECK(painted.width == width);
        CHECK(painted.height == height);
        REQUIRE(painted.rgb.size() == size_t(3 * width * height));
        for (const float value : painted.rgb) CHECK((value >= 0 && value <= 1));
      }
    }
  }
}

TEST_CASE("a network that passes pixels through gives the photo back, odd sizes too") {
  const auto backend = make_cpu_backend();
  for (const char* how : {"caffe", "torch", "unit", "byte"}) {
    for (const char* architecture : {"transform:c3s1-3;output=linear;padding=reflect", "transform:c5s1-3;output=linear;padding=none"}) {
      const Picture photo = narrow::picture(1, 37, 23);
      const Picture same = stylize(TransformNet(*backend, identity(architecture, how)), photo);
      for (size_t i = 0; i < photo.rgb.size(); i++) CHECK(std::abs(same.rgb[i] - photo.rgb[i]) < 1e-5);
    }
  }
}

TEST_CASE("the inner pixels do not mind how the picture was made up to a whole size") {
  // Batch norm at test time looks at no neighbours, so only the convolutions' reach counts.
  const auto backend = make_reference_backend(Dtype::f64);
  const TransformNet network(*backend, narrow::transform_weights("transform:c3s1-4,d6,u4,c3s1-3;padding=zero;norm=batch", "unit"));
  const Picture large = narrow::picture(1, 32, 32);
  Picture part = large;
  part.width = 27, part.height = 25;
  part.rgb.clear();
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < part.height; y++)
      for (int x = 0; x < part.width; x++) part.rgb.push_back(large.rgb[size_t((c * 32 + y) * 32 + x)]);
  const Picture whole = stylize(network, large), cut = stylize(network, part);
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < 18; y++)
      for (int x = 0; x < 20; x++)
        CHECK(cut.rgb[size_t((c * 25 + y) * 27 + x)] == doctest::Approx(whole.rgb[size_t((c * 32 + y) * 32 + x)]).epsilon(1e-6));
}

TEST_CASE("without padding inside, the result is that of reflection around the photo") {
  const auto backend = make_cpu_backend();
  const Picture photo = narrow::picture(1, 21, 18);
  const TransformNet start(*backend, narrow::transform_weights(narrow::body, "caffe"));
  const TransformNet none(*backend, narrow::transform_weights(narrow::body + ";padding=none", "caffe"));
  CHECK(stylize(none, photo).rgb == stylize(start, photo).rgb);
}

TEST_CASE("values beyond white and black are clamped, and alpha and depth are kept") {
  const auto backend = make_cpu_backend();
  TransformWeights weights = identity("transform:c3s1-3;output=linear;padding=zero", "byte");
  weights.parameters["conv1/bias"].values = {400, -400, 0};
  Picture photo = narrow::picture(1, 5, 7, true);
  photo.bits = 16;
  const Picture painted = stylize(TransformNet(*backend, weights), photo);
  CHECK(painted.alpha == photo.alpha);
  CHECK(painted.bits == 16);
  CHECK(painted.rgb[0] == 1);
  CHECK(painted.rgb[35] == 0);
  CHECK(stylize(TransformNet(*backend, weights), narrow::picture(1, 5, 7)).alpha.empty());
}

TEST_CASE("weights that make no numbers are an error that names them") {
  const auto backend = make_cpu_backend();
  TransformWeights weights = narrow::transform_weights(narrow::body, "caffe");
  weights.parameters["conv2/bias"].values[1] = std::numeric_limits<float>::quiet_NaN();
  const TransformNet network(*backend, weights);
  CHECK(has(narrow::refusal<Error>([&] { stylize(network, narrow::picture(1, 12, 12)); }),
            "narrow.h5: the network painted values that are not numbers"));
}

TEST_CASE("a blend is made to sum to 1, and must fit") {
  const auto backend = make_cpu_backend();
  const Picture photo = narrow::picture(1, 16, 12);
  const TransformNet many(*backend, narrow::transform_weights(narrow::three_styles, "unit"));
  CHECK(stylize(many, photo, {1, 1, 2}).rgb == stylize(many, photo, {0.25, 0.25, 0.5}).rgb);
  CHECK(stylize(many, photo, {1, 0, 0}).rgb != stylize(many, photo, {0, 1, 0}).rgb);
  const auto refused = [&](const TransformNet& network, const std::vector<double>& blend) {
    return narrow::refusal<UsageError>([&] { stylize(network, photo, blend); });
  };
  CHECK(has(refused(many, {}), "narrow.h5 holds 3 styles, each of which takes a weight, but 0 were given"));
  CHECK(has(refused(many, {1, 1}), "but 2 were given"));
  CHECK(has(refused(many, {0, 0, 0}), "not all of them 0"));
  CHECK(has(refused(many, {1, -1, 1}), "at least 0"));
  CHECK(has(refused(many, {1, NAN, 1}), "at least 0"));
  const TransformNet one(*backend, narrow::transform_weights(narrow::body));
  CHECK(has(refused(one, {1}), "one style, which takes no weight, but 1 were given"));
  TransformWeights single = fresh_transform(conditional_architecture(1, 0.125, 1), "unit", 1);
  CHECK(stylize(TransformNet(*backend, single), photo).rgb == stylize(TransformNet(*backend, single), photo, {3}).rgb);
}

TEST_CASE("the memory that is planned is what painting takes, apart from the convolution library's own room") {
  for (const char* architecture :
       {"transform:johnson-half;padding=reflect", "transform:c9s1-16,c3s2-32,R32,n2-16,c9s1-3;padding=reflect;styles=2"}) {
    CAPTURE(architecture);
    const TransformWeights weights = fresh_transform(transform_architecture(architecture), "unit", 1);
    const auto backend = make_cpu_backend();
    const TransformNet network(*backend, weights);
    stylize(network, narrow::picture(1, 122, 97), std::vector<double>(size_t(weights.architecture.styles), 1));
    const double planned = double(stylize_memory(weights, 122, 97)), taken = double(backend->pool()->usage().peak);
    CHECK(planned <= taken);
    CHECK(planned > 0.9 * taken);
  }
}
