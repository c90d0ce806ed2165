"""History: what is counted under each key, closed day by day, and what a line of a day could know of it."""
