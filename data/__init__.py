"""Code, not files: what the world tells us. Contract, parsing, identifiers, reference tables, store, simulation."""
