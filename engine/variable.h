// The tape: variables, what produced them, and the walk back.
//
// A layer computes its value through a backend and calls record() with a closure that turns the output's gradient into
// the inputs' gradients. Only what needs a gradient is recorded: a frozen network costs no weight gradients, and under
// NoGrad nothing is kept at all. Closures capture tensors, never variables, and die as the backward pass leaves them,
// and what they saved with them.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/backend.h"

namespace impasto {

struct Node;
class GradientSink;

/// A tensor and, if it needs a gradient, its place on the tape.
class Variable {
 public:
  Variable() = default;
  /// A leaf: a constant, or (requires_grad) a parameter whose gradient is kept.
  explicit Variable(Tensor value, bool requires_grad = false);

  bool defined() const { return value_.defined(); }
  const Tensor& value() const { return value_; }
  Tensor& mutable_value() { return value_; }
  const Shape& shape() const { return value_.shape(); }
  Backend& backend() const { return value_.backend(); }
  bool requires_grad() const { return node_ != nullptr; }
  /// Of a leaf, after backward(); throws Error if there is none.
  const Tensor& grad() const;
  bool has_grad() const;
  /// The next backward() writes the gradient instead of adding to it.
  void clear_grad();
  /// The same value, cut off from what produced it.
  Variable detach() const { return Variable(value_); }

 private:
  friend void backward_from(const Variable& y, const Tensor& dy);
  friend Variable record(const char* name, Tensor value, std::vector<Variable> inputs,
                         std::function<void(Tensor&, std::span<GradientSink>)>);
  Tensor value_;
  std::shared_ptr<Node> node_;
};

/// Where a layer's backward pass delivers the gradient of one input.
class GradientSink {
 public:
  explicit GradientSink(Node* node) : node_(node) {}
  /// Nobody wants this gradient: compute nothing.
  bool ignored() const { return node_ == nullptr; }
  explicit operator bool() const { return !ignored(); }
  /// The tensor to write to (the first path to arrive) or to add to (later ones).
  Out out();
  /// Delivers a gradient that exists already; keeps it when it is the first and nobody else holds it.
  void give(const Tensor& gradient);

 private:
  Node* node_;
};

/// dy may be changed in place: nobody reads it afterwards.
using Backward = std::function<void(Tensor& dy, std::span<GradientSink> dx)>;

/// The variable of a layer's output. `backward` is dropped at once if no input needs a gradient.
Variable record(const char* name, Tensor value, std::vector<Variable> inputs, Backward backward);

/// Gradients of a [1, 1, 1, 1] loss times `seed`, for every leaf behind it.
/// Throws Error if nothing behind it is trainable, or if it has been walked before.
void backward(const Variable& loss, double seed = 1);
/// The same from any output and its gradient dy, of the output's layout.
void backward_from(const Variable& y, const Tensor& dy);

/// Nothing is recorded while one of these lives (on this thread).
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;
  static bool active();
};

/// Names the layers recorded while it lives ("conv1_1"); the profiler reports by these names, forward and backward.
class LayerScope {
 public:
  explicit LayerScope(std::string name);
  ~LayerScope();
  LayerScope(const LayerScope&) = delete;
  LayerScope& operator=(const LayerScope&) = delete;
  static const std::string& current();

 private:
  std::string previous_;
};

}  // namespace impasto
