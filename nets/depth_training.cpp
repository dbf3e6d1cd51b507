#include "nets/depth_training.h"

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

}  // namespace

DepthTraining::DepthTraining(Backend& backend, const HourglassWeights& start, int width, int height, const DepthTrainingSettings& settings)
    : backend_(&backend),
      source_(start.source),
      width_(width),
      height_(height),
      settings_(settings),
      net_(backend, start, Parameters::Use::trained),
      trained_(trained_parameters(net_.parameters(), start.source)),
      adam_(trained_.variables, {.rate = settings.rate.rate}),
      loss_(backend, settings.loss),
      repeated_(backend, [this] {
        descend();
        adam_.apply();
      }) {}

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
  const Variable z = net_(Variable(rgb_));
  const DepthLoss::Losses losses = loss_(z);
  backward(losses.total);
  const auto kept = [](const Variable& v) { return v.defined() ? v.detach() : Variable(); };
  z_ = z.detach();
  losses_ = {kept(losses.total), kept(losses.rank), kept(losses.log), kept(losses.gradient)};
}

std::vector<double> DepthTraining::judge(const std::vector<float>& samples) const {
  const NoGrad no_grad;
  const Hourglass net(*backend_, weights());
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
