// A Torch7 network as the tree of its modules, which is walked with the expected network in hand.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "loaders/torch7.h"

namespace impasto {

/// A module and where it stands ("model.modules[4]"), for messages.
class Torch7Module {
 public:
  Torch7Module(const Torch7File& file, const Torch7Value& object, std::string path);

  /// The class; cudnn's are called as nn's, and SpatialConvolutionMM as SpatialConvolution.
  std::string type() const;
  const std::string& path() const { return path_; }
  /// Of a container, in order.
  std::vector<Torch7Module> children() const;

  /// Throws ShapeError, naming the module, unless it is a `type` of the network called `of`.
  void require_type(const std::string& type, const std::string& of) const;
  /// Throws ShapeError unless the field has that value; a field that is not there has `otherwise`.
  void require(const std::string& field, double value, std::optional<double> otherwise = {}) const;
  /// Throws ShapeError if it is no number.
  double number(const std::string& field) const;
  bool has(const std::string& field) const { return file_->field(*object_, field) != nullptr; }

  /// A tensor's numbers, in the shape wanted: Torch keeps weights of convolutions with two axes at times. Throws ShapeError, FileError.
  Array parameter(const std::string& field, const std::vector<int64_t>& shape) const;

 private:
  const Torch7File* file_;
  const Torch7Value* object_;
  std::string path_;
};

/// A convolution of `kernel` x `kernel`, undilated and of one group, with weight [K, C, R, S] and bias [K].
struct Torch7Convolution {
  int inputs, outputs, kernel, stride, pad;
  bool transposed = false;  // nn.SpatialFullConvolution of stride - 1 as adj: weight [C, K, R, S]
};
/// Puts `name`/weight and /bias into `parameters`. Throws ShapeError unless the module is that convolution of the network called `of`.
void take_convolution(const Torch7Module& module, const Torch7Convolution& wanted, const std::string& of, const std::string& name,
                      NamedArrays& parameters);

/// running_mean and running_var [channels] of a batch norm, as `name`/running_mean .. . Throws ShapeError.
void take_statistics(const Torch7Module& module, int channels, const std::string& name, NamedArrays& parameters);

}  // namespace impasto
