#include "engine/variable.h"

#include <algorithm>
#include <atomic>
#include <unordered_set>

namespace impasto {

struct Node {
  uint64_t sequence = 0;
  const char* name = "leaf";
  std::string layer;
  Backend* backend = nullptr;
  Shape shape;
  int lanes = 1;
  Dtype dtype = Dtype::f32;
  Tensor grad;
  bool written = false;  // grad holds a gradient of this pass
  bool walked = false;   // its closure has run
  std::vector<std::shared_ptr<Node>> inputs;
  Backward backward;

  explicit Node(const Tensor& value) : backend(&value.backend()), shape(value.shape()), lanes(value.lanes()), dtype(value.dtype()) {
    static std::atomic<uint64_t> next{1};
    sequence = next++;
  }
  // A long chain must not free itself by recursion.
  ~Node() {
    std::vector<std::shared_ptr<Node>> pending = std::move(inputs);
    while (!pending.empty()) {
      std::shared_ptr<Node> node = std::move(pending.back());
      pending.pop_back();
      if (node && node.use_count() == 1) {
        for (auto& input : node->inputs) pending.push_back(std::move(input));
        node->inputs.clear();
      }
    }
  }
};

namespace {
thread_local int no_grad_depth = 0;
thread_local std::string layer_name;
}  // namespace

NoGrad::NoGrad() { ++no_grad_depth; }
NoGrad::~NoGrad() { --no_grad_depth; }
bool NoGrad::active() { return no_grad_depth > 0; }

LayerScope::LayerScope(std::string name) : previous_(std::move(layer_name)) { layer_name = std::move(name); }
LayerScope::~LayerScope() { layer_name = std::move(previous_); }
const std::string& LayerScope::current() { return layer_name; }

Variable::Variable(Tensor value, bool requires_grad) : value_(std::move(value)) {
  if (requires_grad) node_ = std::make_shared<Node>(value_);
}

bool Variable::has_grad() const { return node_ && node_->written; }

const Tensor& Variable::grad() const {
  if (!has_grad()) throw Error("a gradient was asked for that no backward pass has produced");
  return node_->grad;
}

void Variable::clear_grad() {
  if (node_) node_->written = false;
}

Out GradientSink::out() {
  const bool add = node_->written;
  if (!node_->grad.defined()) node_->grad = Tensor(*node_->backend, node_->shape, node_->lanes, node_->dtype);
  node_->written = true;
  return {node_->grad, add};
}

void GradientSink::give(const Tensor& gradient) {
  const bool fits = gradient.shape() == node_->shape && gradient.lanes() == node_->lanes && gradient.dtype() == node_->dtype;
  if (fits && !node_->written && !node_->grad.defined() && gradient.unshared()) {
    node_->grad = gradient;
    node_->written = true;
    return;
  }
  node_->backend->convert(gradient, out());
}

Variable record(const char* name, Tensor value, std::vector<Variable> inputs, Backward backward) {
  Variable result(std::move(value));
  const bool wanted = std::any_of(inputs.begin(), inputs.end(), [](const Variable& v) { return v.requires_grad(); });
  if (NoGrad::active() || !wanted) return result;
  auto node = std::make_shared<Node>(result.value_);
  node->name = name;
  node->layer = LayerScope::current();
  for (const Variable& input : inputs) node->inputs.push_back(input.node_);
  node->backward = std::move(backward);
  result.node_ = std::move(node);
  return result;
}

namespace {

// Everything behind the root, latest first. A node is younger than its inputs, so this order visits each after all its uses.
std::vector<std::shared_ptr<Node>> latest_first(const std::shared_ptr<Node>& root) {
  std::vector<std::shared_ptr<Node>> nodes, stack{root};
  std::unordered_set<Node*> seen{root.get()};
  while (!stack.empty()) {
    std::shared_ptr<Node> node = std::move(stack.back());
    stack.pop_back();
    for (const auto& input : node->inputs) {
      if (input && seen.insert(input.get()).second) stack.push_back(input);
    }
    nodes.push_back(std::move(node));
  }
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a->sequence > b->sequence; });
  return nodes;
}

void propagate(Node& node) {
  LayerScope scope(node.layer);
  std::vector<GradientSink> sinks;
  for (const auto& input : node.inputs) sinks.emplace_back(input.get());
  Tensor dy = std::move(node.grad);
  const Backward run = std::move(node.backward);
  node.grad = {};
  node.backward = nullptr;
  node.written = false;
  node.walked = true;
  run(dy, sinks);
  node.inputs.clear();
}

}  // namespace

void backward(const Variable& loss, double seed) {
  if (loss.shape().elements() != 1) throw ShapeError("backward needs a single number, not " + loss.shape().text());
  Tensor dy = loss.value().like();
  loss.backend().fill(dy, seed);
  backward_from(loss, dy);
}

void backward_from(const Variable& y, const Tensor& dy) {
  if (!y.node_) throw Error("backward was asked of a value that depends on nothing trainable");
  if (y.node_->walked) throw Error("backward was asked twice of one value: what its layers saved is gone after the first time");
  GradientSink(y.node_.get()).give(dy);
  NoGrad no_grad;
  auto nodes = latest_first(y.node_);
  for (auto& node : nodes) {
    if (node->backward && node->written) propagate(*node);
    node.reset();
  }
}

}  // namespace impasto
