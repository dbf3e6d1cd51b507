// A command's options as JSON: read from a configuration file, and written down in what the command makes. A key is an option's long
// name without dashes ("style-weight"), or a positional's name in lower case ("painting").
#pragma once
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/json_file.h"

namespace impasto {

/// Throws FileError if the file is no JSON object.
Json read_settings(const std::string& path);

/// The same from what a network's file says of its training, a text; `source` is for messages. Throws UsageError.
Json parse_settings(const std::string& text, const std::string& source);

/// Gives the command what its command line left open; values are checked as if they had stood there. `source` is for messages.
/// Throws UsageError for a key that is no option of the command, or a value that the option refuses.
void apply_settings(CLI::App& command, const Json& settings, const std::string& source);

/// The options of these groups, given or by default; those without a value are left out.
Json settings_of(const CLI::App& command, const std::vector<std::string>& groups);

}  // namespace impasto
