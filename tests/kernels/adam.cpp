// Adam on many parameters at once: more than a kernel's arguments hold, of one number and of several chunks.
#include <cstring>

#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "tests/kernels/reference_fixture.h"

using namespace impasto;

namespace {

struct Parameters {
  std::vector<Tensor> g, p, m, v;
  explicit Parameters(Bench& b) {
    for (int i = 0; i < 170; i++) {
      const Shape shape{1, i == 81 || i == 160 ? 40000 : 1 + i % 19, 1, 1};
      for (std::vector<Tensor>* list : {&g, &p, &m, &v}) {
        list->push_back(b.planar(shape));
        const auto key = uint64_t(4 * i) + uint64_t(list - &g);
        if (list == &v)
          b->random_uniform(key, 0, list->back());
        else
          b->random_normal(key, 0, list->back());
      }
    }
  }
  std::vector<AdamParameter> all() {
    std::vector<AdamParameter> list;
    for (size_t i = 0; i < g.size(); i++) list.push_back({&g[i], &p[i], &m[i], &v[i]});
    return list;
  }
};

}  // namespace

TEST_CASE("Adam moves many parameters in one call as it moves each alone, bit for bit") {
  const auto check = [](std::unique_ptr<Backend> backend) {
    Bench b(std::move(backend));
    CAPTURE(b->name());
    Parameters together(b), alone(b);
    const Tensor size = b.number(0.05), scale = b.number(3.2);
    b->adam_step({0.9, 0.999, 1e-8}, size, scale, together.all());
    for (const AdamParameter& each : alone.all()) b->adam_step({0.9, 0.999, 1e-8}, size, scale, std::span(&each, 1));
    for (const auto list : {&Parameters::p, &Parameters::m, &Parameters::v})
      for (size_t i = 0; i < together.p.size(); i++) {
        CAPTURE(i);
        CHECK(filled((together.*list)[i]));
        CHECK(to_host_f64((together.*list)[i]) == to_host_f64((alone.*list)[i]));
      }
    b->adam_step({0.9, 0.999, 1e-8}, size, scale, {});
    CHECK(b.backend->pool()->damaged() == 0);
  };
  check(make_reference_backend());
  check(make_cpu_backend());
  check(make_emulated_backend(0));
}

TEST_CASE("Adam refuses moments of another layout") {
  Bench b(make_cpu_backend());
  Tensor p = b.planar({1, 3, 1, 1}), other = b.planar({1, 4, 1, 1});
  const AdamParameter wrong[] = {{&p, &p, &p, &other}};
  CHECK_THROWS_WITH_AS(b->adam_step({0.9, 0.999, 1e-8}, b.number(1), b.number(1), wrong), doctest::Contains("adam_step"), ShapeError);
}
