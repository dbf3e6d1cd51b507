// cuDNN 9's graph API (cudnnBackend...), as far as convolutions need it: descriptors that destroy themselves, the device whose engines
// are asked for, and what leads from a graph to a plan that runs. A device may be a GPU or only the description of one: for the latter
// plans are built as for the former, without a GPU or its driver, but cannot be run.
#pragma once
#include <cudnn.h>

#include <array>
#include <initializer_list>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace impasto {

/// A call of cuDNN failed; the message has the call, its place and cuDNN's own words.
class CudnnError : public Error {
 public:
  using Error::Error;
};

/// Throws CudnnError; MemoryError if memory was lacking.
[[noreturn]] void throw_cudnn_error(cudnnStatus_t status, const char* call, const char* file, int line);

#define IMPASTO_CUDNN(call)                                                                                              \
  do {                                                                                                                   \
    const cudnnStatus_t impasto_status = (call);                                                                         \
    if (impasto_status != CUDNN_STATUS_SUCCESS) ::impasto::throw_cudnn_error(impasto_status, #call, __FILE__, __LINE__); \
  } while (0)

/// What cuDNN says of the last failure in this thread.
std::string cudnn_last_words();

class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type) { IMPASTO_CUDNN(cudnnBackendCreateDescriptor(type, &raw_)); }
  CudnnDescriptor(CudnnDescriptor&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  CudnnDescriptor& operator=(CudnnDescriptor&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~CudnnDescriptor() {
    if (raw_) cudnnBackendDestroyDescriptor(raw_);
  }

  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const void* values, size_t count) {
    IMPASTO_CUDNN(cudnnBackendSetAttribute(raw_, name, type, int64_t(count), values));
  }
  void set(cudnnBackendAttributeName_t name, std::span<const int64_t> values) { set(name, CUDNN_TYPE_INT64, values.data(), values.size()); }
  void set(cudnnBackendAttributeName_t name, std::initializer_list<int64_t> values) { set(name, std::span(values.begin(), values.size())); }
  void set(cudnnBackendAttributeName_t name, double value) { set(name, CUDNN_TYPE_DOUBLE, &value, 1); }
  void set(cudnnBackendAttributeName_t name, bool value) { set(name, CUDNN_TYPE_BOOLEAN, &value, 1); }
  void set(cudnnBackendAttributeName_t name, cudnnDataType_t value) { set(name, CUDNN_TYPE_DATA_TYPE, &value, 1); }
  void set(cudnnBackendAttributeName_t name, cudnnHandle_t value) { set(name, CUDNN_TYPE_HANDLE, &value, 1); }
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& value) { set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, &value.raw_, 1); }

  cudnnStatus_t try_finalize() { return cudnnBackendFinalize(raw_); }
  void finalize() { IMPASTO_CUDNN(cudnnBackendFinalize(raw_)); }

  int64_t count(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type) const;
  int64_t number(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type = CUDNN_TYPE_INT64) const;
  /// Of those that are there, `most`.
  std::vector<CudnnDescriptor> descriptors(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type, int64_t most) const;

  cudnnBackendDescriptor_t raw() const { return raw_; }

 private:
  cudnnBackendDescriptor_t raw_ = nullptr;
};

/// Whose engines are asked for.
class CudnnDevice {
 public:
  /// The GPU of a handle, which must outlive this.
  explicit CudnnDevice(cudnnHandle_t handle) : handle_(handle) {}
  /// A GPU that need not be there, by its properties in JSON as cuDNN writes them (since 9.8). Throws CudnnError if they are no such.
  explicit CudnnDevice(const std::string& properties);

  /// One of the two is null.
  cudnnHandle_t handle() const { return handle_; }
  const CudnnDescriptor* properties() const { return properties_ ? &*properties_ : nullptr; }

 private:
  cudnnHandle_t handle_ = nullptr;
  std::optional<CudnnDescriptor> properties_;
};

/// [N, C, H, W] or [K, C, R, S], stored channels last and without gaps.
using CudnnShape = std::array<int64_t, 4>;

/// Operations on tensors. What descriptors refer to is kept for as long as the graph lives.
class CudnnGraph {
 public:
  /// A tensor in memory, called `id` when a plan runs.
  const CudnnDescriptor& tensor(int64_t id, cudnnDataType_t type, const CudnnShape& shape);
  /// One that hands a result of f32 from an operation to the next and is never stored.
  const CudnnDescriptor& between(int64_t id, const CudnnShape& shape);
  /// y = mode(x, b), or mode(x), computed in f32.
  void pointwise(cudnnPointwiseMode_t mode, const CudnnDescriptor& x, const CudnnDescriptor* b, const CudnnDescriptor& y);
  /// Finalizes what an operation refers to, or an operation itself.
  const CudnnDescriptor& part(CudnnDescriptor descriptor);
  void operation(CudnnDescriptor descriptor);

  /// To be called once, when all operations are there.
  void finalize(const CudnnDevice& device);
  /// Configurations of engines that may serve the graph, the most promising first; none: cuDNN knows of none.
  std::vector<CudnnDescriptor> engines(const CudnnDevice& device, cudnnBackendHeurMode_t mode) const;

 private:
  std::list<CudnnDescriptor> parts_;  // a list, so that references to them stay
  std::vector<cudnnBackendDescriptor_t> operations_;
  CudnnDescriptor graph_{CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR};
};

/// What cuDNN notes of the engine behind a configuration: tensor cores, inputs rounded, sums in no fixed order, ...
std::vector<cudnnBackendNumericalNote_t> numerical_notes(const CudnnDescriptor& configuration);
/// "engine 34 2=7 13=1": its number and its settings, which one release of cuDNN on one kind of device knows it by.
std::string engine_name(const CudnnDescriptor& configuration);

/// An engine made ready to run.
class CudnnPlan {
 public:
  /// Nothing if the engine cannot do it after all: cudnn_last_words() says why.
  static std::optional<CudnnPlan> of(const CudnnDevice& device, CudnnDescriptor engine);

  const std::string& engine() const { return name_; }
  const CudnnDescriptor& configuration() const { return engine_; }
  size_t workspace_bytes() const { return workspace_bytes_; }
  /// ids and data: the tensors in memory. On the handle's stream; returns at once.
  void run(cudnnHandle_t handle, std::span<const int64_t> ids, std::span<void* const> data, void* workspace) const;

 private:
  CudnnPlan(CudnnDescriptor engine, CudnnDescriptor plan);
  CudnnDescriptor engine_, plan_;
  std::string name_;
  size_t workspace_bytes_;
};

}  // namespace impasto
