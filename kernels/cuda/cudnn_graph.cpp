#include "kernels/cuda/cudnn_graph.h"

#include "kernels/cuda/check.h"

namespace impasto {
namespace {

constexpr int64_t alignment = 16;  // bytes, of every tensor: the pool's blocks have more

CudnnDescriptor tensor_descriptor(int64_t id, cudnnDataType_t type, const CudnnShape& shape, bool is_virtual) {
  const auto [n, c, h, w] = shape;
  CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, {id});
  tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, type);
  tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, shape);
  tensor.set(CUDNN_ATTR_TENSOR_STRIDES, {h * w * c, 1, w * c, c});
  tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, {alignment});
  tensor.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, is_virtual);
  return tensor;
}

CudnnDescriptor engine_of(const CudnnDescriptor& configuration) {
  return std::move(configuration.descriptors(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1).at(0));
}

}  // namespace

std::string cudnn_last_words() {
  char words[1024] = "";
  cudnnGetLastErrorString(words, sizeof words);
  return words;
}

void throw_cudnn_error(cudnnStatus_t status, const char* call, const char* file, int line) {
  const std::string text = place_of(file, line) + ": " + call + ": " + cudnnGetErrorString(status) + ": " + cudnn_last_words();
  if (status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED) throw MemoryError(text);
  throw CudnnError(text);
}

int64_t CudnnDescriptor::count(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type) const {
  int64_t count = 0;
  IMPASTO_CUDNN(cudnnBackendGetAttribute(raw_, name, type, 0, &count, nullptr));
  return count;
}

int64_t CudnnDescriptor::number(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type) const {
  int64_t value = 0, count = 0;
  IMPASTO_CUDNN(cudnnBackendGetAttribute(raw_, name, type, 1, &count, &value));
  return value;
}

std::vector<CudnnDescriptor> CudnnDescriptor::descriptors(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type,
                                                          int64_t most) const {
  std::vector<CudnnDescriptor> found;
  std::vector<cudnnBackendDescriptor_t> raw;
  for (int64_t i = 0; i < most; i++) raw.push_back(found.emplace_back(type).raw());
  int64_t count = 0;
  if (most > 0) IMPASTO_CUDNN(cudnnBackendGetAttribute(raw_, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, most, &count, raw.data()));
  found.erase(found.begin() + count, found.end());
  return found;
}

CudnnDevice::CudnnDevice(const std::string& properties) : properties_(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR) {
  properties_->set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, properties.data(), properties.size());
  properties_->finalize();
}

const CudnnDescriptor& CudnnGraph::part(CudnnDescriptor descriptor) {
  descriptor.finalize();
  return parts_.emplace_back(std::move(descriptor));
}

const CudnnDescriptor& CudnnGraph::tensor(int64_t id, cudnnDataType_t type, const CudnnShape& shape) {
  return part(tensor_descriptor(id, type, shape, false));
}

const CudnnDescriptor& CudnnGraph::between(int64_t id, const CudnnShape& shape) {
  return part(tensor_descriptor(id, CUDNN_DATA_FLOAT, shape, true));
}

void CudnnGraph::pointwise(cudnnPointwiseMode_t mode, const CudnnDescriptor& x, const CudnnDescriptor* b, const CudnnDescriptor& y) {
  CudnnDescriptor function(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  function.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, &mode, 1);
  function.set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_DATA_FLOAT);
  CudnnDescriptor op(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  op.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, part(std::move(function)));
  op.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x);
  if (b) op.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *b);
  op.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
  operation(std::move(op));
}

void CudnnGraph::operation(CudnnDescriptor descriptor) { operations_.push_back(part(std::move(descriptor)).raw()); }

void CudnnGraph::finalize(const CudnnDevice& device) {
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, operations_.data(), operations_.size());
  if (device.handle()) graph_.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, device.handle());
  graph_.finalize();
}

std::vector<CudnnDescriptor> CudnnGraph::engines(const CudnnDevice& device, cudnnBackendHeurMode_t mode) const {
  CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph_);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, &mode, 1);
  if (device.properties()) heuristics.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *device.properties());
  if (heuristics.try_finalize() != CUDNN_STATUS_SUCCESS) return {};
  const int64_t count = heuristics.count(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR);
  return heuristics.descriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR, count);
}

std::vector<cudnnBackendNumericalNote_t> numerical_notes(const CudnnDescriptor& configuration) {
  const CudnnDescriptor engine = engine_of(configuration);
  int64_t count = engine.count(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE);
  std::vector<cudnnBackendNumericalNote_t> notes(static_cast<size_t>(count));
  if (count > 0)
    IMPASTO_CUDNN(
        cudnnBackendGetAttribute(engine.raw(), CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, count, &count, notes.data()));
  return notes;
}

std::string engine_name(const CudnnDescriptor& configuration) {
  std::string name = "engine " + std::to_string(engine_of(configuration).number(CUDNN_ATTR_ENGINE_GLOBAL_INDEX));
  // How many knobs are set is not told beforehand.
  for (const CudnnDescriptor& knob :
       configuration.descriptors(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, CUDNN_KNOB_TYPE_COUNTS))
    name += " " + std::to_string(knob.number(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE)) + "=" +
            std::to_string(knob.number(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE));
  return name;
}

std::optional<CudnnPlan> CudnnPlan::of(const CudnnDevice& device, CudnnDescriptor engine) {
  CudnnDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine);
  if (device.handle()) plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, device.handle());
  if (device.properties()) plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *device.properties());
  if (plan.try_finalize() != CUDNN_STATUS_SUCCESS) return std::nullopt;
  return CudnnPlan(std::move(engine), std::move(plan));
}

CudnnPlan::CudnnPlan(CudnnDescriptor engine, CudnnDescriptor plan)
    : engine_(std::move(engine)),
      plan_(std::move(plan)),
      name_(engine_name(engine_)),
      workspace_bytes_(size_t(plan_.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE))) {}

void CudnnPlan::run(cudnnHandle_t handle, std::span<const int64_t> ids, std::span<void* const> data, void* workspace) const {
  CudnnDescriptor arguments(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  arguments.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
  arguments.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, data.data(), data.size());
  arguments.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, &workspace, 1);
  arguments.finalize();
  IMPASTO_CUDNN(cudnnBackendExecute(handle, plan_.raw(), arguments.raw()));
}

}  // namespace impasto
