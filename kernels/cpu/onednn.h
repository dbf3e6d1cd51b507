// Convolutions by oneDNN in direct form, for every case that our own do not serve (kernels/cpu/convolution.h). Plans (primitives) are
// cached by their full key. Where the library has only its plain loops for a layout (groups off a lane boundary, gradients of wide
// kernels), planar copies go through its faster kernels. Builds with oneDNN 2.6 (Debian 12) and 3.x; the library is
// opened by the first convolution that needs it.
#pragma once
#include <list>
#include <map>
#include <string>
#include <vector>

#include "engine/backend.h"
#include "kernels/cpu/onednn_functions.h"

namespace impasto {

class OnednnConvolutions {
 public:
  void forward(const Tensor& x, const Tensor& w, const Tensor* bias, const ConvParams& params, bool relu, Out y);
  /// dx is overwritten; so is dw, planar f32.
  void backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, Tensor& dx);
  void backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, Tensor& dw);

 private:
  enum class Kind { forward, backward_data, backward_weights };
  struct Problem {
    Kind kind;
    Shape x, w, y;
    int x_lanes, y_lanes;
    Dtype x_dtype, y_dtype;
    ConvParams params;
    bool bias = false, relu = false, add = false;
    std::string key() const;
  };
  struct Plan {
    dnnl::primitive primitive;
    dnnl::memory::desc x, w, y, scratchpad;
    bool plain_loops;  // oneDNN's reference implementation, hundreds of times slower than its others
    std::list<std::string>::iterator age;
  };
  void start();
  Plan& plan(const Problem& problem);
  /// The plan for the problem in the layouts that suit it best; changes the problem's lanes to these.
  Plan& best_plan(Problem& problem);
  Plan make_plan(const Problem& problem);
  dnnl::memory packed_weights(const Tensor& w, const Problem& problem, const dnnl::memory::desc& wanted, Tensor& keep);
  dnnl::memory memory(const dnnl::memory::desc& desc, const void* data);
  void execute(Plan& plan, std::vector<std::pair<int, dnnl::memory>> arguments, Backend& backend);

  dnnl::engine engine_;
  dnnl::stream stream_;
  std::map<std::string, Plan> plans_;
  std::list<std::string> ages_;  // least recently used first
};

}  // namespace impasto
