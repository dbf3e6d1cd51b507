#include "engine/tensor.h"

#include "engine/backend.h"

namespace impasto {

std::string Shape::text() const {
  return "[" + std::to_string(n) + ", " + std::to_string(c) + ", " + std::to_string(h) + ", " + std::to_string(w) + "]";
}

Tensor::Tensor(Backend& backend, Shape shape, int lanes, Dtype dtype) : backend_(&backend), shape_(shape), lanes_(lanes), dtype_(dtype) {
  if (shape.n < 1 || shape.c < 1 || shape.h < 1 || shape.w < 1 || lanes < 1) {
    throw ShapeError("a tensor of shape " + shape.text() + " cannot be made: every dimension must be at least 1");
  }
  // Bodies count pixels and channels in int; the product of all must stay far from int64's end.
  constexpr double most = 1e15;
  if (double(shape.h) * shape.w > 2e9 || double(shape.n) * (double(shape.c) + lanes) * shape.h * shape.w > most) {
    throw ShapeError("a tensor of shape " + shape.text() + " is larger than this program can count: use a smaller --size");
  }
  storage_ = std::make_shared<Storage>();
  storage_->pool = backend.pool();
  storage_->data = storage_->pool->allocate(bytes());
}

Tensor Tensor::like() const { return Tensor(*backend_, shape_, lanes_, dtype_); }

Tensor Tensor::reshaped(Shape shape) const {
  if (lanes_ != 1 || shape.elements() != shape_.elements()) {
    throw ShapeError("a tensor of shape " + shape_.text() + " with " + std::to_string(lanes_) + " lanes cannot be seen as " + shape.text());
  }
  Tensor view = *this;
  view.shape_ = shape;
  return view;
}

Tensor Tensor::images(int first, int count) const {
  if (first < 0 || count < 1 || count > shape_.n - first) {
    throw ShapeError("a tensor of shape " + shape_.text() + " does not have " + std::to_string(count) + " images from " +
                     std::to_string(first));
  }
  Tensor view = *this;
  view.shape_.n = count;
  view.offset_ += bytes() / size_t(shape_.n) * size_t(first);
  view.part_ = true;
  return view;
}

Tensor Tensor::derived(const std::string& key, const std::function<Tensor()>& make) const {
  if (!storage_->frozen || part_) return make();
  auto it = storage_->derived.find(key);
  if (it == storage_->derived.end()) it = storage_->derived.emplace(key, make()).first;
  return it->second;
}

void Tensor::check_dtype(Dtype wanted) const {
  if (dtype_ != wanted) {
    throw ShapeError(std::string("a tensor of ") + name_of(dtype_) + " was read as " + name_of(wanted));
  }
}

Tensor from_host(Backend& backend, Shape shape, const float* values, int lanes) {
  Tensor planar(backend, shape, 1, backend.master_dtype());
  backend.upload(values, planar);
  if (lanes == 1) return planar;
  Tensor y(backend, shape, lanes, backend.master_dtype());
  backend.convert(planar, {y});
  return y;
}

namespace {
template <class T>
std::vector<T> download(const Tensor& x) {
  std::vector<T> host(size_t(x.shape().elements()));
  if (x.lanes() == 1 && x.dtype() == dtype_of<T>()) {
    x.backend().download(x, host.data());
    return host;
  }
  Tensor planar(x.backend(), x.shape(), 1, dtype_of<T>());
  x.backend().convert(x, {planar});
  x.backend().download(planar, host.data());
  return host;
}
}  // namespace

std::vector<float> to_host(const Tensor& x) { return download<float>(x); }

std::vector<double> to_host_f64(const Tensor& x) {
  if (x.dtype() == Dtype::f64) return download<double>(x);
  const std::vector<float> host = download<float>(x);
  return {host.begin(), host.end()};
}

double scalar(const Tensor& x) {
  if (x.shape().elements() != 1) throw ShapeError("a single number was wanted from a tensor of shape " + x.shape().text());
  return to_host_f64(x)[0];
}

}  // namespace impasto
