// Tensors: logically [N, C, H, W], stored channel-inner as [N, ceil(C/L), H, W, L].
//
// L, the lane count, is the only layout parameter: 1 is planar NCHW, 8 and 16 are the blocked layouts of AVX2 and
// AVX-512, C rounded up is NHWC. Padding lanes (channels C .. ceil(C/L)*L) hold zeros, always.
// Everything has four dimensions: a vector [C] is [1, C, 1, 1], a matrix [H, W] is [1, 1, H, W], convolution weights
// [K, C/groups, R, S] and scalars [1, 1, 1, 1] are planar.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/dtype.h"
#include "engine/error.h"
#include "engine/pool.h"

namespace impasto {

class Backend;

struct Shape {
  int n = 1, c = 1, h = 1, w = 1;
  bool operator==(const Shape&) const = default;
  int64_t elements() const { return int64_t(n) * c * h * w; }
  int64_t pixels() const { return int64_t(h) * w; }
  std::string text() const;  // "[1, 64, 32, 32]"
};

/// A shared handle on storage; copies share the numbers. Holds no gradient and no history: see Variable.
class Tensor {
 public:
  Tensor() = default;
  /// Uninitialised storage from the backend's pool. Throws ShapeError (a dimension < 1) or MemoryError.
  Tensor(Backend& backend, Shape shape, int lanes = 1, Dtype dtype = Dtype::f32);
  /// As this one in shape, lanes, dtype and backend; uninitialised.
  Tensor like() const;

  bool defined() const { return storage_ != nullptr; }
  const Shape& shape() const { return shape_; }
  int lanes() const { return lanes_; }
  Dtype dtype() const { return dtype_; }
  Backend& backend() const { return *backend_; }
  int groups() const { return (shape_.c + lanes_ - 1) / lanes_; }
  /// Numbers stored, padding lanes included.
  int64_t stored() const { return int64_t(shape_.n) * groups() * shape_.pixels() * lanes_; }
  size_t bytes() const { return size_t(stored()) * size_of(dtype_); }
  bool has_padding() const { return shape_.c % lanes_ != 0; }
  bool same_layout(const Tensor& other) const { return shape_ == other.shape_ && lanes_ == other.lanes_ && dtype_ == other.dtype_; }

  void* raw() { return static_cast<char*>(storage_->data) + offset_; }
  const void* raw() const { return static_cast<const char*>(storage_->data) + offset_; }
  template <class T>
  T* data() {
    check_dtype(dtype_of<T>());
    return static_cast<T*>(raw());
  }
  template <class T>
  const T* data() const {
    check_dtype(dtype_of<T>());
    return static_cast<const T*>(raw());
  }
  /// Position of element (n, c, h, w) in data().
  int64_t index(int n, int c, int h, int w) const {
    return (((int64_t(n) * groups() + c / lanes_) * shape_.h + h) * shape_.w + w) * lanes_ + c % lanes_;
  }

  /// Nobody else holds these numbers.
  bool unshared() const { return storage_.use_count() == 1; }

  /// Planar, one axis renamed: the same numbers under another shape. Throws ShapeError unless planar and of equal size.
  Tensor reshaped(Shape shape) const;

  /// Images first .. first + count - 1: the same numbers, not a copy, so off 16-byte words where planar. Throws ShapeError without them.
  Tensor images(int first, int count) const;

  /// Promises that the numbers will not change from here on, so that a backend may keep what it derives from them
  /// (packed or transformed weights) for as long as they live.
  void freeze() { storage_->frozen = true; }
  bool frozen() const { return storage_->frozen; }
  /// The tensor derived from this one under `key`, made on first use when frozen, made anew each time when not, and for images().
  Tensor derived(const std::string& key, const std::function<Tensor()>& make) const;

 private:
  struct Storage {
    void* data = nullptr;
    std::shared_ptr<Pool> pool;
    bool frozen = false;
    std::map<std::string, Tensor> derived;
    ~Storage() {
      if (data) pool->release(data);
    }
  };
  void check_dtype(Dtype wanted) const;

  std::shared_ptr<Storage> storage_;
  Backend* backend_ = nullptr;
  Shape shape_;
  int lanes_ = 1;
  Dtype dtype_ = Dtype::f32;
  size_t offset_ = 0;  // bytes, of images()
  bool part_ = false;
};

/// Where a primitive puts a gradient or a sum: into the tensor, or on top of what it holds.
struct Out {
  Tensor& tensor;
  bool add = false;
};

/// A tensor in the backend's master dtype from host numbers in N, C, H, W order, and back.
Tensor from_host(Backend& backend, Shape shape, const float* values, int lanes = 1);
std::vector<float> to_host(const Tensor& x);
std::vector<double> to_host_f64(const Tensor& x);
/// The one number of a [1, 1, 1, 1] tensor.
double scalar(const Tensor& x);

}  // namespace impasto
