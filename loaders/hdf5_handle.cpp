#include "loaders/hdf5_handle.h"

#include <mutex>

namespace impasto {
namespace {

std::recursive_mutex& library() {
  static std::recursive_mutex mutex;
  return mutex;
}

herr_t keep_first(unsigned n, const H5E_error2_t* error, void* text) {
  if (n == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

}  // namespace

Hdf5Lock::Hdf5Lock() {
  library().lock();
  static const bool plugins_off = H5PLset_loading_state(0) >= 0;
  (void)plugins_off;
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Lock::~Hdf5Lock() { library().unlock(); }

std::string hdf5_reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  return text.empty() ? "no reason given" : text;
}

Hdf5Handle hdf5_half() {
  Hdf5Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_fields(type, 15, 10, 5, 0, 10);  // sign, exponent at 10 of 5 bits, mantissa at 0 of 10 bits
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

}  // namespace impasto
