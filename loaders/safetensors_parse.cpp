// The text is judged event by event, without a tree in memory: {"__metadata__": {name: string}, name: {"dtype": string,
// "shape": [numbers], "data_offsets": [number, number]}} and nothing else, no name twice.
#include <nlohmann/json.hpp>

#include <limits>
#include <set>

#include "engine/error.h"
#include "loaders/safetensors_header.h"

namespace impasto {
namespace {

using Json = nlohmann::json;

class HeaderReader final : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderReader(const std::string& path) : path(path) {}

  SafetensorsHeader header;

  bool start_object(size_t) override {
    if (inside == Inside::nothing) {
      inside = Inside::header;
    } else if (inside == Inside::header) {
      inside = name == "__metadata__" ? Inside::metadata : Inside::tensor;
      fields.clear();
    } else {
      refuse(name + " holds an object");
    }
    return true;
  }
  bool key(std::string& text) override {
    if (inside == Inside::header) {
      name = text;
      if (!names.insert(name).second) refuse("it holds " + name + " twice");
      if (names.size() > most_tensors) refuse("it holds more than " + std::to_string(most_tensors) + " tensors");
      return true;
    }
    field = text;
    if (!fields.insert(field).second) refuse(name + " has two fields " + field);
    if (fields.size() > most_tensors) refuse("it holds more than " + std::to_string(most_tensors) + " metadata");
    return true;
  }
  bool string(std::string& text) override {
    if (inside == Inside::metadata)
      header.metadata.emplace(field, text);
    else if (inside == Inside::tensor && field == "dtype")
      header.tensors[name].type = text;
    else
      refuse(name + " holds a string where none may be");
    return true;
  }
  bool start_array(size_t) override {
    if (inside == Inside::tensor && field == "shape")
      inside = Inside::shape;
    else if (inside == Inside::tensor && field == "data_offsets")
      inside = Inside::offsets;
    else
      refuse(name + " holds a list where none may be");
    numbers.clear();
    return true;
  }
  bool number_unsigned(uint64_t number) override {
    if (inside != Inside::shape && inside != Inside::offsets) refuse(name + " holds a number where none may be");
    if (number > uint64_t{std::numeric_limits<int64_t>::max()} || numbers.size() == most_axes)
      refuse(name + " has a list of too many or too large numbers");
    numbers.push_back(static_cast<int64_t>(number));
    return true;
  }
  bool end_array() override {
    SafetensorsHeader::Tensor& tensor = header.tensors[name];
    if (inside == Inside::shape) {
      tensor.shape = numbers;
    } else {
      if (numbers.size() != 2) refuse(name + " has not two offsets");
      tensor.begin = numbers[0];
      tensor.end = numbers[1];
    }
    inside = Inside::tensor;
    return true;
  }
  bool end_object() override {
    if (inside == Inside::tensor && fields != std::set<std::string>{"data_offsets", "dtype", "shape"})
      refuse(name + " has not just the fields dtype, shape and data_offsets");
    inside = Inside::header;
    return true;
  }
  bool null() override { refuse(name + " holds null"); }
  bool boolean(bool) override { refuse(name + " holds true or false"); }
  bool number_integer(int64_t) override { refuse(name + " holds a number below 0"); }
  bool number_float(double, const std::string&) override { refuse(name + " holds a number that is no 64-bit integer"); }
  bool binary(Json::binary_t&) override { refuse(name + " holds binary data"); }
  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    refuse("it is no JSON at byte " + std::to_string(position));
  }

 private:
  enum class Inside { nothing, header, metadata, tensor, shape, offsets };
  static constexpr size_t most_tensors = 65536, most_axes = 8;

  [[noreturn]] void refuse(const std::string& what) const { throw FileError(path, "its header is damaged, " + what + "; fetch it again"); }

  const std::string& path;
  Inside inside = Inside::nothing;
  std::string name, field;
  std::set<std::string> names, fields;
  std::vector<int64_t> numbers;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& path) {
  HeaderReader reader(path);
  Json::sax_parse(text.begin(), text.end(), &reader);
  return std::move(reader.header);
}

}  // namespace impasto
