// Work that is recorded once and repeated, as a CUDA graph does it: emulated, and on a backend that only runs it again.
#include "kernels/cpu/backend.h"
#include "kernels/emulator/backend.h"
#include "tests/kernels/reference_fixture.h"

using namespace impasto;

namespace {

std::string refusal(const std::function<void()>& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// y += (x + 1)^2, by way of two tensors that the work makes: one of a size class, one cut from a large block.
std::function<void()> square_of_next(const Tensor& x, Tensor& y) {
  return [&x, &y] {
    Tensor next = x.like(), square = x.like();
    x.backend().unary(Unary::affine, 1, 1, x, next);
    x.backend().binary(Binary::multiply, 1, next, next, {square});
    next = {};
    x.backend().convert(square, {y, true});
  };
}

}  // namespace

TEST_CASE("recorded work is done at each replay, on what its tensors hold by then") {
  for (const bool emulated : {true, false}) {
    Bench b(emulated ? make_emulated_backend(0) : make_cpu_backend());
    Tensor x = b.constant({1, 2, 3, 1}, 1), y = b.constant({1, 2, 3, 1}, 0);
    const auto recording = b->record(square_of_next(x, y));
    check_values(y, std::vector<double>(6, 0));
    recording->replay();
    check_values(y, std::vector<double>(6, 4));
    b->fill(x, 2);
    recording->replay();
    recording->replay();
    check_values(y, std::vector<double>(6, 4 + 9 + 9));
  }
}

TEST_CASE("what recorded work makes keeps its memory between replays, and gives it back with the recording") {
  for (const int width : {10, 1 << 20}) {
    CAPTURE(width);
    const auto backend = make_emulated_backend(1);
    const Shape shape{1, 1, 1, width};
    Tensor x(*backend, shape), y(*backend, shape);
    backend->fill(x, 1);
    backend->fill(y, 0);
    square_of_next(x, y)();
    auto recording = backend->record(square_of_next(x, y));
    const size_t reserved = backend->pool()->usage().reserved;
    CHECK(reserved == 2 * backend->pool()->usage().live);  // x, y and the two that the ordinary run left idle
    std::vector<Tensor> others;
    for (int i = 0; i < 4; i++) {
      others.emplace_back(*backend, shape);
      backend->fill(others.back(), 7);
    }
    recording->replay();
    for (const Tensor& other : others) CHECK(to_host(other) == std::vector<float>(size_t(width), 7.0f));
    CHECK(to_host(y) == std::vector<float>(size_t(width), 8.0f));
    others.clear();
    recording.reset();
    const size_t with_others = backend->pool()->usage().reserved;
    for (int i = 0; i < 6; i++) others.emplace_back(*backend, shape);
    CHECK(backend->pool()->usage().reserved == with_others);
  }
}

TEST_CASE("a tensor that outlives its recording, or was there before, is a tensor like any other") {
  const auto backend = make_emulated_backend(1);
  Tensor before(*backend, {1, 1, 1, 64}), made;
  {
    const auto recording = backend->record([&] {
      before = {};  // its memory goes to the recording
      made = Tensor(*backend, {1, 1, 1, 64});
      backend->fill(made, 3);
    });
    recording->replay();
  }
  const Tensor other(*backend, {1, 1, 1, 64});
  CHECK(other.raw() != made.raw());
  CHECK(to_host(made) == std::vector<float>(64, 3.0f));
  made = {};
  CHECK(backend->pool()->usage().live == 256);
}

TEST_CASE("a tensor that recorded work made is not handed out again when it is dropped, but when the recording is") {
  const auto backend = make_emulated_backend(1);
  Tensor made;
  auto recording = backend->record([&] { made = Tensor(*backend, {1, 1, 1, 64}); });
  const void* place = made.raw();
  made = {};
  CHECK(Tensor(*backend, {1, 1, 1, 64}).raw() != place);
  recording.reset();
  std::vector<Tensor> both{Tensor(*backend, {1, 1, 1, 64}), Tensor(*backend, {1, 1, 1, 64})};
  CHECK((both[0].raw() == place || both[1].raw() == place));
}

TEST_CASE("what cannot be recorded says so, and the backend goes on") {
  const auto backend = make_emulated_backend(1);
  Tensor x(*backend, {1, 1, 1, 65}), few(*backend, {1, 1, 1, 64});
  std::vector<float> host(65, 2.0f);
  const auto fails = [&](const std::function<void()>& work) { return refusal([&] { backend->record(work); }); };
  CHECK(fails([&] { backend->synchronize(); }) ==
        "work that is recorded to be repeated cannot wait for the device: do that before or behind it");
  CHECK(fails([&] { backend->download(x, host.data()); }).find("read numbers back") != std::string::npos);
  CHECK(fails([&] { backend->upload(host.data(), x); }).find("take so many numbers") != std::string::npos);
  CHECK(fails([&] { backend->record([] {}); }).find("within recorded work") != std::string::npos);
  const auto recording = backend->record([&] { backend->upload(host.data(), few); });
  host.assign(65, 5.0f);
  backend->fill(few, 0);
  recording->replay();
  CHECK(to_host(few) == std::vector<float>(64, 2.0f));
  backend->upload(host.data(), x);
  CHECK(to_host(x) == host);
}
