#include "loaders/dataset_head.h"

#include <filesystem>
#include <fstream>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "loaders/hdf5_handle.h"

namespace impasto {
namespace {

/// The offset of a new data set whose room is there at once and is not filled.
haddr_t put_dataset(hid_t file, const std::string& group, const std::vector<hsize_t>& shape, const std::string& path) {
  const Hdf5Handle untimed(H5Pcreate(H5P_GROUP_CREATE), H5Pclose), storage(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(untimed, false);
  H5Pset_obj_track_times(storage, false);
  H5Pset_alloc_time(storage, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(storage, H5D_FILL_TIME_NEVER);
  const Hdf5Handle parent(H5Gcreate2(file, group.c_str(), H5P_DEFAULT, untimed, H5P_DEFAULT), H5Gclose);
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
  const Hdf5Handle made(H5Dcreate2(parent, "images", H5T_STD_U8LE, space, H5P_DEFAULT, storage, H5P_DEFAULT), H5Dclose);
  if (!made.good()) throw FileError(path, "the data set /" + group + "/images cannot be made (" + hdf5_reason() + "); check the disk");
  return H5Dget_offset(made);
}

}  // namespace

std::vector<uint8_t> dataset_head(const std::string& path, int size, int64_t train, int64_t validation) {
  const Hdf5Lock lock;
  const AtomicFile scratch(path);  // gone in the end, for it is never committed
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose), untimed(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);  // from here on metadata has checksums
  H5Pset_meta_block_size(access, head_bytes);
  H5Pset_small_data_block_size(access, 0);
  H5Pset_file_locking(access, false, true);
  H5Pset_obj_track_times(untimed, false);
  Hdf5Handle file(H5Fcreate(scratch.temporary().c_str(), H5F_ACC_TRUNC, untimed, access), H5Fclose);
  if (!file.good()) throw FileError(path, "cannot be created (" + hdf5_reason() + "); check the disk and the folder");
  const auto side = static_cast<hsize_t>(size);
  const auto shape = [&](int64_t count) { return std::vector<hsize_t>{static_cast<hsize_t>(count), 3, side, side}; };
  const auto behind = static_cast<haddr_t>(head_bytes + train * 3 * size * size);
  const bool placed = put_dataset(file, "train2014", shape(train), path) == static_cast<haddr_t>(head_bytes) &&
                      (validation == 0 || put_dataset(file, "val2014", shape(validation), path) == behind);
  if (H5Fclose(file.release()) < 0) throw FileError(path, "cannot be created (" + hdf5_reason() + "); check the disk and the folder");

  std::vector<uint8_t> head(static_cast<size_t>(head_bytes));
  std::ifstream made(scratch.temporary(), std::ios::binary);
  made.read(reinterpret_cast<char*>(head.data()), head_bytes);
  const auto end = static_cast<std::uintmax_t>(head_bytes + (train + validation) * 3 * size * size);
  if (!made || !placed || std::filesystem::file_size(scratch.temporary()) != end)
    throw Error("this version of the HDF5 library lays files out in another way than data sets are made for here");
  return head;
}

}  // namespace impasto
