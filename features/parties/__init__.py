"""Parties: who stands behind the spellings of a maker's name, address and MID."""
