// Pool allocator: one per backend. Freed blocks are kept and handed out again, so that a repeated step
// allocates nothing and touches no new page; live and peak bytes are known at any moment.
// Small blocks come in size classes; large ones are cut from and joined with their idle neighbours (engine/gaps.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/gaps.h"

namespace impasto {

class Pool {
 public:
  struct Usage {
    size_t live = 0;      // bytes handed out now
    size_t peak = 0;      // most bytes ever handed out at once (since reset_peak)
    size_t reserved = 0;  // bytes held from the system, idle blocks included
  };

  Pool() : Pool(true) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  virtual ~Pool();

  /// A 64-byte aligned block of at least `bytes`, contents unspecified. Throws MemoryError.
  void* allocate(size_t bytes);
  void release(void* block) noexcept;
  Usage usage() const;
  void reset_peak();
  /// Gives idle blocks back to the system.
  void trim();
  /// From now on a block whose release would leave more idle bytes than this goes back to the system at once: less memory for work
  /// that is done only once, page faults for work that repeats. At first there is no limit.
  void limit_idle(size_t bytes);

  /// Testing aid: new blocks are filled with NaN, and a guard behind each block is checked when it is released.
  /// damaged() counts the guards found overwritten.
  void set_guarded(bool guarded);
  int damaged() const;

 protected:
  /// on_host: this processor may read and write the blocks.
  explicit Pool(bool on_host) : on_host_(on_host) {}
  /// Where blocks come from; a device pool overrides these. system_allocate returns nullptr when there is no memory. What it gave out
  /// as large blocks (is_large) may come back in parts, however small, or neighbours together: then `large` is true.
  virtual void* system_allocate(size_t bytes);
  virtual void system_release(void* block, size_t bytes, bool large) noexcept;
  static bool is_large(size_t bytes);
  /// What is said when there is no memory for so many bytes more, `live` being in use: the need, what is free, the remedy.
  virtual std::string shortage(size_t bytes, size_t live) const;
  /// For guards; a pool whose blocks are not the host's overrides these.
  virtual void fill_bytes(void* block, unsigned char byte, size_t count);
  virtual bool all_bytes(const void* block, unsigned char byte, size_t count) const;

 private:
  struct Block {
    size_t size;   // of the block
    size_t asked;  // by the user; the guard begins here
    bool guarded;
  };
  void* take(size_t size);
  void* take_small(size_t& size);  // size: that of what was found
  void give_back(void* block, size_t size, bool large) noexcept;
  void trim_idle();
  void hide(const void* block, size_t count) const;  // from AddressSanitizer
  void show(const void* block, size_t count) const;

  const bool on_host_;
  mutable std::mutex mutex_;
  std::map<size_t, std::vector<void*>> idle_;  // small ones
  Gaps gaps_;
  std::map<void*, Block> live_;
  Usage usage_;
  size_t most_idle_ = SIZE_MAX;
  bool guarded_ = false;
  int damaged_ = 0;
};

}  // namespace impasto
