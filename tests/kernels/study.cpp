// The studies of bench/kernels in the emulator: every version, from the plainest to the engine's, gives what the reference backend gives,
// and the same bits in whatever order threads and blocks run.
#include <doctest/doctest.h>

#include <string>

#include "bench/kernels/studies.h"
#include "kernels/emulator/launcher.h"
#include "kernels/reference/reference.h"
#include "tests/tolerance.h"

using namespace impasto;
using namespace impasto::study;

namespace {

struct EmulatorLauncher {
  emulator::Settings settings;
  template <class Body>
  void launch(const Launch& launch, const Body& body) {
    emulator::launch(launch, body, settings);
  }
  template <class Body>
  void engine(Grid grid, const Body& body) {
    EmulatedLauncher{settings}.launch(grid, body);
  }
};

template <class T>
constexpr double bound = sizeof(T) == 2 ? tolerance::bf16 : tolerance::f32;

/// What a version leaves in outputs that begin as NaN: y, then result.
template <class T>
struct Outputs {
  std::vector<T> y;
  std::vector<float> result;
};
template <class T>
Outputs<T> run(const Version<T, EmulatorLauncher>& version, const Subject& subject, const Numbers<T>& numbers,
               emulator::Settings settings) {
  const Geometry g = geometry(numbers.shape);
  const Shape output = subject.output(numbers.shape);
  const float one = 1;
  Outputs<T> made{std::vector<T>(subject.activation ? std::size_t(elements(geometry(output))) : 0, T(NAN)),
                  std::vector<float>(subject.activation ? 0 : std::size_t(output.elements()), NAN)};
  std::vector<float> scratch(scratch_floats(g), NAN);
  EmulatorLauncher launcher{settings};
  version.run(launcher, Problem<T>{g, numbers.x.data(), numbers.gamma.data(), numbers.beta.data(), &one, made.y.data(), made.result.data(),
                                   scratch.data()});
  return made;
}

template <class T>
double error(const Outputs<T>& found, const Subject& subject, const Numbers<T>& numbers) {
  if (subject.activation) return error_of(found.y, subject.output(numbers.shape), numbers.truth);
  return error_of(std::vector<double>(found.result.begin(), found.result.end()), numbers.truth);
}

/// f(version, subject, numbers) for every version at every shape; what is halved is doubled first.
template <class T, class F>
void for_versions(std::initializer_list<Shape> shapes, F f) {
  const auto reference = make_reference_backend(Dtype::f64);
  for_studies<T, EmulatorLauncher>([&](const Subject& subject, const Versions<T, EmulatorLauncher>& versions) {
    for (Shape shape : shapes) {
      if (&subject == &upsample_gradient) shape.h *= 2, shape.w *= 2;
      const Numbers<T> numbers = numbers_of<T>(subject, shape, *reference);
      for (const auto& version : versions) {
        CAPTURE(std::string(subject.name));
        CAPTURE(std::string(version.name));
        CAPTURE(shape.text());
        f(version, subject, numbers);
      }
    }
  });
}

}  // namespace

TEST_CASE_TEMPLATE("every version of every study gives what the reference backend gives", T, float, bf16) {
  // Channels off and on a multiple of 8 and more than a tile of 64; pixels of less than a warp, and of more than one segment.
  for_versions<T>({{2, 3, 5, 7}, {1, 17, 1, 1}, {2, 72, 3, 2}, {1, 8, 65, 66}},
                  [](const auto& version, const Subject& subject, const auto& numbers) {
                    CHECK(error(run(version, subject, numbers, {}), subject, numbers) <= bound<T>);
                  });
}

TEST_CASE("the versions of the studies do not depend on the order of threads and blocks") {
  for_versions<float>({{2, 11, 9, 35}}, [](const auto& version, const Subject& subject, const auto& numbers) {
    CHECK(emulator::same_in_every_order(
        [&](const emulator::Settings& settings) {
          const auto made = run(version, subject, numbers, settings);
          std::vector<float> all = made.y;
          all.insert(all.end(), made.result.begin(), made.result.end());
          return all;
        },
        2));
  });
}
