// Recorded truth: the datasets of one of this folder's HDF5 files as doubles, by path ("conv2d_3x3/dx", "f64/loss").
#pragma once
#include <hdf5.h>

#include <set>
#include <string>
#include <vector>

#include "engine/error.h"

namespace impasto {

class Recorded {
 public:
  /// A file of tests/reference, whose folder the build passes as IMPASTO_TEST_DATA.
  explicit Recorded(const std::string& name) : path_(std::string(IMPASTO_TEST_DATA) + "/" + name) {
    file_ = H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file_ < 0) throw FileError(path_, "cannot be opened; tests/reference/README.md says how it is made");
    H5Lvisit_by_name(file_, "/", H5_INDEX_NAME, H5_ITER_INC, note, this, H5P_DEFAULT);
  }
  Recorded(const Recorded&) = delete;
  Recorded& operator=(const Recorded&) = delete;
  ~Recorded() { H5Fclose(file_); }

  /// The paths of all datasets: a test can ask whether it has forgotten one.
  const std::set<std::string>& datasets() const { return datasets_; }
  bool has(const std::string& dataset) const { return datasets_.count(dataset) > 0; }

  /// Every number of a dataset (f64 or f32), row-major.
  std::vector<double> values(const std::string& dataset) const {
    const Open open(*this, dataset);
    std::vector<double> all(size_t(H5Sget_simple_extent_npoints(open.space)));
    if (H5Dread(open.set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()) < 0) {
      throw FileError(path_, dataset + " cannot be read");
    }
    return all;
  }
  double number(const std::string& dataset) const {
    const std::vector<double> all = values(dataset);
    if (all.size() != 1) throw FileError(path_, dataset + ": not a single number");
    return all[0];
  }
  std::vector<int> shape(const std::string& dataset) const {
    const Open open(*this, dataset);
    std::vector<hsize_t> sizes(size_t(H5Sget_simple_extent_ndims(open.space)));
    H5Sget_simple_extent_dims(open.space, sizes.data(), nullptr);
    return {sizes.begin(), sizes.end()};
  }

 private:
  struct Open {
    hid_t set, space;
    Open(const Recorded& file, const std::string& dataset) {
      if (!file.has(dataset)) throw FileError(file.path_, "has no dataset " + dataset);
      set = H5Dopen2(file.file_, dataset.c_str(), H5P_DEFAULT);
      space = H5Dget_space(set);
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() {
      H5Sclose(space);
      H5Dclose(set);
    }
  };

  static herr_t note(hid_t group, const char* name, const H5L_info_t*, void* self) {
    const hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (H5Iget_type(object) == H5I_DATASET) static_cast<Recorded*>(self)->datasets_.insert(name);
    H5Oclose(object);
    return 0;
  }

  std::string path_;
  hid_t file_;
  std::set<std::string> datasets_;
};

}  // namespace impasto
