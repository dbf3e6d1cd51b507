// Blocks of a device that gives and takes back whole blocks only, for a pool that cuts them up: parts that come back are handed out again,
// and a block goes back to the device as soon as all of it has come back.
#pragma once
#include <cstddef>
#include <functional>
#include <map>

#include "engine/gaps.h"

namespace impasto {

class Reservations {
 public:
  /// allocate gives nullptr when there is no memory. Neither may throw.
  Reservations(std::function<void*(size_t)> allocate, std::function<void(void*)> release)
      : allocate_(std::move(allocate)), release_(std::move(release)) {}
  Reservations(const Reservations&) = delete;
  Reservations& operator=(const Reservations&) = delete;

  /// nullptr when there is no memory.
  void* take(size_t bytes);
  /// Any part of what was taken, or several parts that lie together.
  void give(void* part, size_t bytes) noexcept;

 private:
  std::function<void*(size_t)> allocate_;
  std::function<void(void*)> release_;
  std::map<char*, size_t> whole_;
  Gaps idle_;
};

}  // namespace impasto
