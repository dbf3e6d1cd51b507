// What the registry does not see of a GPU: its memory, copies in parts, errors.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "tests/cuda/gpu.h"

using namespace impasto;

TEST_SUITE_BEGIN("gpu");

TEST_CASE("what goes up comes down again, also in many parts") {
  if (no_gpu()) return;
  const auto cuda = make_cuda_backend();
  for (const int width : {1, 3, 1 << 20, (1 << 20) + 1, 7'000'001}) {
    CAPTURE(width);
    std::vector<float> host(size_t(width), 0.0f);
    for (size_t i = 0; i < host.size(); i++) host[i] = float(i % 65521);
    const Tensor x = from_host(*cuda, {1, 1, 1, width}, host.data());
    CHECK(to_host(x) == host);
  }
}

TEST_CASE("a tensor that does not fit is a MemoryError that names the need and what is free, and the backend goes on") {
  if (no_gpu()) return;
  const auto cuda = make_cuda_backend();
  const int64_t too_much = int64_t(cuda_status().device.memory) * 2 / 4 / 1'000'000;
  std::string text;
  try {
    Tensor(*cuda, {int(too_much), 1, 1000, 1000});
  } catch (const MemoryError& error) {
    text = error.what();
  }
  CHECK(text.find("of the GPU's memory") != std::string::npos);
  CHECK(text.find("--size") != std::string::npos);
  Tensor x(*cuda, {1, 1, 10, 10});
  cuda->fill(x, 3);
  CHECK(to_host(x) == std::vector<float>(100, 3.0f));
}

TEST_CASE("a guarded block on the GPU begins as NaN") {
  if (no_gpu()) return;
  const auto cuda = make_cuda_backend();
  cuda->pool()->set_guarded(true);
  {
    const Tensor x(*cuda, {1, 1, 5, 5});
    for (const float v : to_host(x)) CHECK(std::isnan(v));
  }
  CHECK(cuda->pool()->damaged() == 0);
}

TEST_CASE("recorded work is a graph: each replay does it on what its tensors hold by then, in memory of its own") {
  if (no_gpu()) return;
  const auto cuda = make_cuda_backend();
  Tensor x(*cuda, {1, 1, 1, 1000}), y = x.like();
  cuda->fill(x, 1);
  cuda->fill(y, 0);
  const auto work = [&] {
    Tensor next = x.like();
    cuda->unary(Unary::affine, 1, 1, x, next);
    cuda->convert(next, {y, true});
  };
  work();
  const auto recording = cuda->record(work);
  Tensor other = x.like();
  cuda->fill(other, 100);
  recording->replay();
  cuda->fill(x, 2);
  recording->replay();
  CHECK(to_host(y) == std::vector<float>(1000, 2.0f + 2.0f + 3.0f));
  CHECK(to_host(other) == std::vector<float>(1000, 100.0f));
  CHECK_THROWS_AS(cuda->record([&] { cuda->synchronize(); }), Error);
  CHECK(to_host(y)[0] == 7);
}

TEST_CASE("the GPU's own clock runs") {
  if (no_gpu()) return;
  const auto cuda = make_cuda_backend();
  Tensor x(*cuda, {1, 1, 1000, 1000});
  const auto stopwatch = cuda->stopwatch();
  cuda->fill(x, 1);
  stopwatch->stop();
  CHECK(stopwatch->seconds() > 0);
}

TEST_SUITE_END();
