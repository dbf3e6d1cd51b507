// The table of contents of a zip archive, for archives whose files lie in it as they are: PyTorch compresses nothing, so no decompressor
// is let near a file from elsewhere, and what is read is bounded by the file's own size. Layout: PKWARE's APPNOTE.TXT, 4.3.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "loaders/input_file.h"

namespace impasto {

struct ZipEntry {
  int64_t header = 0, size = 0;  // where its local header begins; stored bytes
  bool stored = true;            // else compressed or encrypted
};

/// By name. Every entry lies before the directory, no name stands twice. Throws FileError, also for archives above 4 GiB, in several
/// parts, or with a comment at the end.
std::map<std::string, ZipEntry> read_zip_directory(InputFile& file);

/// Where the entry's bytes begin in the file. Throws FileError if it is not stored or its local header does not fit.
int64_t zip_data(InputFile& file, const std::string& name, const ZipEntry& entry);

}  // namespace impasto
