// Photos painted by AdaIN: what strength, depth, weights and masks come to, and any size.
#include "nets/adain_paint.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "layers/arithmetic.h"
#include "layers/pad.h"
#include "nets/activations.h"
#include "tests/nets/painting_adain.h"
#include "tests/tolerance.h"

using namespace impasto;
using narrow::has;

namespace {

struct Easel {
  std::unique_ptr<Backend> backend = make_reference_backend();
  Adain network{*backend, narrow::painting_encoder(), narrow::painting_decoder()};
  Picture photo = narrow::picture(1, 32, 24);
  ChannelStatistics a = statistics(3, 40, 33), b = statistics(9, 25, 48);

  ChannelStatistics statistics(uint32_t seed, int width, int height) const {
    Picture painting = narrow::picture(seed, width, height);
    for (float& value : painting.rgb) value = value * float(seed) / 10;
    return painting_statistics(network, painting);
  }
  Variable features(const Picture& picture) const {
    return network.encode(Variable(from_host(*backend, {1, 3, picture.height, picture.width}, picture.rgb.data())));
  }
  std::vector<float> decoded(const Variable& t) const {
    std::vector<float> values = to_host(network.decode(t).value());
    for (float& value : values) value = std::clamp(value, 0.0f, 1.0f);
    return values;
  }
  std::vector<float> paint(const std::vector<ChannelStatistics>& paintings, const AdainPaintSettings& settings = {}) const {
    return adain_paint(network, photo, paintings, settings).rgb;
  }
};

double difference(const std::vector<float>& a, const std::vector<float>& b) {
  double worst = 0;
  for (size_t i = 0; i < a.size(); i++) worst = std::max(worst, double(std::abs(a[i] - b[i])));
  return a.size() == b.size() ? worst : 1e9;
}

AdainPaintSettings strength(double alpha) {
  AdainPaintSettings settings;
  settings.strength = alpha;
  return settings;
}

AdainPaintSettings depth(const std::string& mask, double alpha = 1) {
  AdainPaintSettings settings = strength(alpha);
  settings.depth = parse_mask(mask);
  return settings;
}

AdainPaintSettings masks(const std::vector<std::string>& texts, std::vector<double> blend = {}) {
  AdainPaintSettings settings;
  for (const std::string& text : texts) settings.style_masks.push_back(parse_mask(text));
  settings.blend = std::move(blend);
  return settings;
}

const std::string everywhere = "gradient:top:linear(1,1)", nowhere = "gradient:top:linear(0,0)";

}  // namespace

TEST_CASE("strength 1 decodes AdaIN's features, strength 0 the photo's own, and between them their mixture") {
  const Easel easel;
  const Variable content = easel.features(easel.photo), styled = adain(content, easel.a);
  CHECK(easel.paint({easel.a}) == easel.decoded(styled));
  CHECK(easel.paint({easel.a}, strength(0)) == easel.decoded(content));
  CHECK(difference(easel.paint({easel.a}, strength(0.3)), easel.decoded(styled * 0.3 + content * 0.7)) < tolerance::f32);
  CHECK(difference(easel.paint({easel.a}), easel.paint({easel.a}, strength(0))) > 0.05);
}

TEST_CASE("a depth of 1 everywhere is AdaIN to the last bit, a depth of 0 is strength 0, and strength scales depth") {
  const Easel easel;
  CHECK(easel.paint({easel.a}, depth(everywhere)) == easel.paint({easel.a}));
  CHECK(easel.paint({easel.a}, depth(nowhere)) == easel.paint({easel.a}, strength(0)));
  CHECK(easel.paint({easel.a}, depth("gradient:right", 0)) == easel.paint({easel.a}, strength(0)));
  CHECK(easel.paint({easel.a}, depth("gradient:right:linear(0.25,0.25)")) == easel.paint({easel.a}, strength(0.25)));
  CHECK(difference(easel.paint({easel.a}, depth("gradient:right", 0.5)), easel.paint({easel.a}, depth("gradient:right:linear(0,0.5)"))) <
        tolerance::f32);
}

TEST_CASE("a depth that rises to the right changes more the farther to the right") {
  const Easel easel;
  const Picture photo = narrow::picture(1, 96, 24);
  AdainPaintSettings settings = depth("gradient:right");
  const auto painted = adain_paint(easel.network, photo, {easel.a}, settings).rgb, plain = adain_paint(easel.network, photo, {easel.a}, strength(0)).rgb;
  double changed[3] = {};
  for (size_t i = 0; i < painted.size(); i++) changed[i % 96 / 32] += std::abs(painted[i] - plain[i]);
  CHECK(changed[0] < 0.7 * changed[1]);
  CHECK(changed[1] < 0.8 * changed[2]);
}

TEST_CASE("depth is D AdaIN + (1 - D) f, D the mean of each 8x8 pixels") {
  const Easel easel;
  const Variable content = easel.features(easel.photo);
  // gradient:right over 32 columns, over cells of 8: (8 j + 3.5) / 31.
  std::vector<float> d;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 4; j++) d.push_back(float((8 * j + 3.5) / 31));
  const Variable map(from_host(*easel.backend, {1, 1, 3, 4}, d.data()));
  const Variable t = content + (adain(content, easel.a) - content) * map;
  double largest = 0;  // before it is clamped
  for (const double v : to_host_f64(easel.network.decode(t).value())) largest = std::max(largest, std::abs(v));
  CAPTURE(largest);
  CHECK(difference(easel.paint({easel.a}, depth("gradient:right")), easel.decoded(t)) < tolerance::f32 * largest);
}

TEST_CASE("weights of 1 and 0 are the first painting alone; others are made to sum to 1") {
  const Easel easel;
  const auto blended = [&](std::vector<double> blend) {
    AdainPaintSettings settings;
    settings.blend = std::move(blend);
    return easel.paint({easel.a, easel.b}, settings);
  };
  CHECK(blended({1, 0}) == easel.paint({easel.a}));
  CHECK(blended({0, 5}) == easel.paint({easel.b}));
  CHECK(blended({3, 1}) == blended({0.75, 0.25}));
  CHECK(blended({}) == blended({2, 2}));
  const Variable content = easel.features(easel.photo);
  CHECK(difference(blended({3, 1}), easel.decoded(adain(content, easel.a) * 0.75 + adain(content, easel.b) * 0.25)) < tolerance::f32);
  CHECK(difference(easel.paint({easel.a}), easel.paint({easel.b})) > 0.02);
}

TEST_CASE("a mask of 1 everywhere changes nothing, and of one painting it is how much is painted") {
  const Easel easel;
  CHECK(difference(easel.paint({easel.a}, masks({everywhere})), easel.paint({easel.a})) < tolerance::moments_f32);
  CHECK(difference(easel.paint({easel.a}, masks({"gradient:top:linear(0.5,0.5)"})), easel.paint({easel.a}, strength(0.5))) < tolerance::moments_f32);
}

TEST_CASE("masks split a picture: each painting takes the place of the photo's statistics under its own") {
  const Easel easel;
  const Picture photo = narrow::picture(1, 96, 16);
  const Variable content = easel.features(photo);  // 12 cells by 2
  const auto half = [&](int first, const ChannelStatistics& style) {
    const ChannelStatistics own = channel_statistics(crop(content, 0, first, 2, 6).value());
    return easel.decoded((content - Variable(own.mean)) * (Variable(style.deviation) / Variable(own.deviation)) + Variable(style.mean));
  };
  const std::vector<float> left = half(0, easel.a), right = half(6, easel.b);
  const AdainPaintSettings settings = masks({"gradient:left:range(0.499,0.501)", "gradient:right:range(0.499,0.501)"});
  const std::vector<float> painted = adain_paint(easel.network, photo, {easel.a, easel.b}, settings).rgb;
  double off_left = 0, off_right = 0;
  for (size_t i = 0; i < painted.size(); i++) {
    if (i % 96 < 16) off_left = std::max(off_left, double(std::abs(painted[i] - left[i])));
    if (i % 96 >= 80) off_right = std::max(off_right, double(std::abs(painted[i] - right[i])));
  }
  CHECK(off_left < tolerance::moments_f32);
  CHECK(off_right < tolerance::moments_f32);
  CHECK(difference(left, right) > 0.02);
}

TEST_CASE("where masks overlap weights decide, and where there are none the photo stays as it is decoded") {
  const Easel easel;
  const auto both = masks({everywhere, everywhere}, {3, 1});
  AdainPaintSettings unmasked;
  unmasked.blend = {3, 1};
  CHECK(difference(easel.paint({easel.a, easel.b}, both), easel.paint({easel.a, easel.b}, unmasked)) < tolerance::moments_f32);
  const Picture photo = narrow::picture(1, 96, 16);
  const auto painted = adain_paint(easel.network, photo, {easel.a}, masks({"gradient:right:range(0.499,0.501)"})).rgb;
  const auto plain = adain_paint(easel.network, photo, {easel.a}, strength(0)).rgb;
  for (size_t i = 0; i < painted.size(); i++)
    if (i % 96 < 16) CHECK(painted[i] == plain[i]);
}

TEST_CASE("a picture of any size comes back in its size, with its alpha, within 0..1") {
  const Easel easel;
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 40}, {8, 8}, {15, 17}, {37, 23}}) {
    CAPTURE(width);
    Picture photo = narrow::picture(1, width, height, true);
    photo.bits = 16;
    AdainPaintSettings settings = depth("gradient:centre");
    settings.style_masks = {parse_mask("gradient:left:linear(0.1,1)"), parse_mask("gradient:right:linear(0.1,1)")};
    for (const AdainPaintSettings& s : {AdainPaintSettings{}, settings}) {
      const Picture painted = adain_paint(easel.network, photo, {easel.a, easel.b}, s);
      CHECK(painted.width == width);
      CHECK(painted.height == height);
      CHECK(painted.alpha == photo.alpha);
      CHECK(painted.bits == 16);
      REQUIRE(painted.rgb.size() == photo.rgb.size());
      for (const float value : painted.rgb) CHECK((value >= 0 && value <= 1));
    }
    CHECK(std::isfinite(to_host(painting_statistics(easel.network, photo).deviation)[0]));
  }
}

TEST_CASE("a side that is no multiple of 8 is painted as if its edge went on") {
  const Easel easel;
  Picture longer = narrow::picture(1, 29, 24), photo = longer;
  longer.width = 32;
  longer.rgb.clear();
  for (size_t row = 0; row < 72; row++)
    for (size_t x = 0; x < 32; x++) longer.rgb.push_back(photo.rgb[row * 29 + std::min(x, size_t(28))]);
  const auto found = adain_paint(easel.network, photo, {easel.a}).rgb, whole = adain_paint(easel.network, longer, {easel.a}).rgb;
  for (size_t i = 0; i < found.size(); i++) CHECK(found[i] == whole[i / 29 * 32 + i % 29]);
}

TEST_CASE("the cpu backend paints what the loops paint") {
  const Easel easel;
  const auto cpu = make_cpu_backend();
  const Adain network(*cpu, narrow::painting_encoder(), narrow::painting_decoder());
  const ChannelStatistics a = painting_statistics(network, narrow::picture(3, 40, 33)), b = painting_statistics(network, narrow::picture(9, 25, 48));
  const ChannelStatistics slow_a = painting_statistics(easel.network, narrow::picture(3, 40, 33)),
                          slow_b = painting_statistics(easel.network, narrow::picture(9, 25, 48));
  AdainPaintSettings settings = masks({"gradient:left", "gradient:right"}, {2, 1});
  settings.depth = parse_mask("gradient:top:linear(0.5,1)");
  const Picture photo = narrow::picture(1, 37, 23);
  CHECK(difference(adain_paint(network, photo, {a, b}, settings).rgb, adain_paint(easel.network, photo, {slow_a, slow_b}, settings).rgb) < 1e-3);
}

TEST_CASE("what cannot be painted is refused in a sentence") {
  const Easel easel;
  const auto refused = [&](const std::vector<ChannelStatistics>& paintings, const AdainPaintSettings& settings) {
    return narrow::refusal<UsageError>([&] { easel.paint(paintings, settings); });
  };
  AdainPaintSettings blend;
  blend.blend = {1, -1};
  CHECK(has(refused({}, {}), "at least one painting"));
  CHECK(has(refused({easel.a, easel.b}, blend), "must be a number from 0 on, not -1"));
  CHECK(has(refused({easel.a}, blend), "2 weights for 1 paintings"));
  CHECK(has(refused({easel.a}, strength(1.5)), "a strength is 0 to 1, not 1.5"));
  CHECK(has(refused({easel.a}, strength(NAN)), "a strength is 0 to 1"));
  CHECK(has(refused({easel.a}, depth("gradient:top:linear(1,2)")), "the depth \"gradient:top:linear(1,2)\" comes to 1.8"));
  CHECK(has(refused({easel.a, easel.b}, masks({everywhere})), "1 masks for 2 paintings"));
  CHECK(has(refused({easel.a, easel.b}, masks({everywhere, nowhere})), "the mask \"" + nowhere + "\" is empty"));
  AdainWeights damaged = narrow::painting_decoder();
  damaged.decoder.at("conv2_1/bias").values[0] = std::numeric_limits<float>::quiet_NaN();
  const Adain network(*easel.backend, narrow::painting_encoder(), damaged);
  CHECK(has(narrow::refusal<Error>([&] { adain_paint(network, easel.photo, {easel.a}); }), "adain.h5: AdaIN painted values that are not numbers"));
}

TEST_CASE("the memory that is planned is about what painting takes") {
  const auto cpu = make_cpu_backend();
  const Adain network(*cpu, narrow::painting_encoder(), narrow::painting_decoder());
  const std::vector<ChannelStatistics> paintings{painting_statistics(network, narrow::picture(3, 120, 90))};
  adain_paint(network, narrow::picture(1, 200, 140), paintings, strength(0.5));
  const double planned = double(adain_paint_memory(narrow::painting_encoder(), narrow::painting_decoder(), {200, 140}, {120, 90}, 1, false));
  const double taken = double(cpu->pool()->usage().peak);
  CHECK(planned <= 1.02 * taken);
  CHECK(planned > 0.85 * taken);
}
