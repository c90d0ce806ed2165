"""Supplier history and that of the other parties: how old, how busy, with whom, and what examinations found."""
