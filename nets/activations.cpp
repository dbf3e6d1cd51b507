#include "nets/activations.h"

namespace impasto {
namespace {

Variable stored_as(Dtype dtype, int lanes, const Variable& x) {
  if (x.value().dtype() == dtype && x.value().lanes() == lanes) return x;
  Tensor y(x.backend(), x.shape(), lanes, dtype);
  x.backend().convert(x.value(), {y});
  return record("stored_as", y, {x}, [](Tensor& dy, std::span<GradientSink> dx) {
    if (dx[0]) dy.backend().convert(dy, dx[0].out());
  });
}

}  // namespace

Variable to_activations(const Variable& x) {
  const Backend& backend = x.backend();
  return stored_as(backend.activation_dtype(), backend.lanes_for(x.shape().c), x);
}

Variable from_activations(const Variable& x) { return stored_as(x.backend().master_dtype(), x.value().lanes(), x); }

Variable as_planar(const Variable& x) { return stored_as(x.backend().master_dtype(), 1, x); }

}  // namespace impasto
