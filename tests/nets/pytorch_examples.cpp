// Networks of PyTorch's examples as torch.save writes them, against PyTorch itself (tests/reference/pytorch.py).
#include <doctest/doctest.h>

#include "kernels/cpu/backend.h"
#include "kernels/reference/reference.h"
#include "nets/transform_file.h"
#include "tests/nets/narrow_transform.h"
#include "tests/reference/formula.h"
#include "tests/reference/recorded.h"
#include "tests/tolerance.h"

using namespace impasto;

namespace {

double error_of(Backend& backend, const char* file) {
  const TransformNet network(backend, read_transform(std::string(IMPASTO_TEST_DATA) + "/" + file));
  CHECK(network.preprocessing().name == "byte");
  const Tensor y = narrow::paint(network, from_host(backend, {1, 3, 20, 24}, formula::picture(1, 5, 20, 24).data(), backend.lanes_for(3)));
  REQUIRE(y.shape() == Shape{1, 3, 20, 24});
  return narrow::error(to_host_f64(y), Recorded("examples.h5").values("y"));
}

}  // namespace

TEST_CASE("networks of PyTorch's examples paint what PyTorch paints, zip and legacy, with running statistics and without") {
  const auto exact = make_reference_backend(Dtype::f64);
  const auto cpu = make_cpu_backend();
  for (const char* file : {"examples.pth", "examples_legacy.pth"}) {
    CAPTURE(file);
    CHECK(error_of(*exact, file) < 1e-11);
    CHECK(error_of(*cpu, file) < tolerance::f32);
  }
}

TEST_CASE("a state_dict of another network says which are known") {
  std::string message;
  try {
    read_transform(std::string(IMPASTO_TEST_DATA) + "/pieces.pth");
  } catch (const FileError& error) {
    message = error.what();
  }
  CHECK(message.find("pieces.pth: has no array named") != std::string::npos);
}
