// Painting works in place, frees what it can, and leaves layouts alone; and it paints what the tape would.
#include <doctest/doctest.h>

#include <set>

#include "engine/profiler.h"
#include "kernels/cpu/backend.h"
#include "kernels/plan/backend.h"
#include "kernels/reference/reference.h"
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

namespace {

int relayouts_of_a_pass(Backend& backend, const Kind& kind) {
  Profiler profiler(backend);
  const TransformNet network(profiler, narrow::transform_weights(kind.architecture, kind.how));
  const Variable blend = blend_of(network);
  Tensor picture = narrow::recorded_input(profiler, {1, 3, 20, 24});
  profiler.reset();
  const Tensor y = narrow::paint(network, std::move(picture), blend);
  CHECK(y.lanes() == backend.lanes_for(3));
  const int found = profiler.relayouts();
  // The count can count.
  Tensor other(profiler, y.shape(), y.lanes() == 1 ? 8 : 1);
  profiler.convert(y, {other});
  CHECK(profiler.relayouts() == found + 1);
  return found;
}

}  // namespace

TEST_CASE("a pass over a planar picture has no relayout of an activation") {
  for (const int lanes : {8, 16}) {
    CAPTURE(lanes);
    const auto reference = make_reference_backend(Dtype::f32, lanes);
    for (const Kind& kind : kinds) {
      CAPTURE(kind.architecture);
      CHECK(relayouts_of_a_pass(*reference, kind) == 0);
    }
    const auto cpu = make_cpu_backend({.lanes = lanes});
    for (const std::string& architecture : {narrow::examples, narrow::three_styles})
      CHECK(relayouts_of_a_pass(*cpu, {architecture, "unit"}) == 0);
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

TEST_CASE("of the large activations at most two are alive in a pass") {
  // Planned on a picture so large that nothing else counts.
  for (const char* options : {"", ";padding=zero", ";norm=batch;padding=zero", ";padding=same;output=tanh:150:127.5;norm-last=yes"}) {
    CAPTURE(options);
    const auto plan = make_plan_backend({.lanes = 8});
    const TransformArchitecture a = transform_architecture("transform:c9s1-32,d64,d64,R64,u64,u32,c9s1-3" + std::string(options));
    const TransformNet network(*plan, fresh_transform(a, "unit", 1));
    // One of full size and 32 channels, one of half the sides and 64; reflect-start puts 16 pixels around the picture.
    const double full = double(Tensor(*plan, {1, 32, 2080, 2080}, 8).bytes());
    plan->pool()->reset_peak();
    narrow::paint(network, Tensor(*plan, {1, 3, 2048, 2048}));
    CHECK(double(plan->pool()->usage().peak) < 1.75 * full);  // the pool rounds sizes up
    CHECK(double(plan->pool()->usage().peak) > 1.4 * full);
  }
}
