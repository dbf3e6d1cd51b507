#include "layers/gradients_page.h"

#include <algorithm>
#include <cmath>

#include "kernels/reference/reference.h"
#include "layers/run_case.h"

namespace impasto {
namespace {

constexpr const char* introduction = R"(# Gradients

Every layer, with what it computes, the gradient that its backward pass delivers, where that gradient comes from, and how far it was
found from the truth. This page is made from the registry of cases (`layers/case.h`); a test makes it again and compares.

**Notation.** A layer turns $x$ into $y$, and somewhere behind it stands one number $\ell$, the loss. For any tensor $a$,
$da = \partial \ell / \partial a$: it has $a$'s shape, and $da_i$ says how fast the loss grows with $a_i$. A backward pass is
given $dy$ and delivers $dx$, by the chain rule: $dx_j = \sum_i dy_i\, \partial y_i / \partial x_j$. A condition in brackets,
$[x > 0]$, is 1 where it holds and 0 elsewhere. Indices are $n$ for the image, $c$ and $k$ for input and output channels, $h, w$
for a pixel of $x$, $p, q$ for a pixel of $y$, and $r, s$ for a place in a convolution's kernel.

**The error.** For each case the loss is $\ell = \sum_i r_i\, y_i$ with random numbers $r_i$ that never change. Every number of
every input with a gradient is moved by $h = 10^{-5}$ up and down, and the central difference
$(\ell(x_i + h) - \ell(x_i - h)) / 2h$ is compared with the $dx_i$ of the backward pass. The error is the largest difference,
divided by the largest gradient of that input; the worst input counts. All of this is done in f64 on the reference backend.
Central differences have an error of their own, about $10^{-9}$ here: from rounding ($10^{-16}\, \ell / h$) and from curvature
($h^2 / 6$ times the third derivative). Errors are rounded up to a power of ten, and what is at most 1e-8 is listed as that, since
what lies below is the difference's error and not the gradient's. A forgotten factor of 2 would stand here as 1. Whether smaller
faults would be seen is tried too: with any backward primitive off by one per cent, some case must fail
(`tests/layers/mutation.cpp`). That the other backends compute the same is checked by `tests/layers/registry.cpp`. Inputs in
parentheses are constants and take no gradient.
)";

/// Rounded up to a power of ten, 1e-8 at least.
std::string error_text(double error) {
  if (!std::isfinite(error)) return "not finite";
  return "1e" + std::to_string(std::max(-8, int(std::ceil(std::log10(std::max(error, 1e-300))))));
}

std::string inputs_text(const Case& c) {
  std::string text;
  for (const Input& input : c.inputs) {
    if (!text.empty()) text += ", ";
    const std::string shape = input.shape.text();
    text += input.differentiable ? shape : std::string("(").append(shape).append(")");
  }
  return text;
}

std::string paragraph(const char* label, const std::string& words) {
  const std::string text = with_fenced_math(words);
  const bool begins_with_block = text.compare(0, 3, "```") == 0;  // which needs a line of its own
  return std::string("\n**") + label + ".**" + (begins_with_block ? "\n\n" : " ") + text + "\n";
}

std::string section(const LayerCases& layer, Backend& reference) {
  std::string text = "\n## " + layer.layer + "\n\n[" + layer.header + "](../" + layer.header + ")\n";
  text += paragraph("Forward", layer.forward) + paragraph("Gradient", layer.gradient) + paragraph("Why", layer.derivation);
  text += "\n| case | inputs | error |\n|---|---|---|\n";
  for (const Case& c : layer.cases) {
    if (c.bench_only) continue;
    text += "| " + c.name + " | " + inputs_text(c) + " | " + error_text(gradient_error(c, reference)) + " |\n";
  }
  return text;
}

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \n"), end = text.find_last_not_of(" \n");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

}  // namespace

std::string with_fenced_math(const std::string& text) {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t open = text.find('$', at);
    if (open == std::string::npos) break;
    const std::string mark = text.compare(open, 2, "$$") == 0 ? "$$" : "$";
    const size_t close = text.find(mark, open + mark.size());
    if (close == std::string::npos) throw Error("a formula is not closed: " + text.substr(open));
    const std::string formula = text.substr(open + mark.size(), close - open - mark.size());
    out += text.substr(at, open - at);
    at = close + mark.size();
    if (mark == "$") {
      out += "$`" + formula + "`$";
      continue;
    }
    out = trimmed(out) + "\n\n```math\n" + trimmed(formula) + "\n```\n\n";
    at = std::min(text.find_first_not_of(" \n", at), text.size());
  }
  return trimmed(out + text.substr(at));
}

std::string gradients_page() {
  const auto reference = make_reference_backend(Dtype::f64);
  std::string page = with_fenced_math(introduction) + "\n\n**Layers.**";
  for (const LayerCases& layer : all_layers()) {
    page += (&layer == &all_layers().front() ? "\n" : ",\n") + ("[" + layer.layer + "](#" + layer.layer + ")");
  }
  page += "\n";
  for (const LayerCases& layer : all_layers()) page += section(layer, *reference);
  return page;
}

}  // namespace impasto
