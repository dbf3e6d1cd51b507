// Times every version of every study on a GPU, beside its error and the GPU's limits: bash bench/kernels/run.sh
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "bench/kernels/device.h"
#include "bench/kernels/studies.h"
#include "kernels/reference/reference.h"

using namespace impasto;
using namespace impasto::study;

namespace {

struct Limits {
  double bytes, operations;  // a second
};

struct Options {
  std::string_view filter;  // studies whose name contains it
  int repeats = 30;
};

Options parsed(int count, char** words) {
  Options options;
  for (int i = 1; i < count; i++) {
    const std::string_view word = words[i];
    if (word == "--repeats" && i + 1 < count) {
      options.repeats = std::atoi(words[++i]);
      if (options.repeats < 1) throw UsageError("--repeats takes a number of runs, 1 or more");
    } else if (word.starts_with("-") || !options.filter.empty()) {
      throw UsageError("usage: bench_kernels [--repeats N] [STUDY]");
    } else {
      options.filter = word;
    }
  }
  return options;
}

/// Sizes of a network at work: the norms and upsampling of a style network at 256 pixels, the Gram matrices of VGG's relu2_2.
Shape timed_shape(const Subject& subject) {
  if (&subject == &study::gram) return {4, 128, 128, 128};
  if (&subject == &upsample) return {4, 64, 128, 128};
  return {4, 64, 256, 256};
}

/// Whatever takes longer at its limit says what the limit is: arithmetic or memory.
void print(const Subject& subject, const char* version, const char* dtype, const Shape& shape, double seconds, double bytes,
           const Limits& limits, double error, bool right) {
  const double operations = subject.operations(shape);
  const bool arithmetic = operations / limits.operations > bytes / limits.bytes;
  std::printf("%-24s %-4s %-18s %-30s %9.4f ms  %8.1f %-7s  %5.1f %% of %s  max error %.0e%s\n", subject.name, dtype, shape.text().c_str(),
              version, seconds * 1e3, (arithmetic ? operations : bytes) / seconds * 1e-9, arithmetic ? "GFLOP/s" : "GB/s",
              100 * (arithmetic ? operations / limits.operations : bytes / limits.bytes) / seconds, arithmetic ? "multiply-adds" : "copy",
              error, right ? "" : "  WRONG");
  std::fflush(stdout);
}

/// Times all versions at one shape; false if one is wrong.
template <class T>
bool time_study(const Subject& subject, const Versions<T, CudaStream>& versions, Backend& reference, Timer& timer, const Limits& limits,
                int repeats) {
  const Shape shape = timed_shape(subject), output = subject.output(shape);
  const Geometry g = geometry(shape);
  const Numbers<T> numbers = numbers_of<T>(subject, shape, reference);
  const DeviceArray<T> x(numbers.x);
  const DeviceArray<float> gamma(numbers.gamma), beta(numbers.beta), one(std::vector<float>{1.0f}), scratch(scratch_floats(g));
  DeviceArray<T> y(subject.activation ? std::size_t(elements(geometry(output))) : 0);
  DeviceArray<float> result(subject.activation ? 0 : std::size_t(output.elements()));
  const Problem<T> problem{g, x.data(), gamma.data(), beta.data(), one.data(), y.data(), result.data(), scratch.data()};
  const double bytes = double(x.bytes() + y.bytes() + result.bytes());  // x read once, what comes out written once
  const double bound = sizeof(T) == 2 ? 3e-2 : 1e-4;                    // the plainest versions add up a whole plane one by one
  bool all_right = true;
  for (const auto& version : versions) {
    CudaStream stream;
    y.fill(0xff);  // NaN
    result.fill(0xff);
    version.run(stream, problem);
    IMPASTO_CUDA(cudaDeviceSynchronize());
    const std::vector<float> sums = result.host();
    const double error = subject.activation ? error_of(y.host(), output, numbers.truth)
                                            : error_of(std::vector<double>(sums.begin(), sums.end()), numbers.truth);
    const bool right = error <= bound;
    all_right = all_right && right;
    const double seconds = timer.median(repeats, [&] { version.run(stream, problem); });
    print(subject, version.name, name_of(dtype_of<T>()), shape, seconds, bytes, limits, error, right);
  }
  return all_right;
}

int run(const Options& options) {
  int devices = 0;
  const cudaError_t found = cudaGetDeviceCount(&devices);
  if (found != cudaSuccess || devices == 0) {
    std::fprintf(stderr, "bench_kernels: there is no GPU to time on (%s)\n",
                 found == cudaSuccess ? "none is visible" : cudaGetErrorString(found));
    return 1;
  }
  cudaDeviceProp device;
  int driver = 0, runtime = 0;
  IMPASTO_CUDA(cudaGetDeviceProperties(&device, 0));
  IMPASTO_CUDA(cudaDriverGetVersion(&driver));
  IMPASTO_CUDA(cudaRuntimeGetVersion(&runtime));
  Timer timer(device);
  const Limits limits{copy_rate(timer, options.repeats), multiply_add_rate(timer, options.repeats, device.multiProcessorCount)};
  std::printf("%s: %d multiprocessors, second-level cache %.0f MB; CUDA %d.%d, driver for %d.%d\n", device.name, device.multiProcessorCount,
              device.l2CacheSize / 1e6, runtime / 1000, runtime % 1000 / 10, driver / 1000, driver % 1000 / 10);
  std::printf("copy %.0f GB/s, multiply-adds %.0f GFLOP/s, both measured; times are medians of %d with a cold cache\n", limits.bytes * 1e-9,
              limits.operations * 1e-9, options.repeats);
  const auto reference = make_reference_backend(Dtype::f64);
  bool any = false, right = true;
  const auto each = [&](const Subject& subject, const auto& versions) {
    if (std::string_view(subject.name).find(options.filter) == std::string_view::npos) return;
    any = true;
    right &= time_study(subject, versions, *reference, timer, limits, options.repeats);
  };
  for_studies<float, CudaStream>(each);
  for_studies<bf16, CudaStream>(each);
  if (!any) throw UsageError("no study's name contains \"" + std::string(options.filter) + "\"");
  return right ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(parsed(count, words));
  } catch (const UsageError& error) {
    std::fprintf(stderr, "bench_kernels: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_kernels: %s\n", error.what());
    return 1;
  }
}
