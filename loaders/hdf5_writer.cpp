#include "loaders/hdf5_writer.h"

#include <algorithm>

#include "engine/error.h"
#include "loaders/atomic_file.h"

namespace impasto {
namespace {

constexpr size_t attribute_limit = 64000;  // what Hdf5File reads
constexpr unsigned most_attributes = 64;
constexpr unsigned deflate_level = 4;  // weights are noise but for their exponents; more effort gains nothing

std::string absolute(const std::string& name) { return '/' + name; }

}  // namespace

Hdf5Writer::Hdf5Writer(const std::string& path) : path(path) {
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);  // older formats have no checksums
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  memory.use(access);
  // Without times the same weights give the same file.
  const Hdf5Handle untimed(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_obj_track_times(untimed, false);
  H5Pset_attr_phase_change(untimed, most_attributes, 0);
  file = Hdf5Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, untimed, access), H5Fclose);
  if (!file.good()) fail("cannot be created");
}

void Hdf5Writer::fail(const std::string& what) const {
  throw FileError(path, what + " (" + hdf5_reason() + ")");
}

void Hdf5Writer::group(const std::string& name) {
  const Hdf5Handle untimed(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
  H5Pset_obj_track_times(untimed, false);
  H5Pset_attr_phase_change(untimed, most_attributes, 0);
  for (size_t end = name.find('/'); !name.empty(); end = name.find('/', end + 1)) {
    const std::string part = name.substr(0, end);
    if (H5Lexists(file, part.c_str(), H5P_DEFAULT) == 0 &&
        !Hdf5Handle(H5Gcreate2(file, part.c_str(), H5P_DEFAULT, untimed, H5P_DEFAULT), H5Gclose).good())
      fail("the group " + part + " cannot be written");
    if (end == std::string::npos) return;
  }
}

void Hdf5Writer::dataset(const std::string& name, const std::vector<int64_t>& shape, hid_t type, const void* values, size_t count) {
  int64_t elements = 1;
  for (const int64_t dim : shape)
    if (dim < 1 || __builtin_mul_overflow(elements, dim, &elements))
      throw FileError(path, name + " has an empty or absurd shape and is not written");
  if (shape.empty() || shape.size() > 4 || elements != static_cast<int64_t>(count))
    throw FileError(path, name + " has " + std::to_string(count) + " values, which its shape of " + std::to_string(shape.size()) +
                               " axes does not hold");

  const std::vector<hsize_t> dims(shape.begin(), shape.end());
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose);
  const Hdf5Handle storage(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(storage, static_cast<int>(dims.size()), dims.data());  // one: weights are read whole
  H5Pset_shuffle(storage);
  H5Pset_deflate(storage, deflate_level);
  H5Pset_obj_track_times(storage, false);
  group(name.substr(0, name.find('/') == std::string::npos ? 0 : name.rfind('/')));
  const Hdf5Handle made(H5Dcreate2(file, absolute(name).c_str(), type, space, H5P_DEFAULT, storage, H5P_DEFAULT), H5Dclose);
  if (!made.good() || H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) fail(name + " cannot be written");
}

void Hdf5Writer::floats(const std::string& name, const std::vector<int64_t>& shape, const std::vector<float>& values) {
  dataset(name, shape, H5T_IEEE_F32LE, values.data(), values.size());
}

void Hdf5Writer::halves(const std::string& name, const std::vector<int64_t>& shape, const std::vector<uint16_t>& values) {
  dataset(name, shape, hdf5_half(), values.data(), values.size());
}

void Hdf5Writer::bytes(const std::string& name, const std::vector<int64_t>& shape, const std::vector<uint8_t>& values) {
  dataset(name, shape, H5T_STD_U8LE, values.data(), values.size());
}

void Hdf5Writer::words(const std::string& name, const std::vector<int64_t>& shape, const std::vector<uint64_t>& values) {
  dataset(name, shape, H5T_STD_U64LE, values.data(), values.size());
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, hid_t type, hid_t space, const void* value) {
  const Hdf5Handle made(H5Acreate_by_name(file, absolute(object).c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                        H5Aclose);
  if (!made.good() || H5Awrite(made, type, value) < 0) fail("the attribute " + name + " of /" + object + " cannot be written");
}

void Hdf5Writer::texts(const std::string& object, const std::string& name, const std::vector<std::string>& values) {
  size_t size = 1;  // a string of length 0 is no HDF5 type
  for (const std::string& value : values) size = std::max(size, value.size());
  const bool zeros =
      std::any_of(values.begin(), values.end(), [](const std::string& value) { return value.find('\0') != std::string::npos; });
  if (values.empty() || zeros || size > attribute_limit / values.size())
    throw FileError(path, "the attribute " + name + " is empty, has zero bytes or is over 64,000 bytes long and is not written");
  std::string all;
  for (const std::string& value : values) all += value + std::string(size - value.size(), '\0');
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, size);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  const hsize_t count = values.size();
  const Hdf5Handle space(count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr), H5Sclose);
  attribute(object, name, type, space, all.data());
}

void Hdf5Writer::text(const std::string& object, const std::string& name, const std::string& value) { texts(object, name, {value}); }

void Hdf5Writer::u32(const std::string& object, const std::string& name, uint32_t value) {
  attribute(object, name, H5T_STD_U32LE, Hdf5Handle(H5Screate(H5S_SCALAR), H5Sclose), &value);
}

void Hdf5Writer::u8(const std::string& object, const std::string& name, uint8_t value) {
  attribute(object, name, H5T_STD_U8LE, Hdf5Handle(H5Screate(H5S_SCALAR), H5Sclose), &value);
}

void Hdf5Writer::write() {
  const bool closed = H5Fclose(file.release()) >= 0;
  const std::vector<uint8_t> bytes = memory.take();
  if (!closed || bytes.empty()) fail("cannot be put together");
  write_file_atomically(path, bytes);
}

}  // namespace impasto
