"""The graph shows each line what closed periods told of others, and nothing else: planted bugs are caught."""

from typing import Any

import numpy as np
import pytest

from originrisk.features.graph import graph
from originrisk.features.graph.graph import Graph
from originrisk.features.graph.neighbours import NeighbourIndex, merged
from originrisk.features.history.learner import Learners
from originrisk.features.history.replay import Outcomes
from originrisk.features.lines import Bools, Lines
from originrisk.features.lists import Listings
from tests.features.factory import START, change, entries, listing_of, outcomes
from tests.features.graph.oracle import Oracle, replayed

TABLE = entries(160, days=300)
RESULTS = outcomes(TABLE, share=0.5)
NAME = TABLE["manufacturer_name"][0].as_py()
HALF = START.replace(year=START.year, month=9)
LISTED = Listings.known(change(listing_of(NAME), effective_date=[HALF], known_from=[HALF]))
GRAPH: Learners = {"graph": Graph}


def check(learners: Learners = GRAPH, *stops: int) -> None:
    """Hold what a replay saw against the oracle."""
    oracle = Oracle(TABLE, RESULTS, LISTED)
    oracle.assert_seen(replayed(oracle.lines, oracle.outcomes, LISTED, learners, *stops))


def test_lines_see_what_the_closed_periods_tell() -> None:
    check()


def test_it_is_the_same_from_any_checkpoint() -> None:
    first = int(Lines.of(TABLE).days["entry_date"].min())
    check(GRAPH, first + 10, first + 27, first + 28, first + 100)


def test_there_is_something_to_see() -> None:
    lines = Lines.of(TABLE)
    columns = replayed(lines, Outcomes.of(lines, RESULTS), LISTED, GRAPH)
    for name in ("importer.found", "importer.examined", "seller.listed"):
        assert columns[f"graph.{name}"].max() > 0, name


class UndatedList(Graph):
    """Planted: a listing is seen from the start."""

    def _listed_on(self, _day: int, listings: Listings) -> Bools:
        return super()._listed_on(30_000, listings)


class WholePeriod(Graph):
    """Planted: the ties of the open period are seen too."""

    def learn(self, day: int, lines: Lines, /) -> None:
        super().learn(day, lines)
        self.ties = {kind: merged([ties, *self._new[kind]]) for kind, ties in self.ties.items()}
        self.suppliers = merged([self.suppliers, *self._seen])
        self.listed = np.zeros(len(self.suppliers["key"]), np.bool_)
        self._draw()


@pytest.mark.parametrize("planted", [UndatedList, WholePeriod])
def test_a_graph_that_looks_ahead_is_caught(planted: type[Graph]) -> None:
    with pytest.raises(AssertionError, match="line"):
        check({"graph": planted})


class OwnLeftIn(NeighbourIndex):
    """Planted: the line's own supplier counts among its neighbours."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._own = np.zeros_like(self._own)


def test_the_own_outcome_among_the_neighbours_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "NeighbourIndex", OwnLeftIn)
    with pytest.raises(AssertionError, match="examined"):
        check()
