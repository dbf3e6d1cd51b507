// The HDF5 C library behind RAII: one lock around it, handles that close themselves, and its error stack in words.
#pragma once
#include <hdf5.h>

#include <string>
#include <utility>

namespace impasto {

/// Held while the library is used: builds of it that are not thread-safe are common. Recursive within a thread.
/// The first one turns plug-in filters off; each one silences the library's printing.
class Hdf5Lock {
 public:
  Hdf5Lock();
  ~Hdf5Lock();
  Hdf5Lock(const Hdf5Lock&) = delete;
  Hdf5Lock& operator=(const Hdf5Lock&) = delete;
};

/// An identifier of the library and the function that closes it.
class Hdf5Handle {
 public:
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, herr_t (*close)(hid_t)) : id(id), close(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id(std::exchange(other.id, H5I_INVALID_HID)), close(other.close) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id, other.id);
    std::swap(close, other.close);
    return *this;
  }
  ~Hdf5Handle() {
    if (id >= 0) close(id);
  }
  operator hid_t() const { return id; }
  bool good() const { return id >= 0; }
  hid_t release() { return std::exchange(id, H5I_INVALID_HID); }

 private:
  hid_t id = H5I_INVALID_HID;
  herr_t (*close)(hid_t) = nullptr;
};

/// The most specific line of the library's error stack, or "no reason given".
std::string hdf5_reason();

/// IEEE binary16, little-endian: version 1.10 of the library has no name for it.
Hdf5Handle hdf5_half();

}  // namespace impasto
