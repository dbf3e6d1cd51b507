// Idle stretches of memory, by address and by size. Neighbours become one, and a larger one is cut: a step that asks for many sizes
// in turn then needs little more than what is in use at its fullest moment.
#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace impasto {

class Gaps {
 public:
  /// A stretch that nobody uses, joined with what lies directly before and behind it.
  void add(char* begin, size_t size);
  /// From the smallest stretch that is large enough, of equal ones the first in memory; nullptr if there is none.
  char* take(size_t size);
  /// Takes out the one that begins there, if there is one.
  void remove(char* begin);
  /// All of them, by address.
  const std::map<char*, size_t>& all() const { return by_address_; }
  void clear();

 private:
  void insert(char* begin, size_t size);
  void erase(std::map<char*, size_t>::iterator gap);

  std::map<char*, size_t> by_address_;
  std::set<std::pair<size_t, char*>> by_size_;
};

}  // namespace impasto
