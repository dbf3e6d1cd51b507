// Torch7's binary .t7 files as trees of objects. Functions are passed over by their length, and nothing is run.
// Layout: File.lua, Tensor.c and Storage.c of https://github.com/torch/torch7
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loaders/arrays.h"
#include "loaders/strided.h"

namespace impasto {

/// What holds others names them by their places in Torch7File::values(), since a table may hold itself.
struct Torch7Value {
  enum class Kind { nil, number, boolean, text, table, object, tensor, storage, function };

  Kind kind = Kind::nil;
  double number = 0;                              // also of a boolean
  std::string text = {};                          // of a text; the class of an object, tensor or storage: "nn.Sequential"
  int version = 0;                                // of an object's class
  std::vector<std::pair<int, int>> entries = {};  // of a table: keys and values
  int fields = -1;                                // of an object its table; of a tensor its storage; -1: none
  std::shared_ptr<const StridedView> view = {};   // of a tensor
  int64_t begin = 0, count = 0;                   // of a storage: its numbers in the file
};

class Torch7File {
 public:
  /// At most 8 GiB, 1,000,000 objects, nested 256 deep. Classes are read as tables of fields, but for tensors and storages. Files of
  /// machines whose long integers have 4 bytes are told by what makes sense. Throws FileError, also for files in ASCII.
  explicit Torch7File(const std::string& path);

  const std::string& name() const { return path_; }
  const std::vector<Torch7Value>& values() const { return values_; }
  const Torch7Value& root() const { return values_[static_cast<size_t>(root_)]; }

  /// The field of a table or an object, an item of a table (from 1); null if there is none or it is nil.
  const Torch7Value* field(const Torch7Value& of, const std::string& key) const;
  const Torch7Value* item(const Torch7Value& of, int number) const;

  /// "f32", "f64", "f16", "i64", .. of a tensor.
  std::string type_of(const Torch7Value& tensor) const;
  /// The numbers of a tensor of reals, read from the file. Throws FileError with `called`, also for tensors of integers, NaN and infinity.
  Array array(const Torch7Value& tensor, const std::string& called) const;

 private:
  std::string path_;
  std::vector<Torch7Value> values_;
  int root_ = 0;
};

}  // namespace impasto
