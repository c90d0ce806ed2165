"""The learners that every history keeps beside its tallies, by name."""

from originrisk.features.graph.graph import Graph
from originrisk.features.learner import Learners
from originrisk.features.parties.tallied import PartyTallies
from originrisk.features.words import Words

LEARNERS: Learners = {"words": Words, "graph": Graph, "parties": PartyTallies}
