"""The learners that every history keeps beside its tallies, by name."""

from features.graph.graph import Graph
from features.learner import Learners
from features.parties.tallied import PartyTallies
from features.words import Words

LEARNERS: Learners = {"words": Words, "graph": Graph, "parties": PartyTallies}
