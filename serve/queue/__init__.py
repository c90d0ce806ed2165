"""The officers' queue: from a score to a decision someone can defend."""
