"""An evaluation: how models made this way do on lines they did not learn from, and whether to believe it."""
