// A file that is either the old one or the whole new one, whatever fails in between.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "loaders/bytes.h"

namespace impasto {

/// An empty file under a temporary name in the folder of `path`, ready to be opened by name and filled by any library.
/// commit() makes it durable and gives it its name; without commit() it disappears. A link is followed, so that what it
/// points to is replaced; an existing file's permissions are kept. Throws FileError (no such folder, not allowed, full).
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::string& temporary() const { return temporary_name; }

  /// The writer must have closed the temporary file. Call once.
  void commit();

 private:
  std::string path;            ///< as given, for messages
  std::string target;          ///< with links resolved
  std::string temporary_name;  ///< empty once committed
  int permissions = -1;        ///< of the file that is replaced; -1: there is none
  int held = -1;               ///< a descriptor with a lock, which ends with the process: so others see that the file is in use
};

/// Removes what AtomicFiles that nobody holds any more (of processes that were killed) left in the folder of `path`.
void remove_abandoned(const std::string& path);

/// "-" is standard output; that, and what is no ordinary file (a pipe, a device), is written straight, not atomically.
void write_file_atomically(const std::string& path, Bytes bytes);

/// Files that belong together, each by its path: none gets its name before all of them are whole under temporary ones.
void write_files_atomically(const std::vector<std::pair<std::string, Bytes>>& files);

/// FileError for a write to `path` that failed with this errno: one sentence with what to do. Also for other writers.
[[noreturn]] void refuse_write(const std::string& path, int reason);

}  // namespace impasto
