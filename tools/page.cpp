#include "tools/page.h"

#include <algorithm>

#include "loaders/resize.h"

namespace impasto {

extern const char* const page_css;
extern const char* const page_js;

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Inside a script element nothing may look like its end.
std::string safe_json(const Json& json) {
  std::string safe;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) safe += c == '<' ? "\\u003c" : std::string(1, c);
  return safe;
}

void put(std::string& page, const std::string& mark, const std::string& text) { page.replace(page.find(mark), mark.size(), text); }

}  // namespace

std::string base64(const std::vector<std::uint8_t>& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const unsigned word = unsigned(bytes[i]) << 16 | (left > 1 ? unsigned(bytes[i + 1]) << 8 : 0) | (left > 2 ? unsigned(bytes[i + 2]) : 0);
    text += {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=', left > 2 ? digits[word & 63] : '='};
  }
  return text;
}

std::string base64(const std::string& bytes) { return base64(std::vector<std::uint8_t>(bytes.begin(), bytes.end())); }

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  unsigned word = 0;
  int bits = 0;
  for (const char c : text.substr(0, text.find('='))) {
    const std::size_t digit = digits.find(c);
    if (digit == digits.npos) return {};
    word = word << 6 | unsigned(digit);
    if ((bits += 6) >= 8) bytes += char(word >> (bits -= 8) & 255);
  }
  if (base64(bytes) != text) return {};
  return bytes;
}

std::string data_uri(const Picture& picture, int longest, int quality) {
  const Picture small = resize_longest(picture, std::min(longest, std::max(picture.width, picture.height)));
  return "data:image/jpeg;base64," + base64(encode_picture(small, PictureFormat::jpeg, {.quality = quality}));
}

std::string filled_page(const std::string& html, const std::string& css, const std::string& js, const Json& data) {
  std::string page = html;
  put(page, "{{style}}", page_css + css);
  put(page, "{{script}}", page_js + js);
  put(page, "{{data}}", safe_json(data));
  return page;
}

}  // namespace impasto
