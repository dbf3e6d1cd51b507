// Looks at the attributes in an HDF5 object's header before the library decodes them: version 1.10 trusts their lengths and reads past the
// end.
#pragma once
#include <cstdint>
#include <string>

namespace impasto {

/// Throws Error (a clause for a message) unless every attribute of the object at `address` is a number or strings of fixed length, lies
/// whole in the header, and the file is of the format with checksums (superblock 2 or later, no user block), in which alone we write
/// attributes.
void judge_attributes(const std::string& path, uint64_t address);

}  // namespace impasto
