// Painting works in place, frees what it can, and leaves layouts alone; and it paints what the tape would.
#include <doctest/doctest.h>

#include <set>

#include "engine/profiler.h"
#include "kernels/cpu/backend.h"
#include "tests/nets/narrow_transform.h"

using namespace impasto;

namespace {

struct Kind {
  std::string architecture, how;
};
const std::vector<Kind> kinds{{narrow::body, "caffe"},
                              {narrow::body + ";norm=batch;padding=zero", "torch"},
                              {"transform:c3s1-4,d6,C6,R6,U2,f3s1-4,c9s1-3;padding=reflect", "byte"},
                              {narrow::examples, "byte"},
                              {narrow::lengstrom, "unit"},
                              {narrow::three_styles, "unit"}};

Variable blend_of(const TransformNet& network) {
  return network.architecture().styles > 0 ? style_blend(network.backend(), {{0.5, 0.25, 0.25}}) : Variable();
}

}  // namespace

TEST_CASE("painting in place gives the bytes that the tape gives, and leaves a shared picture alone") {
  const auto backend = make_cpu_backend();
  for (const Kind& kind : kinds) {
    CAPTURE(kind.architecture);
    const TransformNet network(*backend, narrow::transform_weights(kind.architecture, kind.how));
    const auto picture = [&] { return narrow::recorded_input(*backend, {1, 3, 20, 24}); };
    const std::vector<float> taped = to_host(network(Variable(picture(), true), blend_of(network)).value());
    CHECK(to_host(narrow::paint(network, picture(), blend_of(network))) == taped);
    const Tensor kept = picture();
    CHECK(to_host(narrow::paint(network, kept, blend_of(network))) == taped);
    CHECK(to_host(kept) == to_host(picture()));
  }
}

TEST_CASE("a pass has no relayout of an activation") {
  for (const int lanes : {8, 16}) {
    const auto cpu = make_cpu_backend({.lanes = lanes});
    for (const Kind& kind : kinds) {
      CAPTURE(kind.architecture);
      Profiler profiler(*cpu);
      const TransformNet network(profiler, narrow::transform_weights(kind.architecture, kind.how));
      const Variable blend = blend_of(network);
      Tensor picture = narrow::recorded_input(profiler, {1, 3, 20, 24});
      profiler.reset();
      const Tensor y = narrow::paint(network, std::move(picture), blend);
      CHECK(profiler.relayouts() == 0);
      CHECK(y.lanes() == lanes);
    }
  }
}

TEST_CASE("the layers go by their names in the profile") {
  const auto cpu = make_cpu_backend();
  Profiler profiler(*cpu);
  const TransformNet network(profiler, narrow::transform_weights(narrow::body, "torch"));
  narrow::paint(network, narrow::recorded_input(profiler, {1, 3, 20, 24}));
  std::set<std::string> layers;
  for (const auto& [key, entry] : profiler.entries()) layers.insert(key.first);
  layers.erase("");  // the weights were loaded outside of all layers
  CHECK(layers == std::set<std::string>{"input", "conv1", "down1", "res1", "res1/a", "res1/b", "up1", "conv2", "output"});
}

TEST_CASE("at most two large activations are alive in a pass") {
  const auto backend = make_cpu_backend({.lanes = 8});
  const TransformArchitecture a = transform_architecture("transform:c9s1-32,d64,d64,R64,u64,u32,c9s1-3;padding=reflect");
  const TransformNet network(*backend, fresh_transform(a, "caffe", 1));
  Tensor picture(*backend, {1, 3, 256, 256});
  backend->fill(picture, 0);
  narrow::paint(network, picture);  // what is derived from the weights is there now
  const size_t before = backend->pool()->usage().live;
  backend->pool()->reset_peak();
  narrow::paint(network, std::move(picture));
  // One of full size and 32 channels, one of half the sides and 64, and the kernels' own room.
  const size_t full = Tensor(*backend, {1, 32, 256, 256}, 8).bytes();
  CHECK(backend->pool()->usage().peak - before < full + full / 2 + full / 4);
}
