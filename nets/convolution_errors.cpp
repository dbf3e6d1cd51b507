#include "nets/convolution_errors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <list>
#include <memory>

#include "engine/variable.h"
#include "kernels/reference/reference.h"

namespace impasto {

NumberError number_error(const std::vector<double>& found, const std::vector<double>& wanted) {
  const double infinite = std::numeric_limits<double>::infinity();
  if (found.size() != wanted.size()) return {infinite, infinite};
  double off = 0, all = 0, largest_off = 0, largest = 0;
  for (size_t i = 0; i < wanted.size(); i++) {
    const double d = std::abs(found[i] - wanted[i]);
    if (!std::isfinite(d)) return {infinite, infinite};
    off += d * d;
    all += wanted[i] * wanted[i];
    largest_off = std::max(largest_off, d);
    largest = std::max(largest, std::abs(wanted[i]));
  }
  if (off == 0) return {};
  return {std::sqrt(off / all), largest_off / largest};
}

/// Tensors as they are, on another backend: in f64 and planar on the reference backend.
class ConvolutionErrors::Copies {
 public:
  Copies(Backend& backend, bool reference) : backend_(backend), reference_(reference) {}
  Tensor room_for(const Tensor& x) const {
    return reference_ ? Tensor(backend_, x.shape(), 1, Dtype::f64) : Tensor(backend_, x.shape(), x.lanes(), x.dtype());
  }
  const Tensor& operator()(const Tensor& x) {
    copies_.push_back(room_for(x));
    backend_.convert(x, {copies_.back()});
    return copies_.back();
  }
  const Tensor* operator()(const Tensor* x) { return x ? &(*this)(*x) : nullptr; }
  ConvInput operator()(const ConvInput& in) { return {(*this)(in.scale), (*this)(in.shift), in.relu}; }

 private:
  Backend& backend_;
  bool reference_;
  std::list<Tensor> copies_;
};

ConvolutionErrors::ConvolutionErrors(Backend& runs, std::vector<ConvolutionPath> paths)
    : DecoratorBackend(runs), reference_(make_reference_backend(Dtype::f64)), paths_(std::move(paths)) {}

void ConvolutionErrors::measure(const char* primitive, Out y, const Convolution& convolution) {
  if (!measuring) return;
  const auto result = [&](Backend& backend, bool reference) {
    Copies on(backend, reference);
    Tensor out = on.room_for(y.tensor);
    if (y.add) backend.convert(y.tensor, {out});
    convolution(backend, on, {out, y.add});
    backend.synchronize();
    return to_host_f64(out);
  };
  const std::string layer = LayerScope::current();
  auto line = std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) { return l.layer == layer && l.primitive == primitive; });
  if (line == lines_.end()) line = lines_.insert(lines_.end(), {layer, primitive, std::vector<NumberError>(paths_.size())});
  const std::vector<double> wanted = result(*reference_, true);
  for (size_t i = 0; i < paths_.size(); i++) {
    const NumberError error = number_error(result(*paths_[i].backend, false), wanted);
    NumberError& worst = line->errors[i];
    worst = {std::max(worst.relative_l2, error.relative_l2), std::max(worst.largest, error.largest)};
  }
}

void ConvolutionErrors::conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out,
                               Out y) {
  // Moments are not compared: those of y follow from y.
  measure("conv2d", y, [&](Backend& backend, Copies& on, Out to) {
    backend.conv2d(on(x), on(w), params, on(in), {.bias = on(out.bias), .relu = out.relu}, to);
  });
  DecoratorBackend::conv2d(x, w, params, in, out, y);
}

void ConvolutionErrors::conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) {
  measure("conv2d_backward_data", dx,
          [&](Backend& backend, Copies& on, Out out) { backend.conv2d_backward_data(on(dy), on(w), params, on(mask), out); });
  DecoratorBackend::conv2d_backward_data(dy, w, params, mask, dx);
}

void ConvolutionErrors::conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in,
                                                const Tensor* mask, Out dw) {
  measure("conv2d_backward_weights", dw,
          [&](Backend& backend, Copies& on, Out out) { backend.conv2d_backward_weights(on(x), on(dy), params, on(in), on(mask), out); });
  DecoratorBackend::conv2d_backward_weights(x, dy, params, in, mask, dw);
}

}  // namespace impasto
