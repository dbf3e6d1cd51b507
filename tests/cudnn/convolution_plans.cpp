// Plans of convolutions for a described GPU: which numbers their engines may use, how many are kept, which is chosen, what is said when
// there is none.
#include "kernels/cuda/convolution_plans.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <set>

#include "tests/cudnn/described.h"

using namespace impasto;

namespace {

/// 3x3 between 64 channels.
ConvolutionKey ordinary(ConvolutionKind kind = ConvolutionKind::forward, Dtype dtype = Dtype::f32) {
  ConvolutionKey key{.kind = kind, .n = 2, .c = 64, .h = 32, .w = 32, .k = 64, .r = 3, .s = 3, .dtype = dtype};
  key.pad_top = key.pad_left = key.pad_bottom = key.pad_right = 1;
  return key;
}

bool has_note(const CudnnPlan& plan, cudnnBackendNumericalNote_t wanted) {
  const std::vector<cudnnBackendNumericalNote_t> notes = numerical_notes(plan.configuration());
  return std::find(notes.begin(), notes.end(), wanted) != notes.end();
}

constexpr ConvolutionKind kinds[] = {ConvolutionKind::forward, ConvolutionKind::data_gradient, ConvolutionKind::weight_gradient};

/// The later an engine is tried, the faster it seems.
ConvolutionPlans::Timer prefers_last() {
  return [seconds = 100.0](const CudnnPlan&) mutable { return seconds -= 1; };
}

struct TemporaryFile {
  std::string path = (std::filesystem::temp_directory_path() / ("impasto_tuned_plans_" + std::to_string(getpid()))).string();
  ~TemporaryFile() { std::remove(path.c_str()); }
};

}  // namespace

TEST_CASE("the text of a key differs for each of its fields") {
  using Change = std::function<void(ConvolutionKey&)>;
  const Change changes[] = {[](auto& k) { k.kind = ConvolutionKind::data_gradient; },
                            [](auto& k) { k.kind = ConvolutionKind::weight_gradient; },
                            [](auto& k) { k.n = 3; },
                            [](auto& k) { k.c = 72; },
                            [](auto& k) { k.h = 33; },
                            [](auto& k) { k.w = 33; },
                            [](auto& k) { k.k = 72; },
                            [](auto& k) { k.r = 5; },
                            [](auto& k) { k.s = 5; },
                            [](auto& k) { k.stride_h = 2; },
                            [](auto& k) { k.stride_w = 2; },
                            [](auto& k) { k.pad_top = 2; },
                            [](auto& k) { k.pad_left = 2; },
                            [](auto& k) { k.pad_bottom = 2; },
                            [](auto& k) { k.pad_right = 2; },
                            [](auto& k) { k.dilation_h = 2; },
                            [](auto& k) { k.dilation_w = 2; },
                            [](auto& k) { k.groups = 8; },
                            [](auto& k) { k.dtype = Dtype::bf16; },
                            [](auto& k) { k.tf32 = true; },
                            [](auto& k) { k.deterministic = true; },
                            [](auto& k) { k.bias = true; },
                            [](auto& k) { k.relu = true; }};
  std::set<std::string> texts{ordinary().text()};
  for (const Change& change : changes) {
    ConvolutionKey key = ordinary();
    change(key);
    CHECK(texts.insert(key.text()).second);
  }
}

TEST_CASE("f32 without TF32 runs on no tensor core, and nothing rounds its inputs or sums further than asked") {
  ConvolutionPlans plans(described("sm_90"));
  for (const ConvolutionKind kind : kinds) {
    ConvolutionKey key = ordinary(kind);
    CHECK_FALSE(has_note(plans.plan(key), CUDNN_NUMERICAL_NOTE_TENSOR_CORE));
    key.tf32 = true;
    CHECK(has_note(plans.plan(key), CUDNN_NUMERICAL_NOTE_TENSOR_CORE));
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      key.dtype = dtype;
      CHECK_FALSE(has_note(plans.plan(key), CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS));
      CHECK_FALSE(has_note(plans.plan(key), CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION));
    }
  }
}

TEST_CASE("deterministic plans are noted as such") {
  ConvolutionPlans plans(described("sm_90"));
  for (const ConvolutionKind kind : kinds)
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      ConvolutionKey key = ordinary(kind, dtype);
      key.deterministic = true;
      CHECK_FALSE(has_note(plans.plan(key), CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC));
    }
}

TEST_CASE("no more plans are kept than asked for, and those used last stay") {
  ConvolutionPlans plans(described("sm_90"), 2);
  ConvolutionKey first = ordinary(), second = first, third = first;
  second.n = 3;
  third.n = 4;
  const auto makes = [&](const ConvolutionKey& key) {
    bool made = false;
    plans.plan(key, [&](const CudnnPlan&) {  // only a new plan is timed
      made = true;
      return 1.0;
    });
    return made;
  };
  CHECK(makes(first));
  CHECK(makes(second));
  CHECK_FALSE(makes(first));
  CHECK(makes(third));
  CHECK(plans.size() == 2);
  CHECK_FALSE(makes(first));
  CHECK(makes(second));
  CHECK(makes(third));
  CHECK(plans.size() == 2);
}

TEST_CASE("a convolution that nothing can do is named") {
  ConvolutionPlans plans(described("sm_90"));
  ConvolutionKey too_large = ordinary();
  too_large.r = 99;
  ConvolutionKey odd_groups = ordinary();
  odd_groups.groups = 5;
  for (const ConvolutionKey& key : {too_large, odd_groups}) {
    std::string words;
    try {
      plans.plan(key);
    } catch (const Error& error) {
      words = error.what();
    }
    CAPTURE(words);
    CHECK(words.find(key.text()) != std::string::npos);
  }
  CHECK(plans.size() == 0);
}

TEST_CASE("no plan needs more workspace than it may have, and if all do it is said") {
  size_t needed = 0;
  for (const ConvolutionKind kind : kinds)
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      const ConvolutionKey key = ordinary(kind, dtype);
      ConvolutionPlans free(described("sm_90"), 8, SIZE_MAX), none(described("sm_90"), 8, 0);
      const auto takes = [&](ConvolutionPlans& plans) {
        size_t most = 0;
        plans.plan(key, [&](const CudnnPlan& plan) {
          most = std::max(most, plan.workspace_bytes());
          return 1.0;
        });
        return most;
      };
      needed = std::max(needed, takes(free));
      try {
        CHECK(takes(none) == 0);
      } catch (const Error& error) {
        CHECK(std::string(error.what()).find("at most 0 MB of workspace") != std::string::npos);
      }
    }
  CHECK(needed > 0);
}

TEST_CASE("a device that is described wrongly is refused in cuDNN's words") { CHECK_THROWS_AS(CudnnDevice("no properties"), CudnnError); }

TEST_CASE("with a timer the fastest engine is taken, and remembered for the next run") {
  const TemporaryFile file;
  const ConvolutionKey key = ordinary(ConvolutionKind::forward, Dtype::bf16);
  const std::string first = ConvolutionPlans(described("sm_90")).plan(key).engine();
  std::string chosen;
  {
    TunedPlans tuned(file.path, "a device");
    ConvolutionPlans plans(described("sm_90"));
    chosen = plans.plan(key, prefers_last(), &tuned).engine();
    CHECK(chosen != first);
  }
  TunedPlans same(file.path, "a device"), other(file.path, "another device");
  CHECK(same.find(key.text()) == chosen);
  const auto unasked = [](const CudnnPlan&) -> double {
    FAIL("timed again");
    return 0;
  };
  CHECK(ConvolutionPlans(described("sm_90")).plan(key, unasked, &same).engine() == chosen);
  CHECK(ConvolutionPlans(described("sm_90")).plan(key, {}, &same).engine() == chosen);
  CHECK(ConvolutionPlans(described("sm_90")).plan(key, {}, &other).engine() == first);
}

TEST_CASE("of tuned plans the last line counts, and lines that are none are passed over") {
  const TemporaryFile file;
  std::ofstream(file.path) << "a device\tone\tengine 1\n\nnonsense\na device\ttwo\na device\tone\tengine 2\nanother\tone\tengine 3\n";
  const TunedPlans tuned(file.path, "a device");
  CHECK(tuned.find("one") == "engine 2");
  CHECK(tuned.find("two").empty());
  TunedPlans nowhere("/nowhere/at/all", "a device");
  CHECK_THROWS_AS(nowhere.keep("one", "engine 1"), FileError);
}

TEST_CASE("an engine that is remembered but no longer there is replaced") {
  const TemporaryFile file;
  TunedPlans tuned(file.path, "a device");
  const ConvolutionKey key = ordinary();
  tuned.keep(key.text(), "engine 123456");
  ConvolutionPlans plans(described("sm_90"));
  CHECK(plans.plan(key, {}, &tuned).engine() == ConvolutionPlans(described("sm_90")).plan(key).engine());
}
