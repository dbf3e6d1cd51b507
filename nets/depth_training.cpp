#include "nets/depth_training.h"

#include "engine/error.h"

namespace impasto {
namespace {

struct Batch {
  std::vector<float> rgb;  // [N, 3, H, W]
  DepthTarget target;
};

Batch batch_of(const std::vector<float>& samples, int width, int height, const DepthTrainingSettings& settings, int64_t first) {
  const size_t pixels = size_t(width) * size_t(height), images = samples.size() / (4 * pixels);
  Batch batch;
  std::vector<const float*> depths;
  for (size_t n = 0; n < images; n++) {
    const float* sample = samples.data() + n * 4 * pixels;
    batch.rgb.insert(batch.rgb.end(), sample, sample + 3 * pixels);
    depths.push_back(sample + 3 * pixels);
  }
  batch.target = depth_target(depths, width, height, settings.loss, settings.seed, first);
  return batch;
}

std::vector<double> numbers(const DepthLoss::Losses& losses, double wrong) {
  std::vector<double> all;
  for (const Variable* term : {&losses.total, &losses.rank, &losses.log, &losses.gradient})
    all.push_back(term->defined() ? scalar(term->value()) : 0);
  all.push_back(wrong);
  return all;
}

std::variant<Hourglass, VggDepth> network_of(Backend& backend, const DepthWeights& weights) {
  if (const auto* hourglass = std::get_if<HourglassWeights>(&weights)) return Hourglass(backend, *hourglass, Parameters::Use::trained);
  if (const auto* vgg = std::get_if<VggDepthWeights>(&weights)) return VggDepth(backend, *vgg, Parameters::Use::trained);
  throw UsageError(std::get<MonodepthWeights>(weights).source +
                   " is a monodepth2, which is for use, not for training; begin with an hourglass");
}

std::string source_of(const DepthWeights& weights) {
  return std::visit([](const auto& w) { return w.source; }, weights);
}

}  // namespace

DepthTraining::DepthTraining(Backend& backend, const DepthWeights& start, int width, int height, const DepthTrainingSettings& settings)
    : backend_(&backend),
      start_(start),
      width_(width),
      height_(height),
      settings_(settings),
      net_(network_of(backend, start)),
      trained_(trained_parameters(parameters(), source_of(start))),
      adam_(trained_.variables, {.rate = settings.rate.rate}),
      loss_(backend, settings.loss),
      repeated_(backend, [this] {
        descend();
        adam_.apply();
      }) {}

const Parameters& DepthTraining::parameters() const {
  return std::visit([](const auto& net) -> const Parameters& { return net.parameters(); }, net_);
}

DepthWeights DepthTraining::weights() const {
  DepthWeights now = start_;
  std::visit(
      [&](auto& w) {
        for (auto& [name, array] : arrays_of(parameters())) w.parameters[name] = std::move(array);
      },
      now);
  return now;
}

std::vector<double> DepthTraining::step(const std::vector<float>& samples) {
  const auto images = int(samples.size() / (4 * size_t(width_) * size_t(height_)));
  const Batch batch = batch_of(samples, width_, height_, settings_, int64_t(steps_done()) * images);
  const Shape shape{images, 3, height_, width_};
  if (!rgb_.defined() || rgb_.shape() != shape) {
    rgb_ = Tensor(*backend_, shape, 1, backend_->master_dtype());
    repeated_.forget();
  }
  backend_->upload(batch.rgb.data(), rgb_);
  loss_.set_target(batch.target);
  adam_.set_rate(settings_.rate.at(steps_done(), settings_.steps));
  adam_.advance();
  repeated_.run();
  return numbers(losses_, wrongly_ordered(batch.target, to_host(z_.value())));
}

void DepthTraining::descend() {
  adam_.clear_grads();
  const Variable z = std::visit([&](const auto& net) { return net(Variable(rgb_)); }, net_);
  const DepthLoss::Losses losses = loss_(z);
  backward(losses.total);
  const auto kept = [](const Variable& v) { return v.defined() ? v.detach() : Variable(); };
  z_ = z.detach();
  losses_ = {kept(losses.total), kept(losses.rank), kept(losses.log), kept(losses.gradient)};
}

std::vector<double> DepthTraining::judge(const std::vector<float>& samples) const {
  const NoGrad no_grad;
  const DepthNetwork net(*backend_, weights());
  DepthLoss loss(*backend_, settings_.loss);
  const size_t one = 4 * size_t(width_) * size_t(height_), images = samples.size() / one;
  std::vector<double> means(term_names().size());
  for (size_t n = 0; n < images; n++) {
    const std::vector<float> sample(samples.begin() + ptrdiff_t(n * one), samples.begin() + ptrdiff_t((n + 1) * one));
    const Batch batch = batch_of(sample, width_, height_, settings_, int64_t(n));
    loss.set_target(batch.target);
    const Variable z = net(Variable(from_host(*backend_, {1, 3, height_, width_}, batch.rgb.data())));
    const std::vector<double> losses = numbers(loss(z), wrongly_ordered(batch.target, to_host(z.value())));
    for (size_t k = 0; k < means.size(); k++) means[k] += losses[k] / double(images);
  }
  return means;
}

}  // namespace impasto
