#include "tools/page.h"

#include <doctest/doctest.h>

using namespace impasto;

TEST_CASE("base64 is that of RFC 4648") {
  const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"},
                                                       {"\xff\xfe\xfd", "//79"}};
  for (const auto& [bytes, text] : cases) {
    CHECK(base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
  }
  for (const char* wrong : {"Z", "Zg", "Zg=", "Zh==", "Zm9v=", "Z m9", "Zm9v\n", "=", "Zg==Zg=="}) {
    CAPTURE(wrong);
    CHECK(!from_base64(wrong));
  }
}

TEST_CASE("what a page is given does not end its script") {
  const std::string page =
      filled_page("<style>{{style}}</style><script>{{data}}</script>{{script}}", "/*own*/", "//own", {{"a", "</script>{{script}}"}});
  CHECK(page.find("/*own*/") < page.find("</style>"));
  CHECK(page.find("//own") != page.npos);
  CHECK(page.find("</script>") == page.rfind("</script>"));
  CHECK(page.find("\\u003c/script>{{script}}") != page.npos);
}
