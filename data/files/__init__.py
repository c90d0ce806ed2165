"""Files as records: what a path means, of what kind a file is, its cells as they stand, its row numbers."""
