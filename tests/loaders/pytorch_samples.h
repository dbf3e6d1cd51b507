// Files of torch.save made byte by byte, so that what PyTorch would never write can be tried: pickles, zip archives, the legacy row.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "loaders/pytorch.h"
#include "tests/loaders/hdf5_samples.h"

namespace impasto::samples {

inline std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += i < 8 ? static_cast<char>(value >> 8 * i) : '\0';
  return text;
}

/// Opcodes with what follows them.
namespace pickled {

inline std::string text(const std::string& value) { return 'X' + little(value.size(), 4) + value; }
inline std::string integer(int32_t value) { return 'J' + little(static_cast<uint32_t>(value), 4); }
inline std::string long_integer(uint64_t value) { return std::string("\x8a\x08") + little(value, 8); }
inline std::string global(const std::string& module, const std::string& name) { return 'c' + module + '\n' + name + '\n'; }
inline std::string tuple(const std::string& items) { return '(' + items + 't'; }
inline std::string numbers(const std::vector<int64_t>& values) {
  std::string items;
  for (const int64_t value : values) items += long_integer(static_cast<uint64_t>(value));
  return tuple(items);
}
inline std::string dict(const std::string& items) { return "}(" + items + 'u'; }
inline std::string whole(const std::string& object) { return "\x80\x02" + object + '.'; }
/// By long_integer, so that every count and size can be given.
inline std::string storage(const std::string& key, int64_t count, const std::string& type = "FloatStorage", const std::string& part = "") {
  return tuple(text("storage") + global("torch", type) + text(key) + text("cpu") + long_integer(static_cast<uint64_t>(count)) + part) + 'Q';
}
inline std::string tensor(const std::string& storage, int64_t offset, const std::vector<int64_t>& shape,
                          const std::vector<int64_t>& strides) {
  const std::string hooks = global("collections", "OrderedDict") + ")R";
  return global("torch._utils", "_rebuild_tensor_v2") +
         tuple(storage + long_integer(static_cast<uint64_t>(offset)) + numbers(shape) + numbers(strides) + '\x89' + hooks) + 'R';
}

}  // namespace pickled

struct ZipFile {
  std::string name, bytes;
  int method = 0, flags = 0x0808;
};

/// As PyTorch writes them: local headers without sizes.
inline std::string zip(const std::vector<ZipFile>& files) {
  std::string all, directory;
  for (const ZipFile& file : files) {
    const std::string size = little(file.bytes.size(), 4), name = little(file.name.size(), 2);
    const std::string kind = little(static_cast<uint64_t>(file.flags), 2) + little(static_cast<uint64_t>(file.method), 2);
    directory += "PK\1\2" + little(0, 4) + kind + little(0, 8) + size + size + name + little(0, 12) + little(all.size(), 4) + file.name;
    all += "PK\3\4" + little(0, 2) + kind + little(0, 16) + name + little(3, 2) + file.name + "FBx" + file.bytes;
  }
  const std::string count = little(files.size(), 2);
  return all + directory + "PK\5\6" + little(0, 4) + count + count + little(directory.size(), 4) + little(all.size(), 4) + little(0, 2);
}

/// An archive of this object with the storages 0, 1, .. .
inline std::string archive(const std::string& object, const std::vector<std::string>& storages) {
  std::vector<ZipFile> files{{"net/data.pkl", pickled::whole(object)}, {"net/byteorder", "little"}};
  for (size_t i = 0; i < storages.size(); ++i) files.push_back({"net/data/" + std::to_string(i), storages[i]});
  return zip(files);
}

inline std::string legacy(const std::string& object, const std::vector<std::pair<std::string, std::string>>& storages,
                          const std::string& little_endian = "\x88") {
  using namespace pickled;
  std::string file = whole(std::string("\x8a\n\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12)) + whole(integer(1001)), keys, numbers;
  file += whole(dict(text("protocol_version") + integer(1001) + text("little_endian") + little_endian)) + whole(object);
  for (const auto& [key, bytes] : storages) {
    keys += text(key);
    numbers += little(bytes.size() / 4, 8) + bytes;
  }
  return file + whole("](" + keys + 'e') + numbers;
}

inline std::string bytes_of_floats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

/// What torch.save makes of these, each of a storage of its own.
inline std::string archive_of(const NamedArrays& arrays, const std::string& prefix = "") {
  std::string items;
  std::vector<std::string> storages;
  for (const auto& [name, array] : arrays) {
    std::vector<int64_t> strides(array.shape.size(), 1);
    for (size_t i = array.shape.size(); i-- > 1;) strides[i - 1] = strides[i] * array.shape[i];
    const auto storage = pickled::storage(std::to_string(storages.size()), static_cast<int64_t>(array.values.size()));
    items += pickled::text(prefix + name) + pickled::tensor(storage, 0, array.shape, strides);
    storages.push_back(bytes_of_floats(array.values));
  }
  return archive(pickled::dict(items), storages);
}

inline StateDict read_state_dict_of(const std::string& bytes) {
  const Folder folder;
  spill(folder / "net.pth", bytes);
  return read_state_dict(folder / "net.pth");
}
inline std::string state_dict_refusal(const std::string& bytes) {
  return refusal([&] { read_state_dict_of(bytes); });
}
/// Of an archive whose one storage 0 has these many floats.
inline std::string pickle_refusal(const std::string& object, size_t floats = 6) {
  return state_dict_refusal(archive(object, {bytes_of_floats(ramp(floats))}));
}

}  // namespace impasto::samples
