// The depth term: at which size the network sees, what the error is divided by, and the mask of equation 3.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "layers/resize.h"
#include "nets/gradient_norms.h"
#include "nets/objective.h"
#include "tests/nets/narrow_hourglass.h"
#include "tests/nets/narrow_monodepth.h"
#include "tests/nets/narrow_vgg.h"

using namespace impasto;

namespace {

ObjectiveSettings depth_alone(double weight = 1) {
  ObjectiveSettings s;
  s.content_weight = s.style_weight = s.tv_weight = 0;
  s.pixel_weight = 1e-9;  // an objective of depth alone has no layer
  s.depth_weight = weight;
  return s;
}

double depth_loss(const Vgg& vgg, const DepthNetwork& network, const ObjectiveSettings& settings, const Tensor& photo, const Variable& x) {
  Objective objective(vgg, settings, &network);
  objective.set_content(photo);
  return scalar(objective.evaluate(x).terms[0].value());
}

std::vector<double> seen(const DepthNetwork& network, const Tensor& picture, int width, int height) {
  const NoGrad no_grad;
  const Variable rgb = to_unit_rgb(Variable(picture), preprocessing("caffe"));
  return to_host_f64(network(resize_bilinear(rgb, height, width)).value());
}

}  // namespace

TEST_CASE("depth is seen at the size asked for, and divided by its variance") {
  const auto backend = make_cpu_backend();
  const Vgg vgg = narrow::network(*backend);
  const Tensor photo = narrow::caffe_picture(*backend, 1, 3, 40, 48), other = narrow::caffe_picture(*backend, 2, 3, 40, 48);
  for (const DepthWeights& weights :
       {DepthWeights(narrow::hourglass_weights()), DepthWeights(narrow::monodepth_weights("monodepth18:4"))}) {
    const DepthNetwork network(*backend, weights);
    ObjectiveSettings settings = depth_alone(3);
    settings.depth_variance = 0.5;
    settings.depth_width = 64;
    settings.depth_height = 64;
    const std::vector<double> a = seen(network, photo, 64, 64), b = seen(network, other, 64, 64);
    double wanted = 0;
    for (size_t i = 0; i < a.size(); i++) wanted += 3 / 0.5 * (a[i] - b[i]) * (a[i] - b[i]) / double(a.size());
    CHECK(depth_loss(vgg, network, settings, photo, Variable(other)) == doctest::Approx(wanted).epsilon(1e-3));
    CHECK(depth_loss(vgg, network, settings, photo, Variable(photo)) == 0);
  }
  const DepthNetwork network(*backend, narrow::hourglass_weights());
  ObjectiveSettings settings = depth_alone();
  settings.depth_variance = 0;
  CHECK_THROWS_AS(Objective(vgg, settings, &network), UsageError);
}

TEST_CASE("the ReLU's mask counts depth where that of the painted picture is above 0") {
  const auto backend = make_reference_backend();
  const Vgg vgg = narrow::network(*backend);
  HourglassWeights weights = narrow::hourglass_weights();
  const Tensor photo = narrow::caffe_picture(*backend, 1, 3, 32, 48), other = narrow::caffe_picture(*backend, 2, 3, 32, 48);
  std::vector<double> depths = seen(DepthNetwork(*backend, weights), other, 48, 32);
  std::nth_element(depths.begin(), depths.begin() + ptrdiff_t(depths.size() / 2), depths.end());
  weights.parameters["head/bias"].values[0] -= float(depths[depths.size() / 2]);  // half of them above 0
  const DepthNetwork network(*backend, weights);
  ObjectiveSettings settings = depth_alone();
  settings.depth_width = 48;
  settings.depth_height = 32;
  const std::vector<double> a = seen(network, photo, 48, 32), b = seen(network, other, 48, 32);
  double all = 0, above = 0;
  for (size_t i = 0; i < a.size(); i++) {
    all += (a[i] - b[i]) * (a[i] - b[i]) / double(a.size());
    if (b[i] > 0) above += (a[i] - b[i]) * (a[i] - b[i]) / double(a.size());
  }
  REQUIRE(above < 0.9 * all);
  REQUIRE(above > 0.1 * all);
  CHECK(depth_loss(vgg, network, settings, photo, Variable(other)) == doctest::Approx(all).epsilon(1e-3));
  settings.depth_relu_mask = true;
  CHECK(depth_loss(vgg, network, settings, photo, Variable(other)) == doctest::Approx(above).epsilon(1e-3));
}

TEST_CASE("each term's share of the gradient counts depth among the others") {
  const auto backend = make_cpu_backend();
  const Vgg vgg = narrow::network(*backend);
  const DepthNetwork network(*backend, narrow::hourglass_weights());
  ObjectiveSettings settings;
  settings.depth_weight = 100;
  settings.depth_width = settings.depth_height = 32;
  Objective objective(vgg, settings, &network);
  objective.set_style({narrow::painting(*backend)});
  objective.set_content(narrow::caffe_picture(*backend, 1, 3, 40, 48));
  double all = 0, depth = 0;
  for (const GradientNorm& n : gradient_norms(objective, narrow::caffe_picture(*backend, 2, 3, 40, 48))) {
    all += n.share;
    if (n.term == "depth") depth = n.share;
  }
  CHECK(all == doctest::Approx(1));
  CHECK(depth > 0);
}
