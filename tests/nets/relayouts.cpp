// A step of the optimisation changes no activation's layout: pictures come in once and go out once.
#include <doctest/doctest.h>

#include "engine/optimizer.h"
#include "engine/profiler.h"
#include "kernels/cpu/backend.h"
#include "tests/nets/narrow_vgg.h"

using namespace impasto;

TEST_CASE("a step has no relayout of an activation, in either layout") {
  for (int lanes : {8, 16}) {
    const auto cpu = make_cpu_backend({.lanes = lanes});
    Profiler profiler(*cpu);
    const Vgg vgg = narrow::network(profiler);
    const Objective objective = narrow::objective(vgg);
    Variable picture(narrow::photo(profiler), true);
    Adam adam({picture});
    profiler.reset();
    backward(objective.evaluate(picture).total);
    adam.step();
    CHECK(profiler.relayouts() == 0);
    // The count can count.
    Tensor other(profiler, picture.shape(), picture.value().lanes() == 1 ? lanes : 1);
    profiler.convert(picture.value(), {other});
    CHECK(profiler.relayouts() == 1);
  }
}
