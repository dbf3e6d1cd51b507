// Watches the outputs of a kernel and finds elements written twice or not at all; launch_write_once() in emulator.h says how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/emulator/machine.h"

namespace impasto::emulator {

class WriteOnce final : public TurnWatcher {
 public:
  /// Fills the outputs with the byte `fill`.
  WriteOnce(std::vector<Output> outputs, unsigned char fill);

  /// Throws Failure at a second write.
  void after_turn(std::int64_t block, int thread) override;

  /// The first element neither this run nor `other` has seen written, in words; empty if there is none.
  std::string first_unwritten(const WriteOnce& other) const;
  bool complete() const { return first_unwritten(*this).empty(); }

  /// Puts the values written back into the outputs.
  void deliver() const;

 private:
  struct Writer {
    std::int64_t block = -1;
    int thread = 0;
  };
  struct Watched {
    Output output;
    std::vector<std::byte> values;
    std::vector<Writer> writers;  // of each element
  };
  void collect(Watched& watched, std::size_t element, Writer writer);

  std::vector<Watched> watched_;
  std::vector<std::byte> untouched_;  // a stretch of fill to compare with
};

}  // namespace impasto::emulator
