// Of a program that is compiled for another processor: nobody may come here.
#include <cstdio>

int main() { std::puts("main was reached"); }
