#include "loaders/pytorch.h"

#include <algorithm>
#include <optional>

#include "engine/error.h"
#include "loaders/bytes.h"
#include "loaders/signature.h"
#include "loaders/state_dict.h"
#include "loaders/zip_directory.h"

namespace impasto {
namespace {

constexpr int64_t most_bytes = int64_t{8} << 30, longest_pickle = 16 << 20;
constexpr int64_t most_repeats = 16;  // of each number of the file, in the spans of all tensors together
const std::string kind = "a file of PyTorch (.pth)";
// A pickle of the number 0x1950a86a20f9469cfc6c.
const std::string legacy_magic("\x80\2\x8a\n\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);

struct Contents {
  PickledStateDict dict;
  std::map<std::string, int64_t> begins;  // of the storages, in the file
};

[[noreturn]] void damaged(const InputFile& file, const std::string& what) {
  throw FileError(file.name(), "is damaged, " + what + "; fetch it again");
}

int64_t bytes_of(const PickledStorage& storage) { return storage.count * storage.type.width; }

// ---- since 1.6: NAME/data.pkl, NAME/data/KEY, NAME/byteorder in a zip archive

Contents read_archive(InputFile& file) {
  const std::map<std::string, ZipEntry> entries = read_zip_directory(file);
  std::string folder;
  for (const auto& [name, entry] : entries) {
    if (name.ends_with("/constants.pkl"))
      throw FileError(file.name(),
                      "is a TorchScript archive, which holds a program; in PyTorch save torch.jit.load(FILE).state_dict() with torch.save");
    if (name.ends_with("/data.pkl") && name.find('/') + 9 == name.size()) folder = name.substr(0, name.size() - 8);
  }
  if (folder.empty())
    throw FileError(file.name(), "is a zip archive, but none of torch.save, since it has no data.pkl; unpack it if the weights are inside");

  const auto read = [&](const std::string& name) {
    const ZipEntry& entry = entries.at(name);
    if (entry.size > longest_pickle) damaged(file, printable(name) + " is larger than " + std::to_string(longest_pickle >> 20) + " MiB");
    return file.read(zip_data(file, name, entry), entry.size);
  };
  if (entries.contains(folder + "byteorder")) {
    const std::vector<uint8_t> order = read(folder + "byteorder");
    if (std::string(order.begin(), order.end()) != "little")
      throw FileError(file.name(), "was written on a big-endian machine; save it on another");
  }
  const std::vector<uint8_t> bytes = read(folder + "data.pkl");
  const Pickle pickle = read_pickle(bytes, file.name(), state_dict_globals());
  if (pickle.bytes != bytes.size()) damaged(file, "its data.pkl goes on behind the pickle");

  Contents contents{pickled_state_dict(pickle, file.name()), {}};
  for (const auto& [key, storage] : contents.dict.storages) {
    const auto entry = entries.find(folder + "data/" + key);
    if (entry == entries.end()) damaged(file, "its storage " + printable(key) + " is missing");
    if (entry->second.size != bytes_of(storage))
      damaged(file, "its storage " + printable(key) + " has " + std::to_string(entry->second.size) + " bytes instead of " +
                        std::to_string(bytes_of(storage)));
    contents.begins[key] = zip_data(file, entry->first, entry->second);
  }
  return contents;
}

// ---- before: the magic number, the version 1001, what the machine was like, the object, the storages' keys; then count and numbers of
// each

const PickleValue* field(const Pickle& pickle, const std::string& name) {
  const PickleValue& root = pickle[pickle.root];
  for (size_t i = 0; root.kind == PickleValue::Kind::dict && i + 1 < root.items.size(); i += 2)
    if (pickle[root.items[i]].text == name) return &pickle[root.items[i + 1]];
  return nullptr;
}

class Legacy {
 public:
  explicit Legacy(InputFile& file) : file_(file), begin_(file.read(0, std::min(file.size(), longest_pickle))), at_(legacy_magic.size()) {}

  Contents read() {
    const Pickle version = next();
    if (version[version.root].kind != PickleValue::Kind::integer || version[version.root].integer != 1001)
      throw FileError(file_.name(), "is of a version of PyTorch's format that is not 1001; save it with another PyTorch");
    const Pickle machine = next();
    const PickleValue* little = field(machine, "little_endian");
    if (little == nullptr || little->integer != 1) throw FileError(file_.name(), "was written on a big-endian machine; save it on another");
    Contents contents{pickled_state_dict(next(), file_.name()), {}};
    place(contents, next());
    return contents;
  }

 private:
  Pickle next() {
    Pickle pickle = read_pickle(Bytes(begin_).subspan(at_), file_.name(), state_dict_globals());
    at_ += pickle.bytes;
    return pickle;
  }

  void place(Contents& contents, const Pickle& keys) const {
    int64_t at = static_cast<int64_t>(at_);
    for (const int item : keys[keys.root].items) {
      const std::string& key = keys[item].text;
      const auto storage = contents.dict.storages.find(key);
      if (storage == contents.dict.storages.end()) damaged(file_, "its storage " + printable(key) + " belongs to nothing");
      if (file_.size() - at < 8) damaged(file_, "it is cut short before its storage " + printable(key));
      const std::vector<uint8_t> count = file_.read(at, 8);
      const uint64_t found = little_endian(count, 0, 4) | uint64_t{little_endian(count, 4, 4)} << 32;
      at += 8;
      if (found != static_cast<uint64_t>(storage->second.count) || bytes_of(storage->second) > file_.size() - at)
        damaged(file_,
                "its storage " + printable(key) + " has not the " + std::to_string(storage->second.count) + " numbers that it should have");
      if (!contents.begins.emplace(key, at).second) damaged(file_, "its storage " + printable(key) + " stands in it twice");
      at += bytes_of(storage->second);
    }
    if (at != file_.size()) damaged(file_, "it goes on behind its last storage");
    if (contents.begins.size() != contents.dict.storages.size()) damaged(file_, "it lacks a storage");
  }

  InputFile& file_;
  std::vector<uint8_t> begin_;
  size_t at_;
};

// A tar archive says so at byte 257.
[[noreturn]] void refuse(InputFile& file, const std::string& begins) {
  if (file.size() > 512) {
    const std::vector<uint8_t> there = file.read(257, 5);
    if (std::string(there.begin(), there.end()) == "ustar")
      throw FileError(
          file.name(),
          "is a tar archive, of PyTorch before 0.2 or of something else; load and save it with a PyTorch of 0.2 or later, or unpack it");
  }
  if (begins.starts_with("\x80"))
    throw FileError(file.name(), "is a pickle, but none of torch.save; in PyTorch save the model's state_dict() with torch.save");
  refuse_beginning(file.name(), begins, kind);
}

Contents read_contents(InputFile& file) {
  const std::vector<uint8_t> bytes = file.read(0, std::min<int64_t>(file.size(), 64));
  const std::string begins(bytes.begin(), bytes.end());
  if (begins.starts_with("PK\3\4")) return read_archive(file);
  if (begins.starts_with(legacy_magic)) return Legacy(file).read();
  refuse(file, begins);
}

}  // namespace

StateDict read_state_dict(const std::string& path) {
  InputFile file(path, "", 2, most_bytes, kind);
  const Contents contents = read_contents(file);
  StateDict result;
  int64_t budget = most_repeats * file.size();
  for (const PickledTensor& tensor : contents.dict.tensors) {
    const StorageType& type = contents.dict.storages.at(tensor.storage).type;
    const int64_t span = checked_span(tensor.view, tensor.count, path, printable(tensor.name));
    result.entries[tensor.name] = {type.name, tensor.view.shape};
    if (!type.real) continue;
    budget -= span * type.width;
    if (budget < 0) damaged(file, "its tensors show each of its numbers more than " + std::to_string(most_repeats) + " times");
    const StoredReals stored{*type.real, contents.begins.at(tensor.storage)};
    Array array{tensor.view.shape, read_view(file, stored, tensor.view, span)};
    require_finite(path, printable(tensor.name), array.values);
    result.arrays.emplace(tensor.name, std::move(array));
  }
  return result;
}

}  // namespace impasto
