"""Numbers and codes on an entry line: read, check, write, compare."""
