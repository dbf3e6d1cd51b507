// Create, write, fsync, rename, fsync of the folder: without the last one a power cut can lose the new name.
#include "loaders/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "engine/error.h"

namespace impasto {
namespace {

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  /// Some file systems report a full disk only here.
  int close() {
    const int result = ::close(number);
    number = -1;
    return result;
  }
};

/// errno of the failure, 0 if all was written.
int write_all(int descriptor, Bytes bytes) {
  while (!bytes.empty()) {
    constexpr std::size_t most = std::size_t{1} << 30;  // the system takes no more than 2 GB at once
    const ssize_t written = ::write(descriptor, bytes.data(), std::min(bytes.size(), most));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

constexpr const char *temporary_prefix = ".impasto-", *temporary_ending = ".tmp";

bool is_abandoned(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(temporary_prefix) || !name.ends_with(temporary_ending)) return false;
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  return file.number >= 0 && ::flock(file.number, LOCK_EX | LOCK_NB) == 0;
}

/// Short and not made of the target's name, which may already be as long as a name can be.
std::string fresh_name(const std::string& folder) {
  static std::atomic<unsigned> counter{0};
  return folder + '/' + temporary_prefix + std::to_string(::getpid()) + "-" + std::to_string(counter++) + temporary_ending;
}

bool is_special(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/// An ordinary file that is there. Failures are told of `path`.
void fill(const std::string& name, const std::string& path, Bytes bytes) {
  Descriptor file{::open(name.c_str(), O_WRONLY | O_CLOEXEC)};
  if (file.number < 0) refuse_write(path, errno);
  if (const int reason = write_all(file.number, bytes)) refuse_write(path, reason);
  if (file.close() != 0) refuse_write(path, errno);
}

void make_durable(const std::string& path, int flags, int& reason) {
  const Descriptor file{::open(path.c_str(), flags | O_CLOEXEC)};
  if (file.number < 0 || ::fsync(file.number) != 0) reason = errno;
}

}  // namespace

void refuse_write(const std::string& path, int reason) {
  const std::string folder = folder_of(path);
  switch (reason) {
    case ENOSPC:
      throw FileError(path, "cannot be written, the disk is full; free some space or write elsewhere");
    case EDQUOT:
      throw FileError(path, "cannot be written, your share of the disk is used up; free some space or write elsewhere");
    case EFBIG:
      throw FileError(path, "cannot be written, it would be larger than files may be here; write elsewhere");
    case EACCES:
    case EPERM:
      throw FileError(path, "cannot be written, new files are not allowed in " + folder + "; write elsewhere");
    case EROFS:
      throw FileError(path, "cannot be written, " + folder + " is read-only; write elsewhere");
    case ENOENT:
    case ENOTDIR:
      throw FileError(path, "cannot be written, there is no folder " + folder + "; create it first");
    case EISDIR:
      throw FileError(path, "cannot be written, it is a folder; give a file name");
    case ENAMETOOLONG:
      throw FileError(path, "cannot be written, the name is too long; shorten it");
    case EPIPE:
      throw FileError(path, "cannot be written, the program that reads it has ended");
    default:
      throw FileError(path, "cannot be written (" + std::string(std::strerror(reason)) + "); write elsewhere");
  }
}

AtomicFile::AtomicFile(const std::string& given) : path(given), target(given) {
  std::error_code ignored;
  if (std::filesystem::is_symlink(path, ignored)) {
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(path, ignored);
    if (!ignored) target = resolved.string();
  }
  struct stat old;
  const bool exists = ::stat(target.c_str(), &old) == 0;
  if (!exists && errno != ENOENT) refuse_write(path, errno);
  if (exists && S_ISDIR(old.st_mode)) refuse_write(path, EISDIR);
  if (exists && !S_ISREG(old.st_mode)) throw FileError(path, "cannot be replaced, it is a device or pipe; give a file name");
  if (exists && ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0)
    throw FileError(path, "cannot be replaced, it is write-protected; allow writing or give another name");
  if (target.empty() || target.back() == '/') throw FileError(path, "cannot be written, it is not a file name");

  for (;;) {
    const std::string name = fresh_name(folder_of(target));
    held = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (held < 0 && errno == EEXIST) continue;  // left behind by a killed process that had our number
    if (held < 0) refuse_write(path, errno);
    static_cast<void>(::flock(held, LOCK_EX | LOCK_NB));  // some file systems have no locks
    temporary_name = name;
    if (exists) permissions = static_cast<int>(old.st_mode & 07777);
    return;
  }
}

AtomicFile::~AtomicFile() {
  if (!temporary_name.empty()) ::unlink(temporary_name.c_str());
  if (held >= 0) ::close(held);
}

void AtomicFile::commit() {
  if (permissions >= 0) static_cast<void>(::chmod(temporary_name.c_str(), static_cast<mode_t>(permissions)));
  int reason = 0;
  make_durable(temporary_name, O_RDONLY, reason);
  if (reason != 0) refuse_write(path, reason);
  if (std::rename(temporary_name.c_str(), target.c_str()) != 0) refuse_write(path, errno);
  temporary_name.clear();
  int ignored = 0;  // not every file system can sync a folder, and the file is whole either way
  make_durable(folder_of(target), O_RDONLY | O_DIRECTORY, ignored);
}

void remove_abandoned(const std::string& path) {
  std::error_code ignored;
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(path), ignored))
    if (is_abandoned(entry.path())) found.push_back(entry.path());
  for (const auto& each : found) std::filesystem::remove(each, ignored);
}

void write_file_atomically(const std::string& path, Bytes bytes) {
  if (path == "-") {
    if (const int reason = write_all(STDOUT_FILENO, bytes)) refuse_write("standard output", reason);
    return;
  }
  if (is_special(path)) {
    fill(path, path, bytes);
  } else {
    write_files_atomically({{path, bytes}});
  }
}

void write_files_atomically(const std::vector<std::pair<std::string, Bytes>>& files) {
  std::vector<std::unique_ptr<AtomicFile>> whole;
  for (const auto& [path, bytes] : files) {
    whole.push_back(std::make_unique<AtomicFile>(path));
    fill(whole.back()->temporary(), path, bytes);
  }
  for (const auto& file : whole) file->commit();
}

}  // namespace impasto
