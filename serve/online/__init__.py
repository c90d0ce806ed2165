"""The online service: the lines of a request scored with what the night knew, by the night's own code."""
