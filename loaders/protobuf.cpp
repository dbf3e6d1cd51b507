#include "loaders/protobuf.h"

#include <bit>
#include <cstring>

#include "engine/error.h"

namespace impasto {

static_assert(std::endian::native == std::endian::little);

void ProtobufReader::fail(const std::string& what) const { throw FileError(file_name, "is damaged, " + what + "; fetch it again"); }

bool ProtobufReader::next() {
  if (position == message_bytes.size()) return false;
  const uint64_t tag = take_varint(message_bytes, position);
  if (tag >> 3 == 0 || tag >> 32 != 0) fail("there is no field of number " + std::to_string(tag >> 3));
  number = static_cast<uint32_t>(tag >> 3);
  type = static_cast<Type>(tag & 7);
  switch (type) {
    case Type::varint:
      value = take_varint(message_bytes, position);
      return true;
    case Type::eight_bytes:
      payload = take(8);
      return true;
    case Type::four_bytes:
      payload = take(4);
      return true;
    case Type::length_delimited:
      payload = take(take_varint(message_bytes, position));
      return true;
  }
  fail("field " + std::to_string(number) + " is of the unknown type " + std::to_string(tag & 7));
}

int64_t ProtobufReader::integer() const {
  require(Type::varint);
  return static_cast<int64_t>(value);
}

float ProtobufReader::f32() const {
  require(Type::four_bytes);
  float number_read;
  std::memcpy(&number_read, payload.data(), sizeof number_read);
  return number_read;
}

Bytes ProtobufReader::bytes() const {
  require(Type::length_delimited);
  return payload;
}

std::string ProtobufReader::text() const {
  require(Type::length_delimited);
  if (payload.size() > longest_text) fail("a name in it is " + std::to_string(payload.size()) + " bytes long");
  return {payload.begin(), payload.end()};
}

void ProtobufReader::append(std::vector<int64_t>& to) const {
  if (type == Type::varint) {
    to.push_back(integer());
    return;
  }
  require(Type::length_delimited);
  for (size_t at = 0; at < payload.size();) to.push_back(static_cast<int64_t>(take_varint(payload, at)));
}

void ProtobufReader::append(std::vector<float>& to) const { append_fixed(Type::four_bytes, to); }
void ProtobufReader::append(std::vector<double>& to) const { append_fixed(Type::eight_bytes, to); }

template <class T>
void ProtobufReader::append_fixed(Type single, std::vector<T>& to) const {
  if (type != single) require(Type::length_delimited);
  if (payload.size() % sizeof(T) != 0) fail("field " + std::to_string(number) + " ends within a number");
  if (payload.empty()) return;
  const size_t had = to.size();
  to.resize(had + payload.size() / sizeof(T));
  std::memcpy(to.data() + had, payload.data(), payload.size());
}

uint64_t ProtobufReader::take_varint(Bytes from, size_t& at) const {
  uint64_t result = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (at == from.size()) fail("it ends within a number");
    const uint8_t byte = from[at++];
    if (shift == 63 && byte > 1) break;
    result |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return result;
  }
  fail("a number in it is longer than 64 bits");
}

Bytes ProtobufReader::take(uint64_t count) {
  if (count > message_bytes.size() - position)
    fail("field " + std::to_string(number) + " of " + std::to_string(count) + " bytes goes beyond what holds it");
  const Bytes taken = message_bytes.subspan(position, count);
  position += count;
  return taken;
}

void ProtobufReader::require(Type wanted) const {
  if (type != wanted) fail("field " + std::to_string(number) + " is of the wrong type");
}

void ProtobufWriter::integer(uint32_t field, int64_t value) {
  tag(field, 0);
  varint(static_cast<uint64_t>(value));
}

void ProtobufWriter::f32(uint32_t field, float value) {
  tag(field, 5);
  const auto bits = std::bit_cast<uint32_t>(value);
  for (int i = 0; i < 4; ++i) written.push_back(static_cast<uint8_t>(bits >> 8 * i));
}

void ProtobufWriter::bytes(uint32_t field, Bytes value) {
  tag(field, 2);
  varint(value.size());
  written.insert(written.end(), value.begin(), value.end());
}

void ProtobufWriter::text(uint32_t field, std::string_view value) {
  bytes(field, {reinterpret_cast<const uint8_t*>(value.data()), value.size()});
}

void ProtobufWriter::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) written.push_back(static_cast<uint8_t>(value | 0x80));
  written.push_back(static_cast<uint8_t>(value));
}

}  // namespace impasto
