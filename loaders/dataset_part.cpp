#include "loaders/dataset_part.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "engine/error.h"
#include "loaders/atomic_file.h"
#include "loaders/dataset_head.h"
#include "loaders/sha256.h"

namespace impasto {
namespace {

constexpr uint8_t is_whole = 1, is_broken = 2;  // 0: not settled

std::string fingerprint(const DatasetPlan& plan) {
  Sha256 hash;
  const auto add = [&](const std::string& text) { hash.add(text.data(), text.size() + 1); };  // with its zero
  add(std::to_string(plan.size));
  add(std::to_string(plan.train.size()));
  for (int64_t i = 0; i < plan.count(); ++i) add(plan.name(i));
  return "impasto data set, in the making: " + hash.hex() + '\n';
}

/// What is there of `size` bytes.
std::string read_at(int file, int64_t at, size_t size, const std::string& path) {
  std::string bytes(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t more = ::pread(file, bytes.data() + got, size - got, at + static_cast<int64_t>(got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) throw FileError(path, "cannot be read; check the disk");
    if (more == 0) break;
    got += static_cast<size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

}  // namespace

DatasetPart::DatasetPart(const std::string& path, DatasetPlan given)
    : path(path), part(path + ".part"), plan(std::move(given)), line(fingerprint(plan)) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) refuse_write(path, EISDIR);
  file = ::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) refuse_write(path, errno);
  try {
    if (::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      throw FileError(part, "another run is at work on it; wait for its end");
    struct stat status;
    if (::fstat(file, &status) != 0) refuse_write(part, errno);
    if (status.st_size == 0)
      write(head_bytes + plan.count() * plan.bytes(), line.data(), line.size());
    else
      go_on();
  } catch (...) {
    ::close(file);
    throw;
  }
}

DatasetPart::~DatasetPart() { ::close(file); }

int64_t DatasetPart::states_at() const { return head_bytes + plan.count() * plan.bytes() + static_cast<int64_t>(line.size()); }

void DatasetPart::go_on() {
  if (read_at(file, states_at() - static_cast<int64_t>(line.size()), line.size(), part) != line)
    throw FileError(part, "was begun with another size or other photographs; go on with those, or delete it to begin anew");
  const std::string known = read_at(file, states_at(), static_cast<size_t>(plan.count()), part);
  states.assign(known.begin(), std::find(known.begin(), known.end(), '\0'));
}

bool DatasetPart::broken(int64_t i) const { return states.at(static_cast<size_t>(i)) == is_broken; }

int64_t DatasetPart::whole(int64_t begin, int64_t end) const { return std::count(states.begin() + begin, states.begin() + end, is_whole); }

void DatasetPart::write(int64_t at, const void* bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t more = ::pwrite(file, static_cast<const uint8_t*>(bytes) + done, size - done, at + static_cast<int64_t>(done));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) refuse_write(part, errno);
    done += static_cast<size_t>(more);
  }
}

void DatasetPart::sync() {
  if (::fdatasync(file) != 0) refuse_write(part, errno);
}

void DatasetPart::settle(const std::vector<std::optional<std::vector<uint8_t>>>& photographs) {
  int64_t at = head_bytes + whole(0, settled()) * plan.bytes();
  std::vector<uint8_t> fresh;
  for (const auto& pixels : photographs) {
    fresh.push_back(pixels ? is_whole : is_broken);
    if (!pixels) continue;
    if (static_cast<int64_t>(pixels->size()) != plan.bytes()) throw ShapeError("a photograph for the data set is not of its size");
    write(at, pixels->data(), pixels->size());
    at += plan.bytes();
  }
  sync();  // what is noted as done has to be there
  write(states_at() + settled(), fresh.data(), fresh.size());
  states.insert(states.end(), fresh.begin(), fresh.end());
}

void DatasetPart::finish() {
  const auto trained = static_cast<int64_t>(plan.train.size());
  const int64_t train = whole(0, trained), validation = whole(trained, plan.count());
  if (train == 0) throw Error("none of the " + std::to_string(trained) + " photographs for training can be used");
  if (validation == 0 && !plan.validation.empty())
    throw Error("none of the " + std::to_string(plan.validation.size()) + " photographs for validation can be used");
  const std::vector<uint8_t> head = dataset_head(path, plan.size, train, validation);
  write(0, head.data(), head.size());
  sync();
  if (std::rename(part.c_str(), path.c_str()) != 0) refuse_write(path, errno);
  // Only now: without what is done a killed run could not go on. Left there, it would do no harm.
  if (::ftruncate(file, head_bytes + (train + validation) * plan.bytes()) != 0) refuse_write(path, errno);
  sync();
}

}  // namespace impasto
