// The program run from outside, in a folder of its own.
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "loaders/picture.h"
#include "tests/reference/formula.h"

namespace impasto::studio {

namespace fs = std::filesystem;

struct Answer {
  int code;
  std::string said;
  bool has(const std::string& words) const { return said.find(words) != std::string::npos; }
  long lines() const { return std::count(said.begin(), said.end(), '\n'); }
};

/// What the line prints, and how it ends: an exit code, or 128 and a signal's number.
inline Answer shell(const std::string& line) {
  FILE* pipe = popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Answer answer{};
  char buffer[4096];
  while (const size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) answer.said.append(buffer, size);
  const int status = pclose(pipe);
  answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return answer;
}

/// An empty folder that goes away again.
struct Folder {
  Folder() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string bytes(const std::string& name) const {
    std::ifstream file(path + '/' + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  nlohmann::json json(const std::string& name) const { return nlohmann::json::parse(bytes(name)); }
  bool there(const std::string& name) const { return fs::exists(path + '/' + name); }
  Picture read(const std::string& name) const { return read_picture(path + '/' + name); }

  std::string path = "/tmp/impasto-tools.XXXXXX";
};

inline Picture picture(uint32_t seed, int width, int height) {
  Picture p;
  p.width = width;
  p.height = height;
  p.rgb = formula::picture(seed, 6, height, width);
  for (float& v : p.rgb) v /= 255;
  return p;
}

}  // namespace impasto::studio
