"""The learners that every history keeps beside its tallies, by name."""

from features.learner import Learners

LEARNERS: Learners = {}
