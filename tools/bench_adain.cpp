// AdaIN for `impasto bench net`: encoder, the statistics of one painting, decoder.
#include <memory>

#include "engine/variable.h"
#include "loaders/safetensors.h"
#include "loaders/weight_file.h"
#include "loaders/weight_format.h"
#include "nets/adain_onnx.h"
#include "nets/vgg_file.h"
#include "tools/benched_net.h"
#include "tools/cache.h"
#include "tools/objective_options.h"
#include "tools/random_vgg.h"

namespace impasto {
namespace {

const std::string fresh = "adain:";
constexpr uint64_t vgg_seed = 1, decoder_seed = 2, painting_seed = 3;
constexpr int painting_size = 64;

class BenchedAdain : public BenchedNet {
 public:
  BenchedAdain(Backend& backend, const VggWeights& encoder, const AdainWeights& decoder) : net_(backend, encoder, decoder) {
    const NoGrad no_grad;
    style = channel_statistics(net_.encode(Variable(bench_noise(backend, painting_size, 1, painting_seed))).value());
  }
  Tensor noise(int size) const override { return bench_noise(net_.backend(), size, 1); }
  Tensor forward(const Tensor& picture) const override {
    const NoGrad no_grad;
    return net_.decode(adain(net_.encode(Variable(picture)), style)).value();
  }

  ChannelStatistics style;  // of the painting, which is noise too

 private:
  Adain net_;
};

Array array_of(const Tensor& x) {
  const Shape s = x.shape();
  return {{s.n, s.c, s.h, s.w}, to_host(x)};
}

Array row_of(const Tensor& x) { return {{x.shape().c}, to_host(x)}; }

class BenchedAdainWeights : public BenchedWeights {
 public:
  BenchedAdainWeights(VggWeights encoder, AdainWeights decoder) : encoder_(std::move(encoder)), decoder_(std::move(decoder)) {}

  std::unique_ptr<BenchedNet> on(Backend& backend) const override { return std::make_unique<BenchedAdain>(backend, encoder_, decoder_); }
  int least_side() const override { return 16; }

  // net.onnx; and net.safetensors with the parameters as they are called there and the painting's statistics.
  void save(const std::string& folder, const BenchedNet& net, const Tensor& picture) const override {
    const OnnxModel model = adain_onnx(encoder_, decoder_);
    write_onnx(folder + "/net.onnx", model);
    NamedArrays arrays;
    for (const auto& [name, tensor] : model.initialisers)
      if (name.find('/') != std::string::npos) arrays[name] = {tensor.shape, tensor.floats};
    const ChannelStatistics& style = dynamic_cast<const BenchedAdain&>(net).style;
    arrays["style/mean"] = row_of(style.mean);
    arrays["style/deviation"] = row_of(style.deviation);
    write_safetensors(folder + "/net.safetensors", {arrays, {}});
    write_safetensors(folder + "/picture.safetensors", {{{"image", array_of(picture)}, {"painting", array_of(net.forward(picture))}}, {}});
  }

 private:
  VggWeights encoder_;
  AdainWeights decoder_;
};

}  // namespace

Tensor bench_noise(Backend& backend, int size, double largest, uint64_t seed) {
  Tensor uniform(backend, {1, 3, size, size}), picture = uniform.like();
  backend.random_uniform(seed, 0, uniform);
  backend.unary(Unary::affine, largest, 0, uniform, picture);
  return picture;
}

bool is_adain(const std::string& net) {
  if (net.starts_with(fresh)) return true;
  const std::string file = file_or_network(net);
  return weight_format(file) == WeightFormat::hdf5 && weight_file_architecture(file).starts_with(fresh);
}

std::unique_ptr<BenchedWeights> benched_adain(const std::string& net, const std::string& encoder) {
  if (!net.starts_with(fresh))
    return std::make_unique<BenchedAdainWeights>(read_vgg(judging_network_file(encoder, "--encoder")), read_adain(file_or_network(net)));
  const VggArchitecture architecture = vgg_architecture(net.substr(fresh.size()));
  return std::make_unique<BenchedAdainWeights>(random_vgg(architecture, vgg_seed), fresh_adain(architecture, decoder_seed));
}

}  // namespace impasto
