#include "loaders/hdf5_memory.h"

#include <cstdlib>
#include <cstring>

namespace impasto {
namespace {

constexpr size_t step = size_t{1} << 20;
constexpr size_t end_field = 28;  // of the superblock, versions 2 and 3: where the file ends, u64

// The buffer grows in steps; the superblock says how much of it is the file.
size_t file_size(const void* buffer, size_t size) {
  uint64_t end = 0;
  if (size >= end_field + sizeof end) std::memcpy(&end, static_cast<const char*>(buffer) + end_field, sizeof end);
  return end <= size ? size_t(end) : 0;
}

}  // namespace

struct Hdf5Memory::Callbacks {
  static Hdf5Memory& of(void* data) { return *static_cast<Hdf5Memory*>(data); }
  static void* allocate(size_t size, H5FD_file_image_op_t, void* data) {
    of(data).size_ = size;
    return std::malloc(size);
  }
  static void* copy(void* to, const void* from, size_t size, H5FD_file_image_op_t, void*) { return std::memcpy(to, from, size); }
  static void* reallocate(void* buffer, size_t size, H5FD_file_image_op_t, void* data) {
    void* larger = std::realloc(buffer, size);
    if (larger) of(data).size_ = size;
    return larger;
  }
  static herr_t release(void* buffer, H5FD_file_image_op_t operation, void* data) {
    if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE) {
      const auto* begin = static_cast<const uint8_t*>(buffer);
      of(data).bytes_.assign(begin, begin + file_size(buffer, of(data).size_));
    }
    std::free(buffer);
    return 0;
  }
  static void* same(void* data) { return data; }
  static herr_t nothing(void*) { return 0; }
};

void Hdf5Memory::use(hid_t access) {
  H5Pset_fapl_core(access, step, false);
  H5FD_file_image_callbacks_t callbacks{Callbacks::allocate, Callbacks::copy, Callbacks::reallocate, Callbacks::release,
                                        Callbacks::same,     Callbacks::nothing, this};
  H5Pset_file_image_callbacks(access, &callbacks);
}

}  // namespace impasto
