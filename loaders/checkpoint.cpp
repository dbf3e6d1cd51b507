#include "loaders/checkpoint.h"

#include "loaders/permute.h"
#include "loaders/weight_schema.h"
#include "loaders/writable.h"

namespace impasto {
namespace {

const std::string optimizer_group = "optimizer/";

const Profile& profile() {
  static const Profile ours{
      "an impasto checkpoint", 8, 8192, {Hdf5Type::f32, Hdf5Type::f16, Hdf5Type::u8, Hdf5Type::u64}, int64_t{2} << 30};
  return ours;
}

void write_table(Hdf5Writer& file, const std::string& name, const LossTable& table) {
  if (table.rows() == 0) return;
  file.floats(name, {int64_t(table.rows()), int64_t(table.columns.size())}, table.values);
  file.texts(name, "columns", table.columns);
}

LossTable read_table(const Hdf5File& file, const std::string& name) {
  const auto found = file.datasets().find(name);
  if (found == file.datasets().end()) return {};
  LossTable table{file.texts(name, "columns"), file.floats(name)};
  if (found->second.shape.size() != 2 || found->second.shape[1] != int64_t(table.columns.size()))
    file.fail("its " + name + " has not as many columns as names for them; go back to an older checkpoint");
  return table;
}

std::vector<uint64_t> read_words(const Hdf5File& file, const std::string& name, size_t count) {
  const auto found = file.datasets().find(name);
  if (found == file.datasets().end() || found->second.type != Hdf5Type::u64 || found->second.shape != std::vector{int64_t(count)})
    file.fail("has no " + name + " of " + std::to_string(count) + " numbers, so no training can go on from it; give its weights with --init");
  return file.words(name);
}

}  // namespace

void write_checkpoint(const std::string& path, const Checkpoint& c) {
  for (const auto& [name, slot] : c.slots) require_writable(path, name, slot, Storage::f32);
  Hdf5Writer file(path);
  write_weights(file, path, c.weights, Storage::f32);
  file.group("optimizer");
  file.text("optimizer", "kind", c.optimizer);
  file.u32("optimizer", "step", c.step);
  for (const auto& [name, slot] : c.slots) file.floats(optimizer_group + name, slot.shape, slot.values);
  file.words("random", {2}, {c.random_key, c.random_counter});
  file.words("loader", {3}, {c.epoch, c.position, c.order_seed});
  write_table(file, "history", c.history);
  write_table(file, "validation", c.validation);
  file.write();
}

Checkpoint read_checkpoint(const std::string& path) {
  const Hdf5File file(path, profile());
  Checkpoint c;
  c.weights = read_weights(file);
  if (!file.has_group("optimizer"))
    file.fail("holds weights but no state of training, so no training can go on from it; give it with --init to begin from its weights");
  c.optimizer = file.text("optimizer", "kind");
  c.step = file.u32("optimizer", "step");
  for (const auto& [name, dataset] : file.datasets())
    if (name.starts_with(optimizer_group)) c.slots[name.substr(optimizer_group.size())] = {dataset.shape, file.floats(name)};
  const std::vector<uint64_t> random = read_words(file, "random", 2), loader = read_words(file, "loader", 3);
  c.random_key = random[0], c.random_counter = random[1];
  c.epoch = loader[0], c.position = loader[1], c.order_seed = loader[2];
  c.history = read_table(file, "history");
  c.validation = read_table(file, "validation");
  return c;
}

}  // namespace impasto
