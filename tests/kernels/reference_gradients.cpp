// The gradients of the reference backend, over one table of all its primitives: the gradient is the derivative, that of a
// linear primitive its transpose, outputs are written or added to completely, padding lanes stay zero, and the layout
// changes nothing.
#include <algorithm>

#include "tests/kernels/primitive_table.h"

using namespace impasto;

namespace {

// What one primitive and its gradient make of the same numbers on a given backend.
struct Trial {
  Trial(const Primitive& primitive, Bench& b)
      : of(primitive), x(make(b, of.x, of.planar_x)), y(make(b, of.y, of.planar_y)), dy(y.like()), dx(x.like()) {
    b->convert(spread(b, of.x), {x});
    b->random_normal(2, 0, dy);
    of.forward(b, x, y);
    of.gradient(b, x, dy, {dx});
  }
  static Tensor make(Bench& b, Shape shape, bool planar) { return planar ? b.planar(shape) : b.empty(shape); }
  const Primitive& of;
  Tensor x, y, dy, dx;
};

}  // namespace

TEST_CASE("the gradient of every primitive is its derivative in a random direction") {
  for (const Primitive& primitive : primitives()) {
    CAPTURE(primitive.name);
    Bench b;
    Trial t(primitive, b);
    Tensor direction = t.x.like(), up = t.x.like(), down = t.x.like(), y_up = t.y.like(), y_down = t.y.like();
    b->random_normal(12, 0, direction);
    Tensor step = direction.like();
    const double h = 1e-5;
    b->unary(Unary::affine, h, 0, direction, step);
    b->binary(Binary::add, 1, t.x, step, {up});
    b->binary(Binary::subtract, 1, t.x, step, {down});
    primitive.forward(b, up, y_up);
    primitive.forward(b, down, y_down);
    const double measured = (dot(y_up, t.dy) - dot(y_down, t.dy)) / (2 * h), computed = dot(t.dx, direction);
    CHECK(std::abs(measured - computed) <= 1e-7 * (1 + std::abs(computed)));
  }
}

TEST_CASE("the gradient of a linear primitive is its transpose") {
  for (const Primitive& primitive : primitives()) {
    if (primitive.kind != Kind::linear) continue;
    CAPTURE(primitive.name);
    Bench b;
    Trial t(primitive, b);
    const double forward = dot(t.y, t.dy), backward = dot(t.x, t.dx);
    CHECK(std::abs(forward - backward) <= 1e-13 * (1 + std::abs(forward)) * double(t.x.shape().elements()));
  }
}

TEST_CASE("every primitive fills its outputs and leaves zeros in the padding lanes, whatever the layout") {
  for (const Primitive& primitive : primitives()) {
    CAPTURE(primitive.name);
    Bench planar, narrow(Dtype::f64, 8), wide(Dtype::f64, 24);
    Trial a(primitive, planar), n(primitive, narrow), w(primitive, wide);
    for (const Trial* t : {&a, &n, &w}) {
      CHECK(filled(t->y));
      CHECK(filled(t->dx));
      CHECK(to_host_f64(t->y) == to_host_f64(a.y));
      CHECK(to_host_f64(t->dx) == to_host_f64(a.dx));
    }
  }
}

TEST_CASE("gradients add to what is there when asked to") {
  for (const Primitive& primitive : primitives()) {
    CAPTURE(primitive.name);
    Bench b(Dtype::f64, 8);
    Trial t(primitive, b);
    Tensor sum = t.dx.like(), expected = t.dx.like(), before = t.dx.like();
    b->random_uniform(3, 0, before);
    b->convert(before, {sum});
    primitive.gradient(b, t.x, t.dy, {sum, true});
    b->binary(Binary::add, 1, t.dx, before, {expected});
    CHECK(filled(sum));
    CHECK(to_host_f64(sum) == to_host_f64(expected));
  }
}

TEST_CASE("the f32 backend gives the f64 backend's numbers, rounded") {
  for (const Primitive& primitive : primitives()) {
    CAPTURE(primitive.name);
    Bench single(Dtype::f32), exact(Dtype::f64);
    Trial s(primitive, single), e(primitive, exact);
    double size = 1;
    for (double v : to_host_f64(e.y)) size = std::max(size, std::abs(v));
    CHECK(largest_difference(to_host_f64(s.y), to_host_f64(e.y)) <= 1e-6 * size);
  }
}

TEST_CASE("no primitive writes beyond its outputs") {
  Bench b(Dtype::f32, 8);
  for (const Primitive& primitive : primitives()) Trial(primitive, b);
  CHECK(b->pool()->damaged() == 0);
}
