// HDF5 file format specification 3.0: object header version 2 (IV.A.1.b), attribute message version 3 (IV.A.2.m).
#include "loaders/hdf5_attributes.h"

#include <fstream>
#include <vector>

#include "engine/error.h"

namespace impasto {
namespace {

constexpr uint64_t most_header = 1 << 22;  // 64 attributes of 64 KiB
constexpr int most_blocks = 256;
constexpr uint64_t checksum_bytes = 4;

enum Message : uint64_t { attribute_message = 0x0c, continuation_message = 0x10 };
enum DatatypeClass : uint64_t { fixed_point = 0, fixed_string = 3 };

[[noreturn]] void refuse() { throw Error("are not as impasto writes them; fetch the file again, or import it"); }

void require(bool holds) {
  if (!holds) refuse();
}

// Little-endian numbers out of bytes, never past their end.
struct Cursor {
  const std::string& bytes;
  size_t at = 0;

  size_t left() const { return bytes.size() - at; }
  uint64_t number(int size) {
    require(left() >= static_cast<size_t>(size));
    uint64_t value = 0;
    for (int i = 0; i < size; ++i) value |= uint64_t{static_cast<uint8_t>(bytes[at + i])} << 8 * i;
    at += size;
    return value;
  }
  std::string take(uint64_t size) {
    require(left() >= size);
    at += size;
    return bytes.substr(at - size, size);
  }
};

class Source {
 public:
  explicit Source(const std::string& path) : file(path, std::ios::binary) {}
  std::string read(uint64_t address, uint64_t size) {
    require(size <= most_header && address <= INT64_MAX);
    std::string bytes(size, '\0');
    file.seekg(static_cast<std::streamoff>(address));
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    require(file.good());
    return bytes;
  }

 private:
  std::ifstream file;
};

uint64_t value_bytes(const std::string& datatype, const std::string& dataspace) {
  Cursor type{datatype}, space{dataspace};
  const uint64_t kind = type.number(1) & 15;
  type.number(3);
  const uint64_t size = type.number(4);
  require((kind == fixed_point && type.left() == 4) || (kind == fixed_string && type.left() == 0));
  const uint64_t version = space.number(1), rank = space.number(1), flags = space.number(1), form = space.number(1);
  require(version == 2 && rank <= 1 && flags <= 1 && form == rank);  // scalar or one axis
  require(space.left() == rank * 8 * (1 + flags));
  const uint64_t count = rank == 0 ? 1 : space.number(8);
  require(size >= 1 && count >= 1 && size <= most_header && count <= most_header);
  return size * count;
}

void judge_attribute(const std::string& message) {
  Cursor attribute{message};
  const uint64_t version = attribute.number(1), shared = attribute.number(1);
  require(version == 3 && shared == 0);
  const uint64_t name_size = attribute.number(2), type_size = attribute.number(2), space_size = attribute.number(2);
  attribute.number(1);  // character set
  const std::string name = attribute.take(name_size);
  require(name_size >= 2 && name.find('\0') == name_size - 1);
  const std::string type = attribute.take(type_size);
  require(value_bytes(type, attribute.take(space_size)) == attribute.left());
}

struct Block {
  uint64_t address, size;
};

// The messages of one block of the header; blocks that continue it are added to `more`.
void judge_messages(const std::string& messages, bool ordered, std::vector<Block>& more) {
  Cursor cursor{messages};
  const size_t head = ordered ? 6 : 4;
  while (cursor.left() >= head) {  // what is left then is a gap
    const uint64_t type = cursor.number(1), size = cursor.number(2), flags = cursor.number(1);
    if (ordered) cursor.number(2);
    const std::string message = cursor.take(size);
    if (type == attribute_message) {
      require((flags & 2) == 0);  // not shared
      judge_attribute(message);
    } else if (type == continuation_message) {
      Cursor next{message};
      const uint64_t address = next.number(8);
      more.push_back({address, next.number(8)});
      require(more.size() <= most_blocks);
    }
  }
}

}  // namespace

void judge_attributes(const std::string& path, uint64_t address) {
  Source source(path);
  const std::string superblock = source.read(0, 20);
  Cursor start{superblock, 8};
  const uint64_t version = start.number(1), offsets = start.number(1), lengths = start.number(1);
  start.number(1);
  require(version >= 2 && offsets == 8 && lengths == 8 && start.number(8) == 0);

  const std::string head = source.read(address, 34);  // the longest; a header's least message makes any file that long
  Cursor header{head};
  require(header.take(4) == "OHDR" && header.number(1) == 2);
  const uint64_t flags = header.number(1);
  if (flags & 0x20) header.number(8), header.number(8);  // times
  if (flags & 0x10) header.number(4);                    // when attributes move out of the header
  const uint64_t size = header.number(1 << (flags & 3));
  const bool ordered = (flags & 4) != 0;
  std::vector<Block> more;
  judge_messages(source.read(address + header.at, size), ordered, more);
  for (size_t i = 0; i < more.size(); ++i) {
    const Block next = more[i];
    const std::string block = source.read(next.address, next.size);
    require(block.size() >= 4 + checksum_bytes && block.starts_with("OCHK"));
    judge_messages(block.substr(4, block.size() - 4 - checksum_bytes), ordered, more);
  }
}

}  // namespace impasto
