// A library that has nothing.
