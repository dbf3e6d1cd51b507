// The main() of every test executable; `test_kernels --help` lists what doctest can do with it.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
