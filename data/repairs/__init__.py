"""The certain repairs of a cell, and why a cell is broken where none is certain."""
