"""The same work on many machines: engines, and the tasks that they run."""
