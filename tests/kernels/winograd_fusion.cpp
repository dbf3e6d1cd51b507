// What the Winograd convolutions do on the way in and out: norms, masks, sums, biases, ReLUs, moments; 16-bit products; any number of
// threads.
#include "tests/kernels/winograd_fixture.h"

namespace {
using namespace winograd_tests;

constexpr Padding reflect = Padding::reflect, replicate = Padding::replicate;

/// One of each kind, to try the fusions on.
const WinogradShape kinds[] = {
    {2, 20, 19, 27, 38, 3, 1, 1, 1, 1, 1, 1},
    {1, 9, 18, 7, 8, 3, 1, 1, 1, 1, 1, 1, reflect},
    {2, 9, 10, 13, 18, 3, 2, 1, 1, 1, 1, 1},
    {2, 5, 10, 40, 29, 3, 1, 2, 1, 1, 1, 1, reflect},
    {2, 7, 12, 17, 26, 5, 1, 1, 2, 2, 2, 2},
    {2, 260, 5, 50, 9, 3, 1, 1, 1, 1, 1, 1, replicate},
    {1, 12, 7, 17, 26, 3, 2, 1, 1, 0, 1, 1, replicate},
};

/// More for 16-bit products, whose weights are the coarsest from 64 channels on.
const WinogradShape kinds_for_pairs[] = {
    {1, 128, 8, 7, 8, 3, 1, 1, 1, 1, 1, 1}, {1, 70, 8, 12, 18, 3, 1, 1, 1, 1, 1, 1}, {1, 16, 16, 24, 18, 3, 1, 1, 1, 1, 1, 1, reflect},
    {1, 9, 18, 6, 7, 4, 1, 1, 1, 1, 2, 2},  {1, 20, 5, 33, 21, 7, 1, 1, 3, 3, 3, 3}, {1, 9, 30, 12, 30, 11, 1, 1, 5, 5, 5, 5},
};

/// The input as the convolution takes it, and what it is made of.
struct Normed {
  std::vector<float> scale, shift;
  bool by_image, relu;

  Normed(const Case& test, bool scaled, bool by_image, bool relu) : by_image(by_image), relu(relu) {
    const int rows = by_image ? test.s.n : 1;
    if (scaled) scale = Planar(rows, test.s.c, 1, 1, 5).floats(), shift = Planar(rows, test.s.c, 1, 1, 6).floats();
  }
  WinogradInput input() const { return {scale.empty() ? nullptr : scale.data(), shift.empty() ? nullptr : shift.data(), by_image, relu}; }
  Planar of(Planar x) const {
    for (std::size_t i = 0; i < x.values.size(); i++) {
      const std::size_t channel = i / (x.h * x.w) % (by_image ? x.n * x.c : x.c);
      double& v = x.values[i];
      if (!scale.empty()) v = v * scale[channel] + shift[channel];
      if (relu) v = std::max(v, 0.0);
    }
    return x;
  }
};

/// Of y as it was written.
void require_moments(const Planar& y, const std::vector<float>& mean, const std::vector<float>& variance) {
  const int area = y.h * y.w;
  for (int i = 0; i < y.n * y.c; i++) {
    const double* plane = y.plane(0, i);
    double sum = 0, squares = 0;
    for (int j = 0; j < area; j++) sum += plane[j];
    for (int j = 0; j < area; j++) squares += (plane[j] - sum / area) * (plane[j] - sum / area);
    REQUIRE(std::abs(mean[i] - sum / area) <= tolerance::moments_f32 * (std::abs(sum / area) + std::sqrt(squares / area)));
    REQUIRE(std::abs(variance[i] - squares / area) <= tolerance::moments_f32 * squares / area);
  }
}

/// The norm of the differences to the norm of the numbers.
double relative_l2_error(const std::vector<double>& got, const std::vector<double>& want) {
  double wrong = 0, norm = 0;
  for (std::size_t i = 0; i < want.size(); i++) wrong += (got[i] - want[i]) * (got[i] - want[i]), norm += want[i] * want[i];
  return std::sqrt(wrong / norm);
}
}  // namespace

TEST_CASE("Winograd adds to what is there, then the bias, then ReLU, and gives the moments of the result") {
  for_every(kinds, [](const Case& test) {
    const Planar plain = forward(test.s, test.x, test.kernel), bias(1, test.s.k, 1, 1, 7);
    const auto bias_floats = bias.floats();
    for (int lanes : {8, 16})
      for (const bool add : {false, true})
        for (const bool relu : {false, true}) {
          Planar want = plain;
          for (std::size_t i = 0; i < want.values.size(); i++) {
            double& v = want.values[i];
            v += bias.values[i / (want.h * want.w) % want.c] + (add ? test.dy.values[i] : 0.0);
            if (relu) v = std::max(v, 0.0);
          }
          std::vector<float> mean(test.s.n * test.s.k), variance = mean;
          Run run{.lanes = lanes, .fusion = {.bias = bias_floats.data(), .add = add, .relu = relu}, .before = add ? &test.dy : nullptr};
          if (winograd_supports_moments(test.s, lanes)) run.fusion.mean = mean.data(), run.fusion.variance = variance.data();
          const auto y = convolve(WinogradPass::forward, test.s, run, channel_inner(test.x, lanes), test.kernel);
          require_close(y, want, lanes);
          if (run.fusion.mean) require_moments(planar(y, want, lanes), mean, variance);
        }
  });
}

TEST_CASE("Winograd moments do not cancel where the mean is large") {
  for_every(kinds, [](const Case& test) {
    if (!winograd_supports_moments(test.s, 8)) return;
    const std::vector<float> bias(test.s.k, 3000.0f);
    std::vector<float> mean(test.s.n * test.s.k), variance = mean;
    const Run run{.fusion = {.bias = bias.data(), .mean = mean.data(), .variance = variance.data()}};
    const auto y = convolve(WinogradPass::forward, test.s, run, channel_inner(test.x, 8), test.kernel);
    require_moments(planar(y, test.y, 8), mean, variance);
  });
}

TEST_CASE("Winograd supports moments of one image and of large ones") {
  for (int lanes : {8, 16})
    for (int channels : {8, 32, 128, 512}) {
      REQUIRE(winograd_supports_moments({1, channels, 8, 5, 4, 3, 1, 1, 1, 1, 1, 1}, lanes));
      REQUIRE(winograd_supports_moments({4, channels, 8, 128, 128, 3, 1, 1, 1, 1, 1, 1}, lanes));
    }
}

TEST_CASE("Winograd takes x scaled, shifted and through ReLU, with the pads around that") {
  for_every(kinds, [](const Case& test) {
    for (const Normed& normed : {Normed(test, true, true, true), Normed(test, true, false, false), Normed(test, false, false, true)}) {
      const Planar x = normed.of(test.x), y = forward(test.s, x, test.kernel), dw = weight_gradient(test.s, x, test.dy);
      for (int lanes : {8, 16}) {
        const Run run{.lanes = lanes, .fusion = {.input = normed.input()}};
        require_close(convolve(WinogradPass::forward, test.s, run, channel_inner(test.x, lanes), test.kernel), y, lanes);
        require_close(gradient_of_weights(test, run), dw.values);
      }
    }
  });
}

TEST_CASE("Winograd weight gradient is written or added, of dy masked by the saved output or not") {
  for_every(kinds, [](const Case& test) {
    const Planar before(test.s.k, test.s.c, test.s.kernel, test.s.kernel, 8);
    for (const bool add : {false, true})
      for (const bool with_mask : {false, true}) {
        Planar want = weight_gradient(test.s, test.x, with_mask ? masked(test.dy, test.y) : test.dy);
        for (std::size_t i = 0; add && i < want.values.size(); i++) want.values[i] += before.values[i];
        for (int lanes : {8, 16}) {
          const auto mask = channel_inner(test.y, lanes);
          const Run run{.lanes = lanes, .fusion = {.mask = with_mask ? mask.data() : nullptr}, .before = add ? &before : nullptr};
          require_close(gradient_of_weights(test, run), want.values);
        }
      }
  });
}

TEST_CASE("Winograd of 16-bit products is close to the direct sum") {
  const auto check = [](const Case& test) {
    const Planar y = forward(test.s, test.x, test.kernel), dx = data_gradient(test.s, test.dy, test.kernel);
    for (int lanes : {8, 16}) {
      const Run run{.lanes = lanes, .products = WinogradProducts::pairs};
      const auto check_pass = [&](WinogradPass pass, const Planar& input, const Planar& want) {
        const std::string key = winograd_weights_key(pass, test.s, run.products);
        CAPTURE(key);
        const bool eight_points = test.s.kernel > 3 || key.find("f6x3") != std::string::npos;
        const Planar got = planar(convolve(pass, test.s, run, channel_inner(input, lanes), test.kernel), want, lanes);
        const double bound = eight_points ? tolerance::winograd_pairs_of_eight_points : tolerance::winograd_pairs;
        REQUIRE(relative_l2_error(got.values, want.values) < bound);
      };
      check_pass(WinogradPass::forward, test.x, y);
      if (winograd_supports(WinogradPass::data_gradient, test.s, lanes)) check_pass(WinogradPass::data_gradient, test.dy, dx);
    }
  };
  for_every(kinds, check);
  for_every(kinds_for_pairs, check);
}

TEST_CASE("Winograd gives the same bytes for any number of threads") {
  const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
  };
  for_every(kinds, [&](const Case& test) {
    for (const WinogradProducts products : {WinogradProducts::f32, WinogradProducts::pairs}) {
      std::vector<float> first, first_dw;
      for (int threads : {1, 2, 3, 5}) {
        std::vector<float> moments(2 * test.s.n * test.s.k);
        Run run{.lanes = 8, .threads = threads, .products = products};
        if (winograd_supports_moments(test.s, 8))
          run.fusion.mean = moments.data(), run.fusion.variance = moments.data() + moments.size() / 2;
        auto y = convolve(WinogradPass::forward, test.s, run, channel_inner(test.x, 8), test.kernel);
        y.insert(y.end(), moments.begin(), moments.end());
        const auto dw = gradient_of_weights(test, run);
        if (threads == 1) first = y, first_dw = dw;
        REQUIRE(same(y, first));
        REQUIRE(same(dw, first_dw));
      }
    }
  });
}

TEST_CASE("Winograd ReLUs, on the way in and out, let a NaN through") {
  const Case test({1, 8, 8, 4, 4, 3, 1, 1, 1, 1, 1, 1});
  auto x = channel_inner(test.x, 8);
  x[0] = not_a_number;
  for (const WinogradProducts products : {WinogradProducts::f32, WinogradProducts::pairs}) {
    const Run run{.products = products, .fusion = {.input = {.relu = true}, .relu = true}};
    REQUIRE(std::isnan(convolve(WinogradPass::forward, test.s, run, x, test.kernel)[0]));
  }
}
