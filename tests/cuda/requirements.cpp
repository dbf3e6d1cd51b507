// What is too old, or of another version than compiled for, is named.
#include "kernels/cuda/requirements.h"

#include <doctest/doctest.h>

#include "kernels/cuda_module.h"

using namespace impasto;

namespace {
bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
}  // namespace

TEST_CASE("versions read as the libraries write them") {
  CHECK(cuda_version_text(13000) == "13.0");
  CHECK(cuda_version_text(12080) == "12.8");
  CHECK(cudnn_version_text(91900) == "9.19.0");
  CHECK(cudnn_version_text(90802) == "9.8.2");
  CHECK(cudnn_version_text(8907) == "8.9.7");
}

TEST_CASE("a driver of an older CUDA is named with both versions, one of the same or a newer CUDA is taken") {
  CHECK(driver_problem(13000, 13000).empty());
  CHECK(driver_problem(13010, 13000).empty());
  CHECK(driver_problem(13000, 13020).empty());  // NVIDIA promises this within a major version
  CHECK(driver_problem(14000, 13000).empty());
  const std::string problem = driver_problem(12040, 13000);
  CHECK(has(problem, "12.4"));
  CHECK(has(problem, "13.0"));
  CHECK_FALSE(driver_problem(0, 13000).empty());
}

TEST_CASE("a GPU below compute capability 8.0 is named with its own") {
  CHECK(device_problem({.name = "A", .major = 8, .minor = 0}).empty());
  CHECK(device_problem({.name = "H", .major = 9, .minor = 0}).empty());
  const std::string problem = device_problem({.name = "Tesla T4", .major = 7, .minor = 5});
  CHECK(has(problem, "Tesla T4"));
  CHECK(has(problem, "7.5"));
}

TEST_CASE("cuDNN of another major version is named, of another minor one taken") {
  CHECK(cudnn_problem(91900, 91900).empty());
  CHECK(cudnn_problem(90100, 91900).empty());
  const std::string problem = cudnn_problem(8907, 91900);
  CHECK(has(problem, "9.19.0"));
  CHECK(has(problem, "8.9.7"));
}

TEST_CASE("a device is described by its name, memory, capability and the versions beside it") {
  CHECK(text_of({"A GPU", 80'000'000'000, 9, 0, 13010, 13000, 91900}) ==
        "A GPU, 80 GB, compute capability 9.0; driver for CUDA 13.1, CUDA 13.0, cuDNN 9.19.0");
  CHECK(text_of({.driver = 13010, .runtime = 13000, .cudnn = 91900}) == "driver for CUDA 13.1, CUDA 13.0, cuDNN 9.19.0");
  CHECK(text_of({.runtime = 13000, .cudnn = 91900}) == "CUDA 13.0, cuDNN 9.19.0");
}
