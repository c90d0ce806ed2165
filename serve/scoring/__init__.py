"""Lines scored: the order of a day, the queue, the batch."""
