// The file is a stream without an index: objects one inside the other, each behind a number that says what it is.
#include "loaders/torch7_read.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>

#include "engine/error.h"
#include "loaders/bytes.h"
#include "loaders/signature.h"
#include "loaders/torch7_types.h"

namespace impasto {
namespace {

using Kind = Torch7Value::Kind;
enum Tag {
  nil = 0,
  number = 1,
  text = 2,
  table = 3,
  object = 4,
  boolean = 5,
  function = 6,
  old_recursive_function = 7,
  recursive_function = 8
};

constexpr int deepest = 256;
constexpr size_t most_values = 1'000'000;
constexpr int64_t longest_text = 16 << 20, window_bytes = 1 << 16;
constexpr int64_t largest = int64_t{1} << 40;  // of sizes, strides and counts, so that their sums do not overflow

class Reader {
 public:
  Reader(InputFile& file, int64_t long_bytes) : file_(file), long_bytes_(long_bytes) {}

  Torch7Objects run() {
    const int root = read(0);
    if (at_ != file_.size()) damaged("it goes on behind its object");
    for (const Torch7Value& value : values_)
      if (value.kind == Kind::tensor) check(value);
    return {std::move(values_), root};
  }

 private:
  [[noreturn]] void damaged(const std::string& what) const { throw FileError(file_.name(), "is damaged, " + what + "; fetch it again"); }

  // ---- bytes, through a window of the file

  Bytes take(int64_t count) {
    if (count > file_.size() - at_) damaged("it is cut short");
    if (at_ < window_begin_ || at_ + count > window_begin_ + static_cast<int64_t>(window_.size())) {
      window_begin_ = at_;
      window_ = file_.read(at_, std::min(std::max(count, window_bytes), file_.size() - at_));
    }
    const Bytes taken(window_.data() + (at_ - window_begin_), static_cast<size_t>(count));
    at_ += count;
    return taken;
  }
  void skip(int64_t count) {
    if (count > file_.size() - at_) damaged("it is cut short");
    at_ += count;
  }
  int32_t integer() { return static_cast<int32_t>(little_endian(take(4), 0, 4)); }
  double real() {
    const Bytes bytes = take(8);
    return std::bit_cast<double>(little_endian(bytes, 0, 4) | uint64_t{little_endian(bytes, 4, 4)} << 32);
  }
  int64_t long_integer() {
    const Bytes bytes = take(long_bytes_);
    if (long_bytes_ == 4) return static_cast<int32_t>(little_endian(bytes, 0, 4));
    return static_cast<int64_t>(little_endian(bytes, 0, 4) | uint64_t{little_endian(bytes, 4, 4)} << 32);
  }
  int64_t length() {
    const int32_t count = integer();
    if (count < 0) damaged("it holds a length below 0");
    return count;
  }
  int64_t size() {
    const int64_t count = long_integer();
    if (count < 0 || count > largest) damaged("a tensor or storage in it has a size, stride or offset that cannot be");
    return count;
  }
  std::string characters() {
    const int64_t count = length();
    if (count > longest_text) damaged("it holds a text of " + std::to_string(count) + " bytes");
    const Bytes bytes = take(count);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  // ---- objects

  int add(Torch7Value value) {
    if (values_.size() == most_values) damaged("it holds more than " + std::to_string(most_values) + " objects");
    values_.push_back(std::move(value));
    return static_cast<int>(values_.size()) - 1;
  }
  Torch7Value& at(int place) { return values_[static_cast<size_t>(place)]; }

  // Returns the place of the object that comes next.
  int read(int depth) {
    if (depth > deepest) damaged("its objects are nested more than " + std::to_string(deepest) + " deep");
    const int32_t tag = integer();
    switch (tag) {
      case Tag::nil: return add({});
      case Tag::number: return add({.kind = Kind::number, .number = real()});
      case Tag::boolean: return add({.kind = Kind::boolean, .number = integer() == 0 ? 0.0 : 1.0});
      case Tag::text: return add({.kind = Kind::text, .text = characters()});
      case Tag::function: return read_function(add({.kind = Kind::function}), depth);
      case Tag::table:
      case Tag::object:
      case Tag::old_recursive_function:
      case Tag::recursive_function: return read_referenced(static_cast<Tag>(tag), depth);
      default: damaged("it holds an object of the unknown kind " + std::to_string(tag));
    }
  }

  // A place is known by its index before what it holds is read, since that may refer to it.
  int read_referenced(Tag tag, int depth) {
    constexpr Kind kinds[] = {Kind::table, Kind::object, Kind::nil, Kind::nil, Kind::function, Kind::function};
    const Kind kind = kinds[tag - Tag::table];
    const int32_t index = integer();
    if (const auto known = places_.find(index); known != places_.end()) {
      const Kind found = at(known->second).kind;
      if (found != kind && !(kind == Kind::object && (found == Kind::tensor || found == Kind::storage)))
        damaged("it refers to its object " + std::to_string(index) + " as what it is not");
      return known->second;
    }
    const int place = add({.kind = kind});
    places_[index] = place;
    if (kind == Kind::table) return read_table(place, depth);
    return kind == Kind::object ? read_object(place, depth) : read_function(place, depth);
  }

  int read_table(int place, int depth) {
    const int64_t count = length();
    for (int64_t i = 0; i < count; ++i) {
      const int key = read(depth + 1), value = read(depth + 1);
      at(place).entries.emplace_back(key, value);
    }
    return place;
  }

  // The bytecode, and the table of what it closes over.
  int read_function(int place, int depth) {
    skip(length());
    read(depth + 1);
    return place;
  }

  int read_object(int place, int depth) {
    std::string version = characters(), name;
    if (version.starts_with("V ")) {
      at(place).version = std::atoi(version.c_str() + 2);
      name = characters();
    } else {
      name = version;  // written before classes had versions
    }
    at(place).text = name;
    if (const Torch7Type* type = torch7_type(name, "Storage")) return read_storage(place, *type);
    if (torch7_type(name, "Tensor") != nullptr) return read_tensor(place, depth);
    if (name.starts_with("torch.") || name.starts_with("tds."))
      throw FileError(file_.name(), "holds an object of the class " + printable(name) + ", which is not read; save it without");
    const int fields = read(depth + 1);
    if (at(fields).kind != Kind::table) damaged("its object of the class " + printable(name) + " has no fields");
    at(place).fields = fields;
    return place;
  }

  int read_storage(int place, const Torch7Type& type) {
    const int64_t count = size();
    at(place).kind = Kind::storage;
    at(place).begin = at_;
    at(place).count = count;
    skip(count * (type.width == 0 ? long_bytes_ : type.width));
    return place;
  }

  int read_tensor(int place, int depth) {
    at(place).kind = Kind::tensor;
    const int32_t axes = integer();
    if (axes < 0 || axes > 8) damaged("it holds a tensor of " + std::to_string(axes) + " axes");
    StridedView view;
    for (int i = 0; i < axes; ++i) view.shape.push_back(size());
    for (int i = 0; i < axes; ++i) view.strides.push_back(size());
    view.offset = size() - 1;             // Lua counts from 1
    if (axes == 0) view = {0, {0}, {1}};  // Torch7 has no scalars: a tensor without axes is empty
    at(place).view = std::make_shared<const StridedView>(std::move(view));
    const int storage = read(depth + 1);
    if (at(storage).kind == Kind::nil) return place;
    if (at(storage).kind != Kind::storage || torch7_type(at(storage).text, "Storage") != torch7_type(at(place).text, "Tensor"))
      damaged("it holds a tensor whose numbers are of another type");
    at(place).fields = storage;
    return place;
  }

  void check(const Torch7Value& tensor) {
    checked_span(*tensor.view, tensor.fields < 0 ? 0 : at(tensor.fields).count, file_.name(), "a " + tensor.text);
  }

  InputFile& file_;
  int64_t long_bytes_, at_ = 0, window_begin_ = 0;
  std::vector<uint8_t> window_;
  std::vector<Torch7Value> values_;
  std::map<int32_t, int> places_;
};

}  // namespace

Torch7Objects read_torch7_objects(InputFile& file, int64_t long_bytes) { return Reader(file, long_bytes).run(); }

}  // namespace impasto
