// Reports as JSON: for people in a file, on one line for programs that read standard output.
#pragma once
#include <string>

#include <nlohmann/json.hpp>

namespace impasto {

using Json = nlohmann::ordered_json;

/// "-" is standard output, on one line; "" is no file. Bytes that are no UTF-8 are replaced. Throws FileError.
void write_json(const std::string& path, const Json& json);

/// null for NaN.
Json json_number(double value);

}  // namespace impasto
