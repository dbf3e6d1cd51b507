// docs/gradients.md, made from the registry: each layer's words and the measured error of its gradient, case by case.
#pragma once
#include <string>

namespace impasto {

/// The whole page. It runs every gradient check (some seconds) and comes out the same on every machine.
std::string gradients_page();

/// LaTeX between dollars in the form that no Markdown reader mistakes for Markdown: $`...`$ in a line, a fenced block for $$...$$.
std::string with_fenced_math(const std::string& text);

}  // namespace impasto
