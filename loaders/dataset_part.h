// A style data set in the making, as make_style_dataset.py of fast-neural-style writes it: /train2014/images and /val2014/images,
// u8 [N, 3, size, size], each in one piece. How many photographs are whole is known at the end only, so until then the file is
// PATH.part, which survives being killed at any moment:
//   room for HDF5's own bytes | photographs, one behind another, training first | what is done: a line and a byte a photograph
// At the end HDF5's bytes are put in front and the file gets its name.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace impasto {

struct DatasetPlan {
  int size;                                    ///< of the squares, in pixels
  std::vector<std::string> train, validation;  ///< the photographs' names; validation may be empty

  int64_t count() const { return static_cast<int64_t>(train.size() + validation.size()); }
  int64_t bytes() const { return int64_t{3} * size * size; }
  const std::string& name(int64_t i) const {
    const auto at = static_cast<size_t>(i);
    return at < train.size() ? train[at] : validation[at - train.size()];
  }
};

/// Photographs are numbered as the plan lists them, training first, and settled in that order. One process at a time.
/// Everything throws FileError: also for a PATH.part that was begun by another plan.
class DatasetPart {
 public:
  /// Goes on with PATH.part or begins it.
  DatasetPart(const std::string& path, DatasetPlan plan);
  ~DatasetPart();
  DatasetPart(const DatasetPart&) = delete;
  DatasetPart& operator=(const DatasetPart&) = delete;

  /// How many are settled; the first of them that were found broken.
  int64_t settled() const { return static_cast<int64_t>(states.size()); }
  bool broken(int64_t i) const;

  /// The next photographs: [3, size, size] bytes, or nothing for one that is broken. On the disk when it returns.
  void settle(const std::vector<std::optional<std::vector<uint8_t>>>& photographs);

  /// All are settled: PATH.part becomes PATH. Throws Error if every photograph of a split is broken.
  void finish();

 private:
  void go_on();
  int64_t states_at() const;
  int64_t whole(int64_t begin, int64_t end) const;
  void write(int64_t at, const void* bytes, size_t size);
  void sync();

  std::string path, part;
  DatasetPlan plan;
  int file = -1;
  std::string line;             // of what is done: the plan's fingerprint
  std::vector<uint8_t> states;  // of the settled ones
};

}  // namespace impasto
