// Pool allocator: one per backend. Freed blocks are kept and handed out again, so that a repeated step
// allocates nothing and touches no new page; live and peak bytes are known at any moment.
// Small blocks come in size classes; large ones are cut from and joined with their idle neighbours (engine/gaps.h).
// Recorded work (Backend::record) has blocks of its own: it writes them at each replay, whether a tensor still holds them or not.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
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
    int set;
  };
  friend class RecordedBlocks;
  int begin_recording();  // returns a new set
  void end_recording();
  void release_recording(int set) noexcept;
  struct Idle {
    std::map<size_t, std::vector<void*>> small;
    Gaps large;
    void* take(size_t& size);  // size: of what was found
    void* take_small(size_t& size);
    void add(void* block, size_t size);
  };
  void* take(size_t size);
  void give_back(void* block, size_t size, bool large) noexcept;
  void trim_idle();
  void hide(const void* block, size_t count) const;  // from AddressSanitizer
  void show(const void* block, size_t count) const;

  const bool on_host_;
  mutable std::mutex mutex_;
  std::map<int, Idle> idle_;  // by set; 0: of those that serve everybody
  int recorded_ = 0, last_set_ = 0;
  std::map<void*, Block> live_;
  Usage usage_;
  size_t most_idle_ = SIZE_MAX;
  bool guarded_ = false;
  int damaged_ = 0;
};

/// Blocks of recorded work: while `work` runs, all that the pool hands out or takes back joins a set, which serves nobody else for as long as
/// this lives. What tensors still hold then comes back like any other block.
class RecordedBlocks {
 public:
  /// Throws what `work` throws, and Error if work is being recorded already.
  RecordedBlocks(std::shared_ptr<Pool> pool, const std::function<void()>& work);
  ~RecordedBlocks() { pool_->release_recording(set_); }
  RecordedBlocks(const RecordedBlocks&) = delete;
  RecordedBlocks& operator=(const RecordedBlocks&) = delete;

 private:
  std::shared_ptr<Pool> pool_;
  int set_;
};

}  // namespace impasto
