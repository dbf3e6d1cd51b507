// Errors of impasto. The library throws these; only main() turns them into text and an exit code.
// A message is one sentence: what was wrong, where, and what to do about it.
#pragma once
#include <stdexcept>
#include <string>

namespace impasto {

/// Something failed while the program was used rightly (exit code 1).
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Shapes, layouts or dtypes that do not fit each other.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A backend was asked for something it does not have.
class MissingPrimitive : public Error {
 public:
  MissingPrimitive(const std::string& primitive, const std::string& backend) : Error("the " + backend + " backend has no " + primitive) {}
};

/// A file that is missing, damaged, hostile or not what was asked for. The message begins with the file's name.
class FileError : public Error {
 public:
  FileError(const std::string& path, const std::string& what) : Error(path + ": " + what) {}
};

/// More memory was asked for than there is; the message names the need.
class MemoryError : public Error {
 public:
  using Error::Error;
};

/// The program was called wrongly (exit code 2).
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace impasto
