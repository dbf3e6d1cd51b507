// HDF5 files for tests, honest and hostile, written with the C API; and the message a refusal comes with.
#pragma once
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <string>
#include <vector>

#include "engine/error.h"
#include "loaders/hdf5_file.h"

namespace impasto::samples {

/// A new folder that goes with the object.
class Folder {
 public:
  Folder() {
    static std::atomic<int> count = 0;
    path = std::filesystem::temp_directory_path() / ("impasto-hdf5-" + std::to_string(getpid()) + '-' + std::to_string(count++));
    std::filesystem::create_directories(path);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string operator/(const std::string& name) const { return (path / name).string(); }

  std::filesystem::path path;
};

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void spill(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// What `action` refuses with; "" if it does not. Only impasto's own errors count.
inline std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

using Dims = std::vector<hsize_t>;

/// A file under construction. The oldest format, as Keras writes it, unless `latest`.
class Hdf5 {
 public:
  explicit Hdf5(const std::string& path, bool latest = false) {
    Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    if (latest) H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    file = Hdf5Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
    links = Hdf5Handle(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links, 1);
    storage = Hdf5Handle(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  }

  Hdf5& group(const std::string& name) {
    Hdf5Handle(H5Gcreate2(file, name.c_str(), links, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    return *this;
  }

  /// The next data set's storage; `storage` may be changed further. Attributes and the next calls to data() use it until then.
  Hdf5& contiguous() {
    storage = Hdf5Handle(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    return *this;
  }
  Hdf5& chunked(const Dims& chunk) {
    contiguous();
    H5Pset_chunk(storage, static_cast<int>(chunk.size()), chunk.data());
    return *this;
  }

  /// Without `values` nothing is stored.
  Hdf5& data(const std::string& name, const Dims& dims, hid_t type, const void* values) {
    Hdf5Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose);
    Hdf5Handle made(H5Dcreate2(file, name.c_str(), type, space, links, storage, H5P_DEFAULT), H5Dclose);
    if (!made.good() || (values != nullptr && H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0))
      throw std::logic_error("the sample " + name + " cannot be written: " + hdf5_reason());
    return *this;
  }
  Hdf5& floats(const std::string& name, const Dims& dims, const std::vector<float>& values) {
    return data(name, dims, H5T_IEEE_F32LE, values.data());
  }

  Hdf5& text(const std::string& object, const std::string& name, const std::string& value) {
    Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
    H5Tset_size(type, value.size());
    return attribute(object, name, type, space, value.data());
  }
  Hdf5& variable_text(const std::string& object, const std::string& name, const char* value) {
    Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
    H5Tset_size(type, H5T_VARIABLE);
    return attribute(object, name, type, space, &value);
  }
  Hdf5& number(const std::string& object, const std::string& name, hid_t type, const void* value) {
    return attribute(object, name, type, Hdf5Handle(H5Screate(H5S_SCALAR), H5Sclose), value);
  }

  void close() { file = Hdf5Handle(); }

  Hdf5Lock lock;
  Hdf5Handle file, links, storage;

 private:
  Hdf5& attribute(const std::string& object, const std::string& name, hid_t type, hid_t space, const void* value) {
    Hdf5Handle made(H5Acreate_by_name(file, object.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!made.good() || H5Awrite(made, type, value) < 0) throw std::logic_error("the sample attribute " + name + " cannot be written");
    return *this;
  }
};

/// Calls `read` while `copy` is `original` with a single byte changed, `count` times, from a fixed seed. Returns how many of them it
/// refused; whatever it throws beyond impasto's errors comes through.
inline int flipped_bytes(const std::string& original, const std::string& copy, int count, uint64_t seed,
                         const std::function<void()>& read) {
  const std::string bytes = slurp(original);
  spill(copy, bytes);
  std::fstream file(copy, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](size_t at, char value) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(value).flush();
  };
  const auto random = [&] { return (seed = seed * 6364136223846793005u + 1442695040888963407u) >> 33; };
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    const size_t at = random() % bytes.size();
    put(at, static_cast<char>(bytes[at] ^ (1 + random() % 255)));
    refused += refusal(read).empty() ? 0 : 1;
    put(at, bytes[at]);
  }
  return refused;
}

// Small limits.
inline const Profile profile{"a sample", 3, 16, {Hdf5Type::f32, Hdf5Type::f16, Hdf5Type::u8, Hdf5Type::u64}, 1 << 20};

inline std::vector<float> ramp(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.f);
  return values;
}

inline std::string refusal_of(const std::string& path, const Profile& within = profile) {
  return refusal([&] {
    const Hdf5File file(path, within);
    for (const auto& [name, dataset] : file.datasets())
      if (dataset.type == Hdf5Type::f32 || dataset.type == Hdf5Type::f16) file.floats(name);
  });
}

}  // namespace impasto::samples
