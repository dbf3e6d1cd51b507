// Files of Torch7 made object by object (layout: loaders/torch7_read.cpp), so that what Torch would never write can be tried.
#pragma once
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loaders/torch7.h"
#include "tests/loaders/hdf5_samples.h"

namespace impasto::samples {

/// Objects as bytes; every table and torch object gets the next index.
class Torch7Bytes {
 public:
  int long_bytes = 8;

  std::string integer(int64_t value, int bytes = 4) const {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(static_cast<uint64_t>(value) >> 8 * i);
    return text;
  }
  std::string longs(const std::vector<int64_t>& values) const {
    std::string all;
    for (const int64_t value : values) all += integer(value, long_bytes);
    return all;
  }
  std::string characters(const std::string& text) const { return integer(static_cast<int64_t>(text.size())) + text; }

  std::string nil() const { return integer(0); }
  std::string number(double value) const {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &value, 8);
    return integer(1) + bytes;
  }
  std::string text(const std::string& value) const { return integer(2) + characters(value); }
  std::string boolean(bool value) const { return integer(5) + integer(value ? 1 : 0); }

  using Fields = std::vector<std::pair<std::string, std::string>>;  // objects as bytes
  std::string table(const Fields& fields) {
    std::string all = integer(3) + integer(++index_) + integer(static_cast<int64_t>(fields.size()));
    for (const auto& [key, value] : fields) all += text(key) + value;
    return all;
  }
  std::string list(const std::vector<std::string>& items) {
    std::string all = integer(3) + integer(++index_) + integer(static_cast<int64_t>(items.size()));
    for (size_t i = 0; i < items.size(); ++i) all += number(static_cast<double>(i + 1)) + items[i];
    return all;
  }
  std::string head(const std::string& type, int version = 1) {
    return integer(4) + integer(++index_) + characters("V " + std::to_string(version)) + characters(type);
  }
  std::string object(const std::string& type, const Fields& fields, int version = 1) {
    const std::string begin = head(type, version);
    return begin + table(fields);
  }
  std::string storage(const std::vector<float>& values, const std::string& type = "torch.FloatStorage") {
    return head(type) + longs({static_cast<int64_t>(values.size())}) +
           std::string(reinterpret_cast<const char*>(values.data()), 4 * values.size());
  }
  /// offset: from 1.
  std::string view(const std::string& storage, int64_t offset, const std::vector<int64_t>& shape, const std::vector<int64_t>& strides,
                   const std::string& type = "torch.FloatTensor") {
    return head(type) + integer(static_cast<int64_t>(shape.size())) + longs(shape) + longs(strides) + longs({offset}) + storage;
  }
  std::string tensor(const std::vector<int64_t>& shape, const std::vector<float>& values) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    return view(storage(values), 1, shape, strides);
  }
  int last_index() const { return index_; }

 private:
  int index_ = 0;
};

inline std::string torch7_refusal(const std::string& bytes) {
  const Folder folder;
  spill(folder / "net.t7", bytes);
  return refusal([&] { Torch7File(folder / "net.t7"); });
}

}  // namespace impasto::samples
