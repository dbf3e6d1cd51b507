#include "kernels/cpu/onednn.h"

#include <sstream>
#include <unordered_map>

namespace impasto {
namespace {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

constexpr size_t kMostPlans = 512;  // a network asks for some dozens; many picture sizes in one process for more

dnnl::memory::data_type type_of(Dtype dtype) { return dtype == Dtype::bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32; }

Tag tag_of(int lanes) {
  switch (lanes) {
    case 1:
      return Tag::nchw;
    case 8:
      return Tag::nChw8c;
    case 16:
      return Tag::nChw16c;
    default:
      throw ShapeError("oneDNN convolutions take 1, 8 or 16 lanes, not " + std::to_string(lanes));
  }
}

Desc activation(const Shape& s, int lanes, Dtype dtype) { return Desc({s.n, s.c, s.h, s.w}, type_of(dtype), tag_of(lanes)); }

dnnl::memory::dims weight_dims(const Shape& w, int groups) {
  if (groups == 1) return {w.n, w.c, w.h, w.w};
  return {groups, w.n / groups, w.c, w.h, w.w};
}

bool is_plain(const char* implementation) { return std::string(implementation).find("ref") != std::string::npos; }

/// x itself, or its copy in another layout.
Tensor laid_out(const Tensor& x, int lanes) {
  if (x.lanes() == lanes) return x;
  Tensor y(x.backend(), x.shape(), lanes, x.dtype());
  x.backend().convert(x, {y});
  return y;
}

}  // namespace

std::string OnednnConvolutions::Problem::key() const {
  std::ostringstream out;
  for (const Shape& s : {x, w, y}) out << s.text();
  out << int(kind) << ' ' << x_lanes << ' ' << y_lanes << ' ' << int(x_dtype) << ' ' << int(y_dtype) << ' ' << params.stride_h << ' '
      << params.stride_w << ' ' << params.pad_top << ' ' << params.pad_left << ' ' << params.pad_bottom << ' ' << params.pad_right << ' '
      << params.dilation_h << ' ' << params.dilation_w << ' ' << params.groups << ' ' << bias << relu << add;
  return out.str();
}

void OnednnConvolutions::start() {
  if (stream_.get(true)) return;
  engine_ = dnnl::engine(dnnl::engine::kind::cpu, 0);
  stream_ = dnnl::stream(engine_);
}

OnednnConvolutions::Plan OnednnConvolutions::make_plan(const Problem& p) {
  const Desc x = activation(p.x, p.x_lanes, p.x_dtype), y = activation(p.y, p.y_lanes, p.y_dtype);
  // Weights in whatever order the kernel likes best; their gradient always in f32.
  const bool low = p.x_dtype == Dtype::bf16 && p.kind != Kind::backward_weights;
  const Desc w(weight_dims(p.w, p.params.groups), type_of(low ? Dtype::bf16 : Dtype::f32), Tag::any);
  const Desc bias = p.bias ? Desc({p.y.c}, dnnl::memory::data_type::f32, Tag::x) : Desc();
  const dnnl::memory::dims stride{p.params.stride_h, p.params.stride_w}, dilation{p.params.dilation_h - 1, p.params.dilation_w - 1};
  const dnnl::memory::dims before{p.params.pad_top, p.params.pad_left}, after{p.params.pad_bottom, p.params.pad_right};
  const auto direct = dnnl::algorithm::convolution_direct;
  const auto train = dnnl::prop_kind::forward_training;

  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::primitive_attr fused = attributes;
  dnnl::post_ops after_sum;
  if (p.add) after_sum.append_sum(1.0f);
#if DNNL_VERSION_MAJOR >= 3
  if (p.relu) after_sum.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
  fused.set_post_ops(after_sum);
  const dnnl::convolution_forward::primitive_desc forward(engine_, train, direct, x, w, bias, y, stride, dilation, before, after, fused);
  const auto data = [&] {
    return dnnl::convolution_backward_data::primitive_desc(engine_, direct, x, w, y, stride, dilation, before, after, forward, attributes);
  };
  const auto weights = [&] {
    return dnnl::convolution_backward_weights::primitive_desc(engine_, direct, x, w, y, stride, dilation, before, after, forward,
                                                              attributes);
  };
#else
  if (p.relu) after_sum.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
  fused.set_post_ops(after_sum);
  const dnnl::convolution_forward::primitive_desc forward(
      dnnl::convolution_forward::desc(train, direct, x, w, bias, y, stride, dilation, before, after), fused, engine_);
  const auto data = [&] {
    return dnnl::convolution_backward_data::primitive_desc(
        dnnl::convolution_backward_data::desc(direct, x, w, y, stride, dilation, before, after), attributes, engine_, forward);
  };
  const auto weights = [&] {
    return dnnl::convolution_backward_weights::primitive_desc(
        dnnl::convolution_backward_weights::desc(direct, x, w, y, stride, dilation, before, after), attributes, engine_, forward);
  };
#endif
  switch (p.kind) {
    case Kind::forward:
      return {dnnl::convolution_forward(forward), x, forward.weights_desc(), y, forward.scratchpad_desc(), is_plain(forward.impl_info_str()), {}};
    case Kind::backward_data: {
      const auto pd = data();
      return {dnnl::convolution_backward_data(pd), x, pd.weights_desc(), y, pd.scratchpad_desc(), is_plain(pd.impl_info_str()), {}};
    }
    case Kind::backward_weights:
      break;
  }
  const auto pd = weights();
  return {dnnl::convolution_backward_weights(pd), x, pd.diff_weights_desc(), y, pd.scratchpad_desc(), is_plain(pd.impl_info_str()), {}};
}

OnednnConvolutions::Plan& OnednnConvolutions::plan(const Problem& problem) {
  start();
  const std::string key = problem.key();
  auto it = plans_.find(key);
  if (it == plans_.end()) {
    if (plans_.size() >= kMostPlans) {
      plans_.erase(ages_.front());
      ages_.pop_front();
    }
    try {
      it = plans_.emplace(key, make_plan(problem)).first;
    } catch (const dnnl::error& error) {
      throw ShapeError("oneDNN has no convolution of " + problem.x.text() + " by " + problem.w.text() + ": " + error.what());
    }
  } else {
    ages_.erase(it->second.age);
  }
  it->second.age = ages_.insert(ages_.end(), key);
  return it->second;
}

OnednnConvolutions::Plan& OnednnConvolutions::best_plan(Problem& problem) {
  const int x_lanes = problem.x_lanes, y_lanes = problem.y_lanes;
  for (const auto& [x, y] : {std::pair{x_lanes, y_lanes}, {1, y_lanes}, {1, 1}}) {
    problem.x_lanes = x;
    problem.y_lanes = y;
    Plan& found = plan(problem);
    if (!found.plain_loops) return found;
  }
  problem.x_lanes = x_lanes;
  problem.y_lanes = y_lanes;
  return plan(problem);
}

dnnl::memory OnednnConvolutions::memory(const Desc& desc, const void* data) { return dnnl::memory(desc, engine_, const_cast<void*>(data)); }

dnnl::memory OnednnConvolutions::packed_weights(const Tensor& w, const Problem& problem, const Desc& wanted, Tensor& keep) {
  const Desc planar(weight_dims(w.shape(), problem.params.groups), dnnl::memory::data_type::f32,
                    problem.params.groups == 1 ? Tag::oihw : Tag::goihw);
  if (planar == wanted) return memory(planar, w.raw());
  keep = w.derived("onednn " + problem.key(), [&] {
    Tensor packed(w.backend(), {1, 1, 1, int(wanted.get_size() + 3) / 4});
    dnnl::memory from = memory(planar, w.raw()), to = memory(wanted, packed.raw());
    dnnl::reorder(from, to).execute(stream_, from, to);
    stream_.wait();
    return packed;
  });
  return memory(wanted, keep.raw());
}

void OnednnConvolutions::execute(Plan& plan, std::vector<std::pair<int, dnnl::memory>> arguments, Backend& backend) {
  Tensor scratchpad;
  if (const size_t bytes = plan.scratchpad.get_size()) {
    scratchpad = Tensor(backend, {1, 1, 1, int((bytes + 3) / 4)});
    arguments.emplace_back(DNNL_ARG_SCRATCHPAD, memory(plan.scratchpad, scratchpad.raw()));
  }
  plan.primitive.execute(stream_, std::unordered_map<int, dnnl::memory>(arguments.begin(), arguments.end()));
  stream_.wait();
}

void OnednnConvolutions::forward(const Tensor& x, const Tensor& w, const Tensor* bias, const ConvParams& params, bool relu, Out y) {
  Problem problem{Kind::forward, x.shape(), w.shape(), y.tensor.shape(), x.lanes(), y.tensor.lanes(), x.dtype(),
                  y.tensor.dtype(), params, bias != nullptr, relu, y.add};
  Plan& p = best_plan(problem);
  const Tensor in = laid_out(x, problem.x_lanes);
  Tensor out = y.tensor, keep;
  if (problem.y_lanes != y.tensor.lanes()) {
    out = y.add ? laid_out(y.tensor, problem.y_lanes) : Tensor(x.backend(), y.tensor.shape(), problem.y_lanes, y.tensor.dtype());
  }
  std::vector<std::pair<int, dnnl::memory>> arguments{{DNNL_ARG_SRC, memory(p.x, in.raw())},
                                                      {DNNL_ARG_WEIGHTS, packed_weights(w, problem, p.w, keep)},
                                                      {DNNL_ARG_DST, memory(p.y, out.raw())}};
  if (bias) arguments.emplace_back(DNNL_ARG_BIAS, memory(Desc({y.tensor.shape().c}, dnnl::memory::data_type::f32, Tag::x), bias->raw()));
  execute(p, std::move(arguments), x.backend());
  if (problem.y_lanes != y.tensor.lanes()) x.backend().convert(out, {y.tensor});
}

void OnednnConvolutions::backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, Tensor& dx) {
  Problem problem{Kind::backward_data, dx.shape(), w.shape(), dy.shape(), dx.lanes(), dy.lanes(), dx.dtype(), dy.dtype(), params};
  Plan& p = best_plan(problem);
  const Tensor in = laid_out(dy, problem.y_lanes);
  const bool direct = problem.x_lanes == dx.lanes();
  Tensor keep, out = direct ? dx : Tensor(dy.backend(), dx.shape(), problem.x_lanes, dx.dtype());
  execute(p, {{DNNL_ARG_DIFF_DST, memory(p.y, in.raw())}, {DNNL_ARG_WEIGHTS, packed_weights(w, problem, p.w, keep)},
              {DNNL_ARG_DIFF_SRC, memory(p.x, out.raw())}}, dy.backend());
  if (!direct) dy.backend().convert(out, {dx});
}

void OnednnConvolutions::backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, Tensor& dw) {
  Problem problem{Kind::backward_weights, x.shape(), dw.shape(), dy.shape(), x.lanes(), dy.lanes(), x.dtype(), dy.dtype(), params};
  Plan& p = best_plan(problem);
  const Tensor in = laid_out(x, problem.x_lanes), grad = laid_out(dy, problem.y_lanes);
  const Desc planar(weight_dims(dw.shape(), params.groups), dnnl::memory::data_type::f32, params.groups == 1 ? Tag::oihw : Tag::goihw);
  Tensor packed(dw.backend(), {1, 1, 1, int(p.w.get_size() + 3) / 4});
  dnnl::memory gradient = memory(p.w, packed.raw()), out = memory(planar, dw.raw());
  execute(p, {{DNNL_ARG_SRC, memory(p.x, in.raw())}, {DNNL_ARG_DIFF_DST, memory(p.y, grad.raw())}, {DNNL_ARG_DIFF_WEIGHTS, gradient}},
          x.backend());
  dnnl::reorder(gradient, out).execute(stream_, gradient, out);
  stream_.wait();
}

}  // namespace impasto
