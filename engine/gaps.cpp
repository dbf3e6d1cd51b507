#include "engine/gaps.h"

#include <iterator>

namespace impasto {

void Gaps::add(char* begin, size_t size) {
  const auto behind = by_address_.lower_bound(begin);
  if (behind != by_address_.begin()) {
    if (const auto before = std::prev(behind); before->first + before->second == begin) {
      begin = before->first;
      size += before->second;
      erase(before);
    }
  }
  if (behind != by_address_.end() && begin + size == behind->first) {
    size += behind->second;
    erase(behind);
  }
  insert(begin, size);
}

char* Gaps::take(size_t size) {
  const auto fit = by_size_.lower_bound({size, nullptr});
  if (fit == by_size_.end()) return nullptr;
  const auto [whole, begin] = *fit;
  erase(by_address_.find(begin));
  if (whole > size) insert(begin + size, whole - size);
  return begin;
}

void Gaps::remove(char* begin) {
  if (const auto gap = by_address_.find(begin); gap != by_address_.end()) erase(gap);
}

void Gaps::clear() {
  by_address_.clear();
  by_size_.clear();
}

void Gaps::insert(char* begin, size_t size) {
  by_address_[begin] = size;
  by_size_.insert({size, begin});
}

void Gaps::erase(std::map<char*, size_t>::iterator gap) {
  by_size_.erase({gap->second, gap->first});
  by_address_.erase(gap);
}

}  // namespace impasto
