#include "loaders/state_dict.h"

#include <algorithm>

#include "engine/error.h"
#include "loaders/signature.h"

namespace impasto {
namespace {

using Kind = PickleValue::Kind;

constexpr int deepest = 64;
constexpr int64_t largest = int64_t{1} << 40;  // of counts and offsets, so that their sums do not overflow
constexpr size_t most_tensors = 65536, longest_name = 1024;
const std::string rebuild = "torch._utils._rebuild_tensor", rebuild_2 = "torch._utils._rebuild_tensor_v2";  // the first before PyTorch 0.4
const std::string parameter = "torch._utils._rebuild_parameter";

const std::map<std::string, StorageType> storage_types{
    {"torch.FloatStorage", {"f32", 4, RealType::f32}}, {"torch.DoubleStorage", {"f64", 8, RealType::f64}},
    {"torch.HalfStorage", {"f16", 2, RealType::f16}},  {"torch.BFloat16Storage", {"bf16", 2, RealType::bf16}},
    {"torch.LongStorage", {"i64", 8, std::nullopt}},   {"torch.IntStorage", {"i32", 4, std::nullopt}},
    {"torch.ShortStorage", {"i16", 2, std::nullopt}},  {"torch.CharStorage", {"i8", 1, std::nullopt}},
    {"torch.ByteStorage", {"u8", 1, std::nullopt}},    {"torch.BoolStorage", {"bool", 1, std::nullopt}}};

class Reader {
 public:
  Reader(const Pickle& pickle, const std::string& path) : pickle_(pickle), path_(path) {
    for (const PickleValue& value : pickle.values)
      if (value.kind == Kind::persistent) storage(value);
    const PickleValue* table = &pickle[pickle.root];
    for (int depth = 0; depth < deepest; ++depth) {
      const PickleValue* inner = wrapped(*table);
      if (inner == nullptr) break;
      table = inner;
    }
    if (table->kind != Kind::dict) refuse("holds no state_dict, which is a table of names; in PyTorch save the model's state_dict()");
    walk(*table, "", 0);
    if (result.tensors.empty()) refuse("holds no tensors in its state_dict; in PyTorch save the model's state_dict()");
    drop_module();
  }

  PickledStateDict result;

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw FileError(path_, what); }
  [[noreturn]] void damaged(const std::string& what) const { refuse("is damaged, " + what + "; fetch it again"); }

  // The state_dict that a checkpoint holds among other things.
  const PickleValue* wrapped(const PickleValue& table) const {
    if (table.kind != Kind::dict) return nullptr;
    for (const char* key : {"state_dict", "model_state_dict", "model"})
      for (size_t i = 0; i + 1 < table.items.size(); i += 2)
        if (pickle_[table.items[i]].text == key && pickle_[table.items[i + 1]].kind == Kind::dict) return &pickle_[table.items[i + 1]];
    return nullptr;
  }

  void walk(const PickleValue& table, const std::string& prefix, int depth) {
    if (depth == deepest) damaged("its tables are nested more than " + std::to_string(deepest) + " deep");
    if (!visited_.insert(&table).second) damaged("the table " + printable(prefix) + " stands in it twice");
    for (size_t i = 0; i + 1 < table.items.size(); i += 2) {
      const PickleValue &key = pickle_[table.items[i]], &value = pickle_[table.items[i + 1]];
      if (value.kind != Kind::dict && value.kind != Kind::call) continue;
      const std::string name = prefix + (key.kind == Kind::integer ? std::to_string(key.integer) : key.text);
      if (name.size() > longest_name) damaged("the name " + printable(name) + " is too long");
      if (value.kind == Kind::dict)
        walk(value, name + '.', depth + 1);
      else
        tensor(value, name);
    }
  }

  void tensor(const PickleValue& called, const std::string& name) {
    if (called.text == parameter) {
      const std::vector<int>& given = arguments(called);
      if (given.empty() || pickle_[given[0]].kind != Kind::call || pickle_[given[0]].text == parameter)
        damaged(printable(name) + " is no tensor");
      return tensor(pickle_[given[0]], name);
    }
    const std::vector<int>& given = arguments(called);  // storage, offset, size, stride, and what is of no use here
    if (given.size() < 4 || pickle_[given[0]].kind != Kind::persistent) damaged(printable(name) + " has no storage, size and stride");
    if (result.tensors.size() == most_tensors)
      refuse("holds more than " + std::to_string(most_tensors) + " tensors; no network of this program has");
    if (!names_.insert(name).second) damaged("it holds " + printable(name) + " twice");
    PickledTensor made = storage(pickle_[given[0]]);
    made.name = name;
    made.view.offset += integer(given[1], name);
    made.view.shape = integers(given[2], name);
    made.view.strides = integers(given[3], name);
    result.tensors.push_back(std::move(made));
  }
  const std::vector<int>& arguments(const PickleValue& called) const { return pickle_[called.items[0]].items; }

  int64_t integer(int place, const std::string& name) const {
    const PickleValue& value = pickle_[place];
    if (value.kind != Kind::integer || value.integer < 0 || value.integer > largest)
      damaged(printable(name) + " has a size, stride or offset that cannot be");
    return value.integer;
  }
  std::vector<int64_t> integers(int place, const std::string& name) const {
    const PickleValue& tuple = pickle_[place];
    if (tuple.kind != Kind::tuple || tuple.items.size() > 8) damaged(printable(name) + " has sizes or strides that are no short list");
    std::vector<int64_t> values;
    for (const int item : tuple.items) values.push_back(integer(item, name));
    return values;
  }

  // ("storage", type, key, where it was, count) and, from old versions, (key, offset, count) if a part of that storage is meant.
  PickledTensor storage(const PickleValue& persistent) {
    const std::vector<int>& given = pickle_[persistent.items[0]].items;
    if (given.size() < 5 || given.size() > 6 || pickle_[given[0]].text != "storage" || pickle_[given[2]].kind != Kind::text)
      damaged("a storage in it is not described as PyTorch does");
    const std::string& key = pickle_[given[2]].text;
    const auto type = storage_types.find(pickle_[given[1]].text);
    if (type == storage_types.end() || key.size() > longest_name) damaged("its storage " + printable(key) + " has no type");
    const int64_t count = integer(given[4], key);
    const auto [known, added] = result.storages.try_emplace(key, PickledStorage{type->second, count});
    if (known->second.count != count || known->second.type.name != type->second.name)
      damaged("its storage " + printable(key) + " is described in two ways");
    if (given.size() == 5 || pickle_[given[5]].kind == Kind::none) return {"", key, count, {}};

    const std::vector<int>& part = pickle_[given[5]].items;
    if (pickle_[given[5]].kind != Kind::tuple || part.size() != 3) damaged("a part of the storage " + printable(key) + " is not described");
    const int64_t offset = integer(part[1], key), end = offset + integer(part[2], key);
    if (end > count) damaged("a part of the storage " + printable(key) + " lies outside of it");
    return {"", key, end, {offset, {}, {}}};
  }

  // DataParallel puts it in front of all names.
  void drop_module() {
    const std::string prefix = "module.";
    const auto begins = [&](const PickledTensor& tensor) { return tensor.name.starts_with(prefix); };
    if (!std::all_of(result.tensors.begin(), result.tensors.end(), begins)) return;
    for (PickledTensor& tensor : result.tensors) tensor.name.erase(0, prefix.size());
  }

  const Pickle& pickle_;
  const std::string& path_;
  std::set<const PickleValue*> visited_;
  std::set<std::string> names_;
};

}  // namespace

const std::set<std::string>& state_dict_globals() {
  static const std::set<std::string> globals = [] {
    std::set<std::string> names{rebuild, rebuild_2, parameter};
    for (const auto& [name, type] : storage_types) names.insert(name);
    return names;
  }();
  return globals;
}

PickledStateDict pickled_state_dict(const Pickle& pickle, const std::string& path) { return std::move(Reader(pickle, path).result); }

}  // namespace impasto
