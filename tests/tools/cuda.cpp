// The cuda backend where there is none, where something of it is missing, and where there is one: libraries made for these tests stand for
// the driver and the module (tests/cuda/fakes), so a GPU of this machine is never seen.
#include <fstream>

#include "tests/tools/gallery.h"
#include "tests/tools/studio.h"

using namespace impasto;
using namespace impasto::studio;

namespace {

const std::string fakes = IMPASTO_CUDA_FAKES;
const std::string driver = "LD_LIBRARY_PATH=" + fakes;

std::string with_module(const std::string& name) {
  return driver + " IMPASTO_CUDA_MODULE=" + fakes + "/" + name + ".so ASAN_OPTIONS=detect_odr_violation=0:detect_leaks=0";
}

// A driver of this machine is hidden behind a folder named like its library.
std::string without_driver(const Folder& folder) {
  fs::create_directories(folder.path + "/no_driver");
  std::ofstream(folder.path + "/no_driver/libcuda.so.1") << "";
  return "LD_LIBRARY_PATH=" + folder.path + "/no_driver";
}

struct Module {
  std::string settings, says;
};

std::vector<Module> modules_that_fail(const Folder& folder) {
  std::ofstream(folder.path + "/garbage.so") << "this is no library";
  return {{driver + " IMPASTO_CUDA_MODULE=" + folder.path + "/absent.so", "absent.so): install CUDA 13"},
          {driver + " IMPASTO_CUDA_MODULE=" + folder.path + "/garbage.so", "cannot be opened"},
          {with_module("incomplete"), "libtoolkit.so"},
          {with_module("no_module"), "is no CUDA module"},
          {with_module("other_sources"), "was built from other sources"},
          {with_module("refuses"), "the GPU is too thin"}};
}

}  // namespace

TEST_CASE("whatever of CUDA is missing, info names it, asking for cuda is one sentence and exit code 1, and auto paints on the cpu") {
  const Gallery gallery;
  std::vector<Module> states = modules_that_fail(gallery);
  states.push_back({without_driver(gallery), "no NVIDIA driver (libcuda.so.1"});
  for (const Module& state : states) {
    CAPTURE(state.settings);
    const Answer info = gallery.shell(state.settings + " '" IMPASTO_PROGRAM "' info 2>&1");
    CAPTURE(info.said);
    CHECK(info.code == 0);
    CHECK(info.has("backend cuda       missing: "));
    CHECK(info.has(state.says));
    const std::string stylize = state.settings + " '" IMPASTO_PROGRAM "' stylize photo.png --style one.h5 -o out.png --json report.json";
    const Answer refused = gallery.shell(stylize + " --backend cuda 2>&1");
    CAPTURE(refused.said);
    CHECK(refused.code == 1);
    CHECK(refused.lines() == 1);
    CHECK(refused.said.starts_with("impasto: --backend cuda cannot be had: "));
    CHECK(refused.has(state.says));
    CHECK_FALSE(gallery.there("out.png"));
    CHECK(gallery.shell(stylize + " 2>&1").code == 0);
    CHECK(gallery.json("report.json")["backend"] == "cpu");
    fs::remove(gallery.path + "/out.png");
  }
}

TEST_CASE("where there is no driver nothing of CUDA is opened") {
  const Folder folder;
  const Answer info =
      shell(without_driver(folder) + " IMPASTO_CUDA_MODULE=" + fakes + "/works.so LD_DEBUG=files '" IMPASTO_PROGRAM "' info 2>&1");
  CHECK(info.has("libcuda.so.1"));
  CHECK_FALSE(info.has("works.so"));
}

TEST_CASE("where cuda works info describes the device, every command takes it, auto chooses it, and reports name it") {
  const Gallery gallery;
  const std::string works = with_module("works") + " '" IMPASTO_PROGRAM "' ";
  const Answer info = gallery.shell(works + "info 2>&1");
  CHECK(info.has("backend cuda       a GPU made of paper, 8 GB, compute capability 7.5; driver for CUDA 13.0, CUDA 13.0, cuDNN 9.19.0"));
  for (const std::string backend : {"auto", "cuda", "cpu"}) {
    CAPTURE(backend);
    const std::string used = backend == "cpu" ? "cpu" : "cuda";
    for (const std::string command : {"stylize photo.png --style one.h5 -o out.png", "bench net one.h5 --size 32 --repeats 1",
                                      "bench layers --filter concat --repeats 1", "bench step --size 32 --repeats 1",
                                      "optimize photo.png photo.png -o out.png --net vgg.h5 --iterations 2"}) {
      CAPTURE(command);
      if (command.starts_with("optimize")) write_weight_file(gallery.path + "/vgg.h5", narrow_vgg());
      const Answer answer =
          gallery.shell(works + command + " --json report.json --deterministic --debug-sync --backend " + backend + " 2>&1");
      CAPTURE(answer.said);
      REQUIRE(answer.code == 0);
      const auto report = gallery.json("report.json");
      CHECK(report["backend"] == used);
      CHECK(report["device"].is_null() == (used == "cpu"));
      const auto precision = report.contains("settings") ? report["settings"]["precision"] : report["precision"];
      CHECK(precision["used"] == (used == "cpu" ? "fast" : "exact"));
    }
    CHECK(gallery.shell(works + "styles --sheet photo.png --style one.h5 -o sheet.png --backend " + backend + " 2>&1").code == 0);
  }
}

TEST_CASE("--precision fast on cuda keeps activations in bf16: pictures stay near the exact ones") {
  const Gallery gallery;
  const std::string stylize = with_module("works") + " '" IMPASTO_PROGRAM "' stylize photo.png --style one.h5 --backend cuda ";
  for (const std::string precision : {"exact", "fast", "auto"})
    REQUIRE(gallery.shell(stylize + "-o " + precision + ".png --precision " + precision + " 2>&1").code == 0);
  const auto painted = [&](const std::string& name) { return read_picture(gallery.path + "/" + name + ".png").rgb; };
  const std::vector<float> exact = painted("exact"), fast = painted("fast");
  CHECK(painted("auto") == exact);
  CHECK(fast != exact);
  double sum = 0;
  for (size_t i = 0; i < exact.size(); i++) sum += std::abs(fast[i] - exact[i]);
  CHECK(sum / double(exact.size()) < 0.01);
}

TEST_CASE("--autotune remembers in the cache folder or where --tuned-plans says, which is read without it too") {
  const Gallery gallery;
  const std::string stylize = "IMPASTO_CACHE=" + gallery.path + "/new/cache " + with_module("works") + " '" IMPASTO_PROGRAM
                              "' stylize photo.png --style one.h5 -o out.png --backend cuda ";
  const auto lines = [&](const std::string& path) {
    std::ifstream file(gallery.path + "/" + path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  CHECK(gallery.shell(stylize + "2>&1").code == 0);
  CHECK_FALSE(gallery.there("new"));
  CHECK(gallery.shell(stylize + "--autotune 2>&1").code == 0);
  CHECK(lines("new/cache/tuned_plans") == "tuned\n");
  CHECK(gallery.shell(stylize + "--autotune --tuned-plans mine 2>&1").code == 0);
  CHECK(gallery.shell(stylize + "--tuned-plans mine 2>&1").code == 0);
  CHECK(lines("mine") == "tuned\nread\n");
}

TEST_CASE("a memory plan is of the cpu") {
  const Gallery gallery;
  write_weight_file(gallery.path + "/vgg.h5", narrow_vgg());
  const std::string plan =
      with_module("works") + " '" IMPASTO_PROGRAM "' optimize photo.png photo.png -o out.png --net vgg.h5 --memory-plan";
  CHECK(gallery.shell(plan + " 2>&1").code == 0);
  const Answer refused = gallery.shell(plan + " --backend cuda 2>&1");
  CHECK(refused.code == 2);
  CHECK(refused.has("--memory-plan plans for the cpu backend"));
}
