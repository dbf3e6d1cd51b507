#include "loaders/hdf5_rows.h"

#include "engine/error.h"

namespace impasto {

Hdf5Rows::Hdf5Rows(std::string path, std::string name, Hdf5Handle file, Hdf5Handle dataset)
    : path(std::move(path)),
      name(std::move(name)),
      file(std::move(file)),
      dataset(std::move(dataset)),
      extent(hdf5_extent(this->dataset)) {}

Hdf5Rows::~Hdf5Rows() {
  const Hdf5Lock lock;
  dataset = Hdf5Handle();
  file = Hdf5Handle();
}

std::vector<uint8_t> Hdf5Rows::read(int64_t first, int64_t count) const {
  const Hdf5Lock lock;
  try {
    return hdf5_rows(dataset, extent, first, count);
  } catch (const Error& error) {
    throw FileError(path, name + ' ' + error.what() + "; fetch it again");
  }
}

Hdf5Rows Hdf5File::rows(const std::string& name) && {
  Hdf5Handle dataset = open(name);
  return {path, name, std::move(file), std::move(dataset)};
}

}  // namespace impasto
