// The first bytes of a file against what its kind must begin with, before any parser sees it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace impasto {

/// Throws FileError with a remedy if `path` is missing, no regular file, empty, shorter than `least` bytes or does not begin with `magic`;
/// `kind` is for the message ("an HDF5 file"). Returns the file's size.
int64_t require_signature(const std::string& path, std::string_view magic, int64_t least, const std::string& kind);

/// FileError for a file that begins as its kind cannot, with what it seems to be instead.
[[noreturn]] void refuse_beginning(const std::string& path, const std::string& begins, const std::string& kind);

/// Of a text out of a file, for messages: the first characters in quotes, dots for what could play tricks with a terminal.
std::string printable(const std::string& text, size_t most = 60);

}  // namespace impasto
