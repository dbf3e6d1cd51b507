#include "tests/layers/against_reference.h"

#include <doctest/doctest.h>

#include <iostream>
#include <set>

#include "kernels/reference/reference.h"

namespace impasto {
namespace {

double case_error(const CaseResult& found, const CaseResult& wanted) {
  double worst = relative_error(found.y, wanted.y);
  for (size_t i = 0; i < wanted.gradients.size(); ++i) worst = std::max(worst, relative_error(found.gradients[i], wanted.gradients[i]));
  return worst;
}

}  // namespace

void for_cases(const std::function<void(const LayerCases&, const Case&)>& f) {
  for (const LayerCases& layer : all_layers()) {
    for (const Case& c : layer.cases) {
      if (c.bench_only) continue;
      CAPTURE(layer.layer);
      CAPTURE(c.name);
      f(layer, c);
    }
  }
}

void check_against_reference(Backend& backend, const CaseNumbers& numbers, double bound) {
  const auto reference = make_reference_backend();
  backend.pool()->set_guarded(true);
  std::set<std::string> lacking;
  int run = 0;
  for_cases([&](const LayerCases& layer, const Case& c) {
    if (numbers.integers && !c.exact_on_integers) return;
    CaseNumbers wide = numbers;
    wide.activations = Dtype::f32;
    const CaseResult wanted = run_case(c, *reference, wide);
    try {
      const CaseResult found = run_case(c, backend, numbers);
      ++run;
      if (bound == 0) {
        CHECK(found.y == wanted.y);
        CHECK(found.gradients == wanted.gradients);
      } else {
        CHECK(case_error(found, wanted) <= bound);
      }
      CHECK(found.padding_clean);
    } catch (const MissingPrimitive& missing) {
      lacking.insert(layer.layer + " (" + missing.what() + ")");
    }
  });
  CHECK(backend.pool()->damaged() == 0);
  CHECK(run > 50);
  for (const std::string& text : lacking) std::cout << "skipped on " << backend.name() << ": " << text << "\n";
}

}  // namespace impasto
