#include "kernels/cuda/convolution_plans.h"

#include <algorithm>

namespace impasto {
namespace {

enum Id : int64_t { x_id = 1, w_id, bias_id, y_id, sum_id, biased_id };

constexpr size_t kTimedPlans = 8;

// Each operation's attributes, in the order alpha, beta, convolution, w, x, y.
struct OperationNames {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t alpha, beta, convolution, w, x, y;
};
constexpr OperationNames forward_names{CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                                       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y};
constexpr OperationNames data_gradient_names{CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
                                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                                             CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY};
constexpr OperationNames weight_gradient_names{CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
                                               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
                                               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
                                               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                                               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
                                               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
                                               CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY};

const OperationNames& names_of(ConvolutionKind kind) {
  if (kind == ConvolutionKind::forward) return forward_names;
  return kind == ConvolutionKind::data_gradient ? data_gradient_names : weight_gradient_names;
}

CudnnDescriptor convolution(const ConvolutionKey& key) {
  const cudnnConvolutionMode_t correlation = CUDNN_CROSS_CORRELATION;
  CudnnDescriptor descriptor(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  descriptor.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT);
  descriptor.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, &correlation, 1);
  descriptor.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, {2});
  descriptor.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, {key.pad_top, key.pad_left});
  descriptor.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, {key.pad_bottom, key.pad_right});
  descriptor.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, {key.dilation_h, key.dilation_w});
  descriptor.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, {key.stride_h, key.stride_w});
  return descriptor;
}

// y = relu(conv(x, w) + bias), or a gradient of the plain convolution.
CudnnGraph graph_of(const ConvolutionKey& key, const CudnnDevice& device) {
  const cudnnDataType_t type = key.dtype == Dtype::bf16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
  const CudnnShape y_shape{key.n, key.k, key.p(), key.q()};
  CudnnGraph graph;
  const CudnnDescriptor& x = graph.tensor(x_id, type, {key.n, key.c, key.h, key.w});
  const CudnnDescriptor& w = graph.tensor(w_id, type, {key.k, key.c / key.groups, key.r, key.s});
  const CudnnDescriptor& y = graph.tensor(y_id, type, y_shape);
  const CudnnDescriptor& biased = key.bias && key.relu ? graph.between(biased_id, y_shape) : y;
  const CudnnDescriptor& sum = key.bias || key.relu ? graph.between(sum_id, y_shape) : y;

  const OperationNames& names = names_of(key.kind);
  CudnnDescriptor operation(names.type);
  operation.set(names.alpha, 1.0);
  operation.set(names.beta, 0.0);
  operation.set(names.convolution, graph.part(convolution(key)));
  operation.set(names.w, w);
  operation.set(names.x, x);
  operation.set(names.y, sum);
  graph.operation(std::move(operation));

  if (key.bias) {
    const CudnnDescriptor& bias = graph.tensor(bias_id, type, {1, key.k, 1, 1});
    graph.pointwise(CUDNN_POINTWISE_ADD, sum, &bias, biased);
  }
  if (key.relu) graph.pointwise(CUDNN_POINTWISE_RELU_FWD, key.bias ? biased : sum, nullptr, y);
  graph.finalize(device);
  return graph;
}

CudnnGraph named_graph_of(const ConvolutionKey& key, const CudnnDevice& device) {
  try {
    return graph_of(key, device);
  } catch (const CudnnError& error) {
    throw CudnnError("cuDNN refuses the convolution " + key.text() + " (" + error.what() + ")");
  }
}

bool is_allowed(const ConvolutionKey& key, cudnnBackendNumericalNote_t note) {
  switch (note) {
    case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
    case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
      return false;
    case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:  // those take f32 as TF32
      return key.dtype != Dtype::f32 || key.tf32;
    case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
      return !key.deterministic;
    default:
      return true;
  }
}

size_t fastest(const std::vector<CudnnPlan>& plans, const ConvolutionPlans::Timer& timer) {
  std::vector<double> seconds;
  for (const CudnnPlan& plan : plans) seconds.push_back(timer(plan));
  return size_t(std::min_element(seconds.begin(), seconds.end()) - seconds.begin());
}

}  // namespace

void run_convolution(cudnnHandle_t handle, const CudnnPlan& plan, const ConvolutionData& data, void* workspace) {
  std::vector<int64_t> ids{x_id, w_id, y_id};
  std::vector<void*> pointers{data.x, data.w, data.y};
  if (data.bias) {
    ids.push_back(bias_id);
    pointers.push_back(data.bias);
  }
  plan.run(handle, ids, pointers, workspace);
}

// The first `most` engines that keep to the key's numbers and to the workspace and can be made ready; only those called `name`, if there is one.
std::vector<CudnnPlan> ConvolutionPlans::ready_plans(const CudnnGraph& graph, const ConvolutionKey& key, size_t most,
                                                     const std::string& name) const {
  std::vector<CudnnPlan> plans;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    for (CudnnDescriptor& engine : graph.engines(device_, mode)) {
      const std::vector<cudnnBackendNumericalNote_t> notes = numerical_notes(engine);
      if (!std::all_of(notes.begin(), notes.end(), [&](auto note) { return is_allowed(key, note); })) continue;
      if (!name.empty() && engine_name(engine) != name) continue;
      std::optional<CudnnPlan> plan = CudnnPlan::of(device_, std::move(engine));
      if (plan && plan->workspace_bytes() <= most_workspace_) plans.push_back(std::move(*plan));
      if (plans.size() == most) return plans;
    }
  }
  return plans;
}

ConvolutionPlans::Entry ConvolutionPlans::make(const ConvolutionKey& key, const Timer& timer, TunedPlans* tuned) const {
  CudnnGraph graph = named_graph_of(key, device_);
  const std::string known = tuned ? tuned->find(key.text()) : "";
  std::vector<CudnnPlan> plans;
  if (!known.empty()) plans = ready_plans(graph, key, 1, known);
  const bool is_known = !plans.empty();
  if (!is_known) plans = ready_plans(graph, key, timer ? kTimedPlans : 1, "");
  if (plans.empty()) throw Error("cuDNN has no engine for the convolution " + key.text() + " that needs at most " + std::to_string(most_workspace_ >> 20) +
                " MB of workspace (" + cudnn_last_words() + ")");
  const size_t best = timer && !is_known ? fastest(plans, timer) : 0;
  if (tuned && timer && !is_known) tuned->keep(key.text(), plans[best].engine());
  return {std::move(graph), std::move(plans[best]), {}};
}

const CudnnPlan& ConvolutionPlans::plan(const ConvolutionKey& key, const Timer& timer, TunedPlans* tuned) {
  const std::string text = key.text();
  auto it = plans_.find(text);
  if (it == plans_.end()) {
    Entry made = make(key, timer, tuned);
    if (plans_.size() >= most_) {
      plans_.erase(ages_.front());
      ages_.pop_front();
    }
    it = plans_.emplace(text, std::move(made)).first;
  } else {
    ages_.erase(it->second.age);
  }
  it->second.age = ages_.insert(ages_.end(), text);
  return it->second.plan;
}

}  // namespace impasto
