"""The graph: who deals with whom, since when, and what is known of those around."""
