#include "engine/lbfgs.h"

#include <algorithm>
#include <cmath>

#include "engine/line_search.h"

namespace impasto {
namespace {

using Vector = std::vector<Tensor>;

Vector like(const std::vector<Variable>& parameters) {
  Vector v;
  for (const Variable& p : parameters) v.push_back(p.value().like());
  return v;
}

void copy(const Tensor& from, Tensor& to) { from.backend().convert(from, {to}); }
void copy(const Vector& from, Vector& to) {
  for (size_t i = 0; i < from.size(); i++) copy(from[i], to[i]);
}

// y += a * x: half of x + x, which is exact.
void add_scaled(double a, const Tensor& x, Tensor& y) { x.backend().binary(Binary::add, a / 2, x, x, {y, true}); }

Tensor number(const Vector& like) { return Tensor(like[0].backend(), {}, 1, like[0].backend().master_dtype()); }

// scale * a^T b, left on the device.
Tensor dot_on_device(const Vector& a, const Vector& b, double scale = 1) {
  Tensor sum = number(a);
  for (size_t i = 0; i < a.size(); i++) {
    Tensor product = a[i].like();
    a[i].backend().binary(Binary::multiply, 1, a[i], b[i], {product});
    a[i].backend().reduce_sum(product, scale, {sum, i > 0});
  }
  return sum;
}

double dot(const Vector& a, const Vector& b) { return scalar(dot_on_device(a, b)); }

double sum_of_sizes(const Vector& a) {
  Tensor sum = number(a);
  for (size_t i = 0; i < a.size(); i++) {
    Tensor sizes = a[i].like();
    a[i].backend().unary(Unary::absolute, 0, 0, a[i], sizes);
    a[i].backend().reduce_sum(sizes, 1, {sum, i > 0});
  }
  return scalar(sum);
}

// y += sign * factor * x with the factor on the device.
void add_product(double sign, const Tensor& factor, const Vector& x, Vector& y) {
  for (size_t i = 0; i < x.size(); i++) x[i].backend().binary(Binary::multiply, sign, x[i], factor, {y[i], true});
}

}  // namespace

Lbfgs::Lbfgs(std::vector<Variable> parameters, const LbfgsOptions& options) : parameters_(std::move(parameters)), options_(options) {
  if (parameters_.empty()) throw Error("L-BFGS was given no parameters");
  for (const Variable& p : parameters_) {
    if (!p.defined() || !p.requires_grad()) throw Error("L-BFGS was given a parameter that takes no gradient");
    if (p.value().frozen()) throw Error("L-BFGS was given frozen numbers of shape " + p.shape().text());
  }
  gradient_ = like(parameters_);
  previous_ = like(parameters_);
  direction_ = like(parameters_);
}

void Lbfgs::reset() {
  pairs_.clear();
  h0_ = 1;
  step_ = 0;
  known_ = false;
}

double Lbfgs::evaluate(const Closure& closure, Vector& gradient) {
  for (Variable& p : parameters_) p.clear_grad();
  evaluations_++;
  const double loss = closure();
  for (size_t i = 0; i < parameters_.size(); i++) {
    if (parameters_[i].has_grad()) {
      copy(parameters_[i].grad(), gradient[i]);
    } else {
      gradient[i].backend().fill(gradient[i], 0);
    }
  }
  return loss;
}

// The pair of the step just made: s = step * direction, y = gradient - previous.
void Lbfgs::remember() {
  Pair pair{like(parameters_), like(parameters_), 0};
  for (size_t i = 0; i < gradient_.size(); i++) {
    Backend& backend = gradient_[i].backend();
    backend.unary(Unary::affine, step_, 0, direction_[i], pair.s[i]);
    backend.binary(Binary::subtract, 1, gradient_[i], previous_[i], {pair.y[i]});
  }
  const double ys = dot(pair.y, pair.s);
  // Not curved upwards along the step, or not measurably: H would not stay positive definite.
  if (!(ys > 1e-10)) return;
  pair.rho = 1 / ys;
  h0_ = ys / dot(pair.y, pair.y);
  if (int(pairs_.size()) == options_.history) pairs_.erase(pairs_.begin());
  pairs_.push_back(std::move(pair));
}

// direction = -H gradient. Its factors stay on the device: nothing waits for it here.
void Lbfgs::find_direction() {
  for (size_t i = 0; i < gradient_.size(); i++) gradient_[i].backend().unary(Unary::affine, -1, 0, gradient_[i], direction_[i]);
  Vector alpha(pairs_.size());
  for (size_t k = pairs_.size(); k-- > 0;) {
    alpha[k] = dot_on_device(pairs_[k].s, direction_, pairs_[k].rho);
    add_product(-1, alpha[k], pairs_[k].y, direction_);
  }
  for (Tensor& d : direction_) {
    Tensor scaled = d.like();
    d.backend().unary(Unary::affine, h0_, 0, d, scaled);
    d = scaled;
  }
  for (size_t k = 0; k < pairs_.size(); k++) {
    const Tensor beta = dot_on_device(pairs_[k].y, direction_, pairs_[k].rho);
    add_product(1, alpha[k], pairs_[k].s, direction_);
    add_product(-1, beta, pairs_[k].s, direction_);
  }
}

void Lbfgs::move(const Closure& closure) {
  const bool first = step_ == 0;
  step_ = options_.rate;
  if (first) step_ *= std::min(1.0, options_.first_length / sum_of_sizes(gradient_));
  known_ = false;
  if (!options_.strong_wolfe) {
    for (size_t i = 0; i < direction_.size(); i++) add_scaled(step_, direction_[i], parameters_[i].mutable_value());
    return;
  }
  const double slope = dot(previous_, direction_);
  Vector origin = like(parameters_);
  for (size_t i = 0; i < origin.size(); i++) copy(parameters_[i].value(), origin[i]);
  LinePoint last{0, loss_, slope};
  const auto at = [&](double t) {
    for (size_t i = 0; i < origin.size(); i++) {
      copy(origin[i], parameters_[i].mutable_value());
      add_scaled(t, direction_[i], parameters_[i].mutable_value());
    }
    const double loss = evaluate(closure, gradient_);
    last = {t, loss, dot(gradient_, direction_)};
    return last;
  };
  const LinePoint found = strong_wolfe(at, last, step_);
  // Only a search that ran out returns another point than the last: then its gradient is taken anew.
  if (found.t != last.t) at(found.t);
  if (found.t == 0) {  // no way down along this direction: steepest descent is next
    pairs_.clear();
    h0_ = 1;
  }
  step_ = found.t;
  loss_ = last.f;
  known_ = true;
}

double Lbfgs::step(const Closure& closure) {
  if (!known_) loss_ = evaluate(closure, gradient_);
  const double before = loss_;
  if (step_ != 0) remember();
  find_direction();
  if (options_.strong_wolfe && !(dot(gradient_, direction_) < 0)) {
    // Rounding has spoilt the history, or this is a minimum.
    pairs_.clear();
    h0_ = 1;
    find_direction();
    if (!(dot(gradient_, direction_) < 0)) {
      known_ = true;
      step_ = 0;
      return before;
    }
  }
  copy(gradient_, previous_);
  move(closure);
  return before;
}

}  // namespace impasto
