#include "nets/depth_map.h"

#include <numeric>

#include "kernels/plan/backend.h"
#include "loaders/resize.h"
#include "loaders/weight_format.h"
#include "nets/hourglass_file.h"
#include "nets/monodepth_file.h"
#include "nets/vgg_depth_file.h"

namespace impasto {
namespace {

std::variant<Hourglass, Monodepth, VggDepth> network_of(Backend& backend, const DepthWeights& weights) {
  if (const auto* hourglass = std::get_if<HourglassWeights>(&weights)) return Hourglass(backend, *hourglass);
  if (const auto* vgg = std::get_if<VggDepthWeights>(&weights)) return VggDepth(backend, *vgg);
  return Monodepth(backend, std::get<MonodepthWeights>(weights));
}

template <class Weights>
InputSize trained_size(const Weights& weights, InputSize otherwise) {
  return weights.trained_width > 0 ? InputSize{weights.trained_width, weights.trained_height} : otherwise;
}

}  // namespace

DepthWeights read_depth_network(const std::string& path) {
  if (weight_format(path) != WeightFormat::hdf5) return read_hourglass(path);
  const std::string kind = weight_file_architecture(path);
  if (kind == "hourglass") return read_hourglass(path);
  if (kind.starts_with("monodepth")) return read_monodepth({path});
  if (kind.starts_with("vgg-depth")) return read_vgg_depth(path);
  throw FileError(path, (kind.empty() ? "is not a weight file of ours" : "holds a network of the kind \"" + kind + "\", not of depth") +
                            std::string("; give an hourglass or a monodepth2 (`impasto weights import` makes them ours)"));
}

WeightFile depth_weight_file(const DepthWeights& weights) {
  if (const auto* hourglass = std::get_if<HourglassWeights>(&weights)) return hourglass_weight_file(*hourglass);
  if (const auto* vgg = std::get_if<VggDepthWeights>(&weights)) return vgg_depth_weight_file(*vgg);
  return monodepth_weight_file(std::get<MonodepthWeights>(weights));
}

DepthNetwork::DepthNetwork(Backend& backend, const DepthWeights& weights)
    : backend_(&backend), source_(std::visit([](const auto& w) { return w.source; }, weights)), network_(network_of(backend, weights)) {
  if (const auto* hourglass = std::get_if<HourglassWeights>(&weights)) {
    known_variance_ = hourglass->output_variance;
    usual_size_ = trained_size(*hourglass, {320, 240});
    multiple_ = least_side_ = 16;
  } else if (const auto* vgg = std::get_if<VggDepthWeights>(&weights)) {
    known_variance_ = vgg->output_variance;
    usual_size_ = trained_size(*vgg, {320, 224});
    multiple_ = least_side_ = VggDepth::multiple;
  } else {
    usual_size_ = {640, 192};
    multiple_ = Monodepth::multiple;
    least_side_ = Monodepth::least_side;
  }
}

InputSize DepthNetwork::seen_size(int width, int height, const InputSize& asked) const {
  if (asked.width > 0) return rounded_size(asked, width, height, multiple_, least_side_);
  if (gives_disparity() || width >= height) return usual_size_;
  return {usual_size_.height, usual_size_.width};
}

Variable DepthNetwork::operator()(const Variable& rgb) const {
  return std::visit([&](const auto& network) { return network(rgb); }, network_);
}

Plane depth_map(const DepthNetwork& network, const Picture& picture, const InputSize& size) {
  const NoGrad nothing_recorded;
  const InputSize seen = network.seen_size(picture.width, picture.height, size);
  const Picture fed = resize(picture, seen.width, seen.height);
  Backend& backend = network.backend();
  const Variable rgb(from_host(backend, {1, 3, fed.height, fed.width}, fed.rgb.data(), backend.lanes_for(3)));
  Plane plane = to_plane(network(rgb), picture.width, picture.height, network.source());
  if (network.gives_disparity())
    for (float& value : plane.values) value = depth_of_disparity(value);
  return plane;
}

double output_variance(const DepthNetwork& network, const Variable& pictures) {
  const NoGrad nothing_recorded;
  const std::vector<double> y = to_host_f64(network(pictures).value());
  const size_t images = size_t(pictures.shape().n), pixels = y.size() / images;
  double sum = 0;
  for (size_t n = 0; n < images; n++) {
    const auto begin = y.begin() + ptrdiff_t(n * pixels), end = begin + ptrdiff_t(pixels);
    const double mean = std::accumulate(begin, end, 0.0) / double(pixels);
    sum += std::accumulate(begin, end, 0.0, [mean](double all, double v) { return all + (v - mean) * (v - mean); }) / double(pixels);
  }
  return sum / double(images);
}

size_t depth_map_memory(const DepthWeights& weights, int width, int height) {
  const NoGrad nothing_recorded;
  const auto plan = make_plan_backend();
  const DepthNetwork network(*plan, weights);
  network(Variable(Tensor(*plan, {1, 3, height, width}, plan->lanes_for(3))));
  return plan->pool()->usage().peak;
}

}  // namespace impasto
