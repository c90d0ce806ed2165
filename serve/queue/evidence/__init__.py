"""What officers read of a day and of a line: out of the store, as known on the day of the line."""
