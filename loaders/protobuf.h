// The wire format of protocol buffers, as much of it as ONNX needs: tag = field << 3 | type, then a varint, 4 bytes, 8 bytes, or a
// length and that many bytes. https://protobuf.dev/programming-guides/encoding
// The reader skips what it is not asked for and never recurses by itself, so nothing nests deeper than its caller's own functions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loaders/bytes.h"

namespace impasto {

/// One message, field by field. All functions throw FileError with `file` if the bytes end too early or are of another type.
/// `message` and `file` must outlive it.
class ProtobufReader {
 public:
  static constexpr size_t longest_text = size_t{1} << 20;

  ProtobufReader(Bytes message, const std::string& file) : message_bytes(message), file_name(file) {}

  /// Goes to the next field; false at the end. Groups, an old type, are refused.
  bool next();
  uint32_t field() const { return number; }

  // The value of this field.
  int64_t integer() const;
  float f32() const;
  Bytes bytes() const;
  std::string text() const;  ///< at most longest_text
  ProtobufReader message() const { return {bytes(), file_name}; }

  // A repeated field: appends its one value, or all those that are packed into one field.
  void append(std::vector<int64_t>& to) const;
  void append(std::vector<float>& to) const;
  void append(std::vector<double>& to) const;

  const std::string& file() const { return file_name; }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  enum class Type { varint = 0, eight_bytes = 1, length_delimited = 2, four_bytes = 5 };

  uint64_t take_varint(Bytes from, size_t& at) const;
  Bytes take(uint64_t count);
  void require(Type wanted) const;
  template <class T>
  void append_fixed(Type single, std::vector<T>& to) const;

  Bytes message_bytes;
  const std::string& file_name;
  size_t position = 0;
  uint32_t number = 0;
  Type type = Type::varint;
  uint64_t value = 0;  // of a varint
  Bytes payload;       // of the others
};

/// Appends fields to a message.
class ProtobufWriter {
 public:
  void integer(uint32_t field, int64_t value);
  void f32(uint32_t field, float value);
  void bytes(uint32_t field, Bytes value);
  void text(uint32_t field, std::string_view value);
  void message(uint32_t field, const ProtobufWriter& value) { bytes(field, value.written); }

  std::vector<uint8_t> written;

 private:
  void varint(uint64_t value);
  void tag(uint32_t field, uint32_t type) { varint(uint64_t{field} << 3 | type); }
};

}  // namespace impasto
