// Prints docs/gradients.md:   build/release/bench/bench_gradients_doc > docs/gradients.md
#include <iostream>

#include "layers/gradients_page.h"

int main() { std::cout << impasto::gradients_page(); }
