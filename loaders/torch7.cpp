#include "loaders/torch7.h"

#include <algorithm>
#include <cctype>

#include "engine/error.h"
#include "loaders/signature.h"
#include "loaders/torch7_read.h"
#include "loaders/torch7_types.h"

namespace impasto {
namespace {

using Kind = Torch7Value::Kind;

constexpr int64_t most_bytes = int64_t{8} << 30;
const std::string kind = "a file of Torch7 (.t7)";

InputFile open(const std::string& path) {
  InputFile file(path, "", 4, most_bytes, kind);
  const std::vector<uint8_t> begins = file.read(0, std::min<int64_t>(file.size(), 64));
  if (begins[0] <= 8 && begins[1] == 0 && begins[2] == 0 && begins[3] == 0) return file;
  if (begins[0] >= '0' && begins[0] <= '8' && begins[1] == '\n')
    throw FileError(path,
                    "is a .t7 file in ASCII, which is not read; save it in Torch with torch.save(name, object), whose default is binary");
  refuse_beginning(path, {begins.begin(), begins.end()}, kind);
}

}  // namespace

Torch7File::Torch7File(const std::string& path) : path_(path) {
  InputFile file = open(path);
  Torch7Objects objects;
  try {
    objects = read_torch7_objects(file, 8);
  } catch (const FileError&) {
    try {
      objects = read_torch7_objects(file, 4);
    } catch (const FileError&) {
      objects = read_torch7_objects(file, 8);  // what is wrong is said of the usual kind
    }
  }
  values_ = std::move(objects.values);
  root_ = objects.root;
}

const Torch7Value* Torch7File::field(const Torch7Value& of, const std::string& key) const {
  if (of.kind == Kind::object) return of.fields < 0 ? nullptr : field(values_[static_cast<size_t>(of.fields)], key);
  for (const auto& [name, value] : of.entries) {
    const Torch7Value &called = values_[static_cast<size_t>(name)], &held = values_[static_cast<size_t>(value)];
    if (called.kind == Kind::text && called.text == key) return held.kind == Kind::nil ? nullptr : &held;
  }
  return nullptr;
}

const Torch7Value* Torch7File::item(const Torch7Value& of, int number) const {
  for (const auto& [name, value] : of.entries) {
    const Torch7Value &called = values_[static_cast<size_t>(name)], &held = values_[static_cast<size_t>(value)];
    if (called.kind == Kind::number && called.number == number) return held.kind == Kind::nil ? nullptr : &held;
  }
  return nullptr;
}

std::string Torch7File::type_of(const Torch7Value& tensor) const {
  const Torch7Type* type = torch7_type(tensor.text, "Tensor");
  return type == nullptr ? "" : type->name;
}

Array Torch7File::array(const Torch7Value& tensor, const std::string& called) const {
  const Torch7Type* type = tensor.kind == Kind::tensor ? torch7_type(tensor.text, "Tensor") : nullptr;
  if (type == nullptr || !type->real) throw FileError(path_, called + " is no tensor of real numbers");
  Array array{tensor.view->shape, {}};
  if (tensor.fields < 0) return array;
  const Torch7Value& storage = values_[static_cast<size_t>(tensor.fields)];
  InputFile file(path_, "", 4, most_bytes, kind);
  const int64_t span = checked_span(*tensor.view, storage.count, path_, called);
  array.values = read_view(file, {*type->real, storage.begin}, *tensor.view, span);
  require_finite(path_, called, array.values);
  return array;
}

}  // namespace impasto
