"""Pages on which officers read."""
