"""The store of a home: its tables, the Delta lake below them, and its journals."""
