"""What holds for all tests: no single example is judged by its time, for machines are shared and noisy."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
