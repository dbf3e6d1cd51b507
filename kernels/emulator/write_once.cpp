// Compares outputs with the fill after each turn, a stretch at a time.
#include "kernels/emulator/write_once.h"

#include <algorithm>
#include <cstring>

namespace impasto::emulator {
namespace {

constexpr std::size_t stretch = 256;  // elements compared at once

std::string element_named(std::size_t output, std::size_t element) {
  return "element " + std::to_string(element) + " of output " + std::to_string(output);
}

}  // namespace

WriteOnce::WriteOnce(std::vector<Output> outputs, unsigned char fill) {
  std::size_t widest = 1;
  for (const Output& output : outputs) {
    const std::size_t bytes = output.count * output.element_bytes;
    std::memset(output.data, fill, bytes);
    watched_.push_back({output, std::vector<std::byte>(bytes, std::byte{fill}), std::vector<Writer>(output.count)});
    widest = std::max(widest, output.element_bytes);
  }
  untouched_.assign(stretch * widest, std::byte{fill});
}

void WriteOnce::after_turn(std::int64_t block, int thread) {
  for (Watched& watched : watched_) {
    const auto [data, count, bytes] = watched.output;
    for (std::size_t begin = 0; begin < count; begin += stretch) {
      const std::size_t end = std::min(begin + stretch, count);
      const std::byte* first = static_cast<const std::byte*>(data) + begin * bytes;
      if (std::memcmp(first, untouched_.data(), (end - begin) * bytes) == 0) continue;
      for (std::size_t element = begin; element < end; element++, first += bytes)
        if (std::memcmp(first, untouched_.data(), bytes) != 0) collect(watched, element, {block, thread});
    }
  }
}

void WriteOnce::collect(Watched& watched, std::size_t element, Writer writer) {
  Writer& before = watched.writers[element];
  if (before.block >= 0)
    throw Failure("written twice: " + element_named(&watched - watched_.data(), element) + ", by thread " + std::to_string(before.thread) +
                  " of block " + std::to_string(before.block) + " and thread " + std::to_string(writer.thread) + " of block " +
                  std::to_string(writer.block));
  before = writer;
  const std::size_t bytes = watched.output.element_bytes;
  std::byte* stored = static_cast<std::byte*>(watched.output.data) + element * bytes;
  std::memcpy(watched.values.data() + element * bytes, stored, bytes);
  std::memcpy(stored, untouched_.data(), bytes);
}

std::string WriteOnce::first_unwritten(const WriteOnce& other) const {
  for (std::size_t output = 0; output < watched_.size(); output++) {
    const auto &here = watched_[output].writers, &there = other.watched_[output].writers;
    for (std::size_t element = 0; element < here.size(); element++)
      if (here[element].block < 0 && there[element].block < 0) return element_named(output, element);
  }
  return {};
}

void WriteOnce::deliver() const {
  for (const Watched& watched : watched_) std::memcpy(watched.output.data, watched.values.data(), watched.values.size());
}

}  // namespace impasto::emulator
