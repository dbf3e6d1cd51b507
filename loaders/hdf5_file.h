// An HDF5 file of unknown origin, read within a profile: opening it walks every link and judges every data set before a single value is
// read. Refused: links other than hard ones, two names for one object, virtual and external storage, filters but shuffle, deflate and
// fletcher32, other types, more depth, objects or bytes than the profile says, and data sets that declare much more than the file stores.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "loaders/hdf5_handle.h"

namespace impasto {

enum class Hdf5Type { f32, f16, u8, u64 };

struct Profile {
  std::string kind;  // for messages: "an impasto weight file"
  int depth;         // of names: a/b/c has 3
  int objects;
  std::vector<Hdf5Type> types;
  int64_t bytes;                                       // all data sets together, as declared
  bool (*skipped)(const std::string& name) = nullptr;  // what is never opened
};

struct Hdf5Dataset {
  std::vector<int64_t> shape;
  Hdf5Type type;
  haddr_t address;
};

class Hdf5Rows;

/// Names have no leading '/'; the root group is "". Holds the library's lock while it lives: keep it on the stack, and briefly.
/// Everything throws FileError; asking for what the file was not seen to have does too.
class Hdf5File {
 public:
  Hdf5File(const std::string& path, const Profile& profile);

  const std::map<std::string, Hdf5Dataset>& datasets() const { return found; }
  bool has_group(const std::string& name) const { return groups.contains(name); }
  haddr_t group_address(const std::string& name) const { return groups.at(name); }

  /// f32 or f16 values; NaN and infinity are refused by name.
  std::vector<float> floats(const std::string& name) const;
  std::vector<uint8_t> bytes(const std::string& name) const;
  std::vector<uint64_t> words(const std::string& name) const;

  /// One data set that is read later, row by row: the file stays open with it, and this object ends.
  Hdf5Rows rows(const std::string& name) &&;

  /// Attributes are read from files of the checksummed format only, as we write it: see hdf5_attributes.h.
  bool has_attribute(const std::string& group, const std::string& attribute) const;
  /// Fixed-length strings up to 64,000 bytes. Variable-length ones lie in the global heap, whose reader trusts the file's own lengths:
  /// refused.
  std::string text(const std::string& group, const std::string& attribute) const;
  std::vector<std::string> texts(const std::string& group, const std::string& attribute) const;
  uint32_t u32(const std::string& group, const std::string& attribute) const;
  uint8_t u8(const std::string& object, const std::string& attribute) const;

  [[noreturn]] void fail(const std::string& what) const;

 private:
  void walk(hid_t group, const std::string& name, int depth);
  void add(const std::string& name, haddr_t address, int depth);
  Hdf5Dataset judge(hid_t dataset, const std::string& name);
  Hdf5Handle open(const std::string& name) const;
  Hdf5Handle attribute(const std::string& object, const std::string& attribute) const;
  void number(const std::string& object, const std::string& attribute, hid_t type, void* value) const;
  std::vector<uint8_t> raw(const std::string& name, std::initializer_list<Hdf5Type> allowed) const;

  Hdf5Lock lock;
  std::string path;
  Profile profile;
  int64_t file_size;
  int64_t declared_bytes = 0, stored_bytes = 0;
  Hdf5Handle file;
  std::map<std::string, haddr_t> groups;
  std::map<haddr_t, std::string> seen;
  std::map<std::string, Hdf5Dataset> found;
};

}  // namespace impasto
