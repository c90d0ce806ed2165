"""Lists of parties under an order: who stood on which list, and since when that was known."""
