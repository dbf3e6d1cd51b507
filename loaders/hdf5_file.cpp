#include "loaders/hdf5_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "engine/error.h"
#include "loaders/half.h"
#include "loaders/hdf5_attributes.h"
#include "loaders/hdf5_dataset.h"
#include "loaders/signature.h"

namespace impasto {
namespace {

constexpr int64_t expansion_limit = 1040;  // deflate cannot do better than 1032, which all-zero arrays reach
constexpr int64_t least_file = 96;         // a superblock
constexpr size_t attribute_limit = 64000;  // what a header holds

struct Link {
  std::string name;
  H5L_info_t info;
};

struct Links {
  size_t limit;
  std::vector<Link> links;
};

herr_t collect(hid_t, const char* name, const H5L_info_t* info, void* data) {
  auto& [limit, links] = *static_cast<Links*>(data);
  if (links.size() == limit) return 1;
  links.push_back({name, *info});
  return 0;
}

std::string quoted(const std::string& name) { return name.empty() ? "the root group" : name; }

bool one_of(Hdf5Type type, const std::vector<Hdf5Type>& types) { return std::find(types.begin(), types.end(), type) != types.end(); }

}  // namespace

Hdf5File::Hdf5File(const std::string& path, const Profile& profile) : path(path), profile(profile) {
  file_size = require_signature(path, "\x89HDF\r\n\x1a\n", least_file, profile.kind);
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_sec2(access);
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  H5Pset_file_locking(access, false, true);  // shared folders often cannot lock
  file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (!file.good()) fail("is not readable as HDF5 (" + hdf5_reason() + "); fetch it again");

  H5O_info_t info;
  const Hdf5Handle root(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose);
  if (!root.good() || H5Oget_info2(root, &info, H5O_INFO_BASIC) < 0)
    fail("has no readable root group (" + hdf5_reason() + "); fetch it again");
  groups[""] = info.addr;
  seen[info.addr] = "";
  walk(root, "", 0);
}

void Hdf5File::fail(const std::string& what) const { throw FileError(path, what); }

void Hdf5File::walk(hid_t group, const std::string& name, int depth) {
  Links children{static_cast<size_t>(profile.objects) + 1, {}};
  hsize_t index = 0;
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &index, collect, &children) < 0)
    fail("the links of " + quoted(name) + " are damaged (" + hdf5_reason() + "); fetch it again");
  for (const auto& [link, info] : children.links) {
    const std::string child = name.empty() ? link : name + '/' + link;
    if (link.empty() || link == "." || link.find('/') != std::string::npos)
      fail("has a link of the impossible name \"" + child + "\"; fetch it again");
    if (info.type == H5L_TYPE_SOFT) fail(child + " is a soft link; only plain objects are read, so save a copy without links");
    if (info.type == H5L_TYPE_EXTERNAL) fail(child + " is a link to another file; save a copy that holds everything itself");
    if (info.type != H5L_TYPE_HARD) fail(child + " is a link of an unknown kind; save a copy without links");
    if (profile.skipped == nullptr || !profile.skipped(child)) add(child, info.u.address, depth + 1);
  }
}

void Hdf5File::add(const std::string& name, haddr_t address, int depth) {
  if (depth > profile.depth) fail(name + " lies more than " + std::to_string(profile.depth) + " levels deep, too deep for " + profile.kind);
  if (seen.size() > static_cast<size_t>(profile.objects))
    fail("has over " + std::to_string(profile.objects) + " objects, too many for " + profile.kind);
  const auto [first, fresh] = seen.emplace(address, name);
  if (!fresh)
    fail(name + " is the same object as " + quoted(first->second) + "; each may have one name only, so save a copy without links");

  const Hdf5Handle object(H5Oopen_by_addr(file, address), H5Oclose);
  if (!object.good()) fail(name + " is damaged (" + hdf5_reason() + "); fetch it again");
  const H5I_type_t kind = H5Iget_type(object);
  if (kind == H5I_GROUP) {
    groups[name] = address;
    return walk(object, name, depth);
  }
  if (kind != H5I_DATASET) fail(name + " is neither a group nor a data set, which does not belong in " + profile.kind);
  found[name] = judge(object, name);
  found[name].address = address;
}

Hdf5Dataset Hdf5File::judge(hid_t dataset, const std::string& name) {
  try {
    const Hdf5Extent extent = hdf5_extent(dataset);
    if (!one_of(extent.type, profile.types))
      throw Error("has values of type " + hdf5_type_name(extent.type) + ", which " + profile.kind + " does not");
    if (__builtin_add_overflow(declared_bytes, extent.declared, &declared_bytes) || declared_bytes > profile.bytes)
      throw Error("and those before it declare over " + std::to_string(profile.bytes) + " bytes, the limit for " + profile.kind);
    if ((extent.declared - 1) / expansion_limit >= extent.stored)
      throw Error("declares " + std::to_string(extent.declared) + " bytes and stores " + std::to_string(extent.stored) +
                  "; such a file is not read");
    if (__builtin_add_overflow(stored_bytes, extent.stored, &stored_bytes) || stored_bytes > file_size)
      throw Error("and those before it would fill more than the whole file; fetch it again");
    return {extent.shape, extent.type, HADDR_UNDEF};
  } catch (const Error& error) {
    fail(name + ' ' + error.what());
  }
}

Hdf5Handle Hdf5File::open(const std::string& name) const {
  const auto dataset = found.find(name);
  const auto group = groups.find(name);
  if (dataset == found.end() && group == groups.end()) fail("has no " + quoted(name) + "; is it " + profile.kind + '?');
  Hdf5Handle object(H5Oopen_by_addr(file, dataset != found.end() ? dataset->second.address : group->second), H5Oclose);
  if (!object.good()) fail(quoted(name) + " is damaged (" + hdf5_reason() + "); fetch it again");
  return object;
}

std::vector<uint8_t> Hdf5File::raw(const std::string& name, std::initializer_list<Hdf5Type> allowed) const {
  const auto dataset = found.find(name);
  if (dataset == found.end()) fail("has no data set " + name + "; is it " + profile.kind + '?');
  if (!one_of(dataset->second.type, allowed))
    fail(name + " has values of type " + hdf5_type_name(dataset->second.type) + ", which does not belong there");
  const Hdf5Handle object = open(name);
  try {
    return hdf5_values(object);
  } catch (const Error& error) {
    fail(name + ' ' + error.what() + "; fetch it again");
  }
}

std::vector<float> Hdf5File::floats(const std::string& name) const {
  const std::vector<uint8_t> stored = raw(name, {Hdf5Type::f32, Hdf5Type::f16});
  const bool half = found.at(name).type == Hdf5Type::f16;
  std::vector<float> values(stored.size() / (half ? 2 : 4));
  if (half)
    for (size_t i = 0; i < values.size(); ++i) values[i] = half_to_float(static_cast<uint16_t>(stored[2 * i] | stored[2 * i + 1] << 8));
  else
    std::memcpy(values.data(), stored.data(), stored.size());
  if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
    fail(name + " holds NaN or infinity; use a file from before that training went wrong");
  return values;
}

std::vector<uint8_t> Hdf5File::bytes(const std::string& name) const { return raw(name, {Hdf5Type::u8}); }

std::vector<uint64_t> Hdf5File::words(const std::string& name) const {
  const std::vector<uint8_t> stored = raw(name, {Hdf5Type::u64});
  std::vector<uint64_t> values(stored.size() / 8);
  std::memcpy(values.data(), stored.data(), stored.size());
  return values;
}

bool Hdf5File::has_attribute(const std::string& group, const std::string& attribute) const {
  const Hdf5Handle object = open(group);
  H5O_info_t info;
  if (H5Oget_info2(object, &info, H5O_INFO_BASIC | H5O_INFO_META_SIZE) < 0)
    fail("the attributes of " + quoted(group) + " are damaged (" + hdf5_reason() + "); fetch it again");
  // A heap beside the header has no checksum over long strings.
  if (info.meta_size.attr.index_size != 0 || info.meta_size.attr.heap_size != 0)
    fail("the attributes of " + quoted(group) + " are too many or too long; write it with impasto");
  try {
    judge_attributes(path, info.addr);
  } catch (const Error& error) {
    fail("the attributes of " + quoted(group) + ' ' + error.what());
  }
  const htri_t exists = H5Aexists(object, attribute.c_str());
  if (exists < 0) fail("the attributes of " + quoted(group) + " are damaged (" + hdf5_reason() + "); fetch it again");
  return exists > 0;
}

Hdf5Handle Hdf5File::attribute(const std::string& object, const std::string& attribute) const {
  if (!has_attribute(object, attribute))
    fail("the attribute " + attribute + " of " + quoted(object) + " is missing; is it " + profile.kind + '?');
  Hdf5Handle handle(H5Aopen(open(object), attribute.c_str(), H5P_DEFAULT), H5Aclose);
  if (!handle.good()) fail("the attribute " + attribute + " of " + quoted(object) + " is damaged (" + hdf5_reason() + "); fetch it again");
  return handle;
}

std::vector<std::string> Hdf5File::texts(const std::string& group, const std::string& name) const {
  const std::string where = "the attribute " + name + " of " + quoted(group);
  const Hdf5Handle handle = attribute(group, name);
  const Hdf5Handle type(H5Aget_type(handle), H5Tclose), space(H5Aget_space(handle), H5Sclose);
  if (!type.good() || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0)
    fail(where + " is not a string of fixed length; write it with impasto");
  const size_t size = H5Tget_size(type);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (size == 0 || count < 1 || size > attribute_limit || static_cast<size_t>(count) > attribute_limit / size)
    fail(where + " is empty or over " + std::to_string(attribute_limit) + " bytes long; write it with impasto");
  std::string all(size * static_cast<size_t>(count), '\0');
  if (H5Aread(handle, type, all.data()) < 0) fail(where + " cannot be read (" + hdf5_reason() + "); fetch it again");
  std::vector<std::string> texts;
  for (size_t at = 0; at < all.size(); at += size) texts.emplace_back(all, at, std::min(size, all.find('\0', at) - at));
  return texts;
}

std::string Hdf5File::text(const std::string& group, const std::string& name) const {
  const std::vector<std::string> values = texts(group, name);
  if (values.size() != 1) fail("the attribute " + name + " of " + quoted(group) + " is not a single string; write it with impasto");
  return values[0];
}

void Hdf5File::number(const std::string& object, const std::string& name, hid_t wanted, void* value) const {
  const Hdf5Handle handle = attribute(object, name);
  const Hdf5Handle type(H5Aget_type(handle), H5Tclose), space(H5Aget_space(handle), H5Sclose);
  if (H5Tequal(type, wanted) <= 0 || H5Sget_simple_extent_npoints(space) != 1 || H5Aread(handle, wanted, value) < 0)
    fail("the attribute " + name + " of " + quoted(object) + " is not a single number of the right type; write it with impasto");
}

uint32_t Hdf5File::u32(const std::string& group, const std::string& name) const {
  uint32_t value = 0;
  number(group, name, H5T_STD_U32LE, &value);
  return value;
}

uint8_t Hdf5File::u8(const std::string& object, const std::string& name) const {
  uint8_t value = 0;
  number(object, name, H5T_STD_U8LE, &value);
  return value;
}

}  // namespace impasto
