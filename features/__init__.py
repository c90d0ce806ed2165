"""What we look at: the history of what was known before a day, and the features that are read from it."""
