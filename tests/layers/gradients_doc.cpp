// docs/gradients.md says what the layers and their gradient checks say today.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "layers/gradients_page.h"

using namespace impasto;

TEST_CASE("docs/gradients.md is the page that the registry makes") {
  const std::ifstream file(IMPASTO_TEST_DATA "/../../docs/gradients.md");
  std::ostringstream text;
  text << file.rdbuf();
  std::istringstream found(text.str()), wanted(gradients_page());
  std::string have, want;
  for (int line = 1;; ++line) {
    const bool more = bool(std::getline(found, have)), expected = bool(std::getline(wanted, want));
    if (!more && !expected) break;
    const bool same = more == expected && have == want;
    CHECK_MESSAGE(same, "line " << line << " differs; run build/release/bench/bench_gradients_doc > docs/gradients.md, and read it\n"
                                << "  there: " << (more ? have : "(the end)") << "\n  made:  " << (expected ? want : "(the end)"));
    if (!same) break;
  }
}

TEST_CASE("formulas are fenced off from Markdown") {
  CHECK(with_fenced_math("a $x_i$ b") == "a $`x_i`$ b");
  CHECK(with_fenced_math("$$y = x$$") == "```math\ny = x\n```");
  CHECK(with_fenced_math("Here $$y$$\nand $z$.") == "Here\n\n```math\ny\n```\n\nand $`z`$.");
  CHECK_THROWS(with_fenced_math("an open $x"));
}
