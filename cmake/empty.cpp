// A room with headers only.
