// Pages for the browser, each one file that fetches nothing: what it shows stands in it as JSON, pictures as data URIs, and a content
// security policy in its HTML forbids it to fetch. page.css and page.js are shared by all of them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loaders/picture.h"
#include "tools/json_file.h"

namespace impasto {

/// RFC 4648.
std::string base64(const std::vector<std::uint8_t>& bytes);
std::string base64(const std::string& bytes);
/// None of what base64() does not write.
std::optional<std::string> from_base64(std::string_view text);

/// As JPEG, no side longer than `longest` pixels.
std::string data_uri(const Picture& picture, int longest, int quality);

/// `html` with page.css and `css` for its {{style}}, page.js and `js` for its {{script}}, and `data` for its {{data}}.
std::string filled_page(const std::string& html, const std::string& css, const std::string& js, const Json& data);

}  // namespace impasto
