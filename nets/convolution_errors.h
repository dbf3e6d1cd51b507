// How far convolutions are from f64 where networks use them: a backend around another that has each convolution it is asked for done again,
// by every path that is to be judged and by the reference backend's plain loops in f64, all from the same numbers.
#pragma once
#include <string>
#include <vector>

#include "engine/decorator.h"

namespace impasto {

/// One way to convolve: a CPU backend made with other options, say. The backend must outlive what measures it.
struct ConvolutionPath {
  std::string name;
  Backend* backend;
};

struct NumberError {
  double relative_l2 = 0;  // |y - wanted| / |wanted|, Euclidean
  double largest = 0;      // the largest difference, relative to the largest number wanted
};
/// Infinite if a number is not finite or the lengths differ. Of zeros that are wanted: 0 if they are there, else infinite.
NumberError number_error(const std::vector<double>& found, const std::vector<double>& wanted);

class ConvolutionErrors final : public DecoratorBackend {
 public:
  struct Line {
    std::string layer, primitive;     // "conv3_1"; "conv2d", "conv2d_backward_data" or "conv2d_backward_weights"
    std::vector<NumberError> errors;  // path by path; of several such calls the largest
  };
  /// `runs` is what the network computes on.
  ConvolutionErrors(Backend& runs, std::vector<ConvolutionPath> paths);

  void conv2d(const Tensor& x, const Tensor& w, const ConvParams& params, const ConvInput& in, const ConvOutput& out, Out y) override;
  void conv2d_backward_data(const Tensor& dy, const Tensor& w, const ConvParams& params, const Tensor* mask, Out dx) override;
  void conv2d_backward_weights(const Tensor& x, const Tensor& dy, const ConvParams& params, const ConvInput& in, const Tensor* mask,
                               Out dw) override;

  /// In the order of the calls. Nothing is measured while this is false.
  bool measuring = true;
  const std::vector<Line>& lines() const { return lines_; }

 protected:
  void around(const Call&, const std::function<void()>& run) override { run(); }

 private:
  class Copies;
  using Convolution = std::function<void(Backend& backend, Copies& on, Out y)>;
  void measure(const char* primitive, Out y, const Convolution& convolution);

  std::unique_ptr<Backend> reference_;
  std::vector<ConvolutionPath> paths_;
  std::vector<Line> lines_;
};

}  // namespace impasto
