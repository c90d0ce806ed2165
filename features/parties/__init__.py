"""Names of firms compared: which words are alike, and what that is worth."""
