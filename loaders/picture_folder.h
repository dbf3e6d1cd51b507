// The pictures of a folder.
#pragma once
#include <string>
#include <vector>

namespace impasto {

/// Whether the name ends like a picture's: .jpg .jpeg .png .webp, in any case.
bool has_picture_ending(const std::string& path);

/// The pictures below a folder, by the endings of their names: paths seen from it, in byte order. Hidden files and folders, other files,
/// folders that are links, and the folder `except` are passed over.
/// Throws FileError if there are none, or if the folder cannot be read to its end.
std::vector<std::string> pictures_in(const std::string& folder, const std::string& except = "");

}  // namespace impasto
