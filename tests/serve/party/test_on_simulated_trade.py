"""On simulated trade, where it is known who the supplier is: few wrong merges, most spellings brought together."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from benchmarks.parties_on_trade import LineParties, resolve
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.world import make
from originrisk.features.lines import Lines
from originrisk.serve.party.learner import Parties

UNTIL = 30_000
CUT = 18_600


@cache
def trade(noise: float = 0.15) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    world = make(WorldSettings(lines=6_000, seed=11, spelling_noise=noise))
    return world.entries, world.truth["supplier_id"].to_numpy()


@cache
def resolved(noise: float = 0.15) -> LineParties:
    return resolve(Parties(), Lines.of(trade(noise)[0]), UNTIL)


def pairs(*labels: npt.NDArray[np.generic]) -> float:
    """Pairs of lines that agree in all labels."""
    _, counts = np.unique(np.rec.fromarrays(labels), return_counts=True)
    return float((counts * (counts - 1.0) / 2).sum())


@pytest.mark.parametrize("noise", [0.15, 0.5])
def test_pairs_of_lines_are_brought_together_rightly(noise: float) -> None:
    party, supplier = resolved(noise).learned, trade(noise)[1]
    together = pairs(party, supplier)
    assert together / pairs(party) >= 0.98
    assert together / pairs(supplier) >= 0.85


def test_a_line_is_mostly_seen_as_the_party_it_then_joins() -> None:
    found = resolved()
    seen = found.party != 0
    assert seen.mean() > 0.5
    assert (found.party[seen] == found.learned[seen]).mean() > 0.99


def test_what_comes_later_changes_nothing() -> None:
    entries, _ = trade()
    lines = Lines.of(entries)
    early = resolve(Parties(), lines, CUT)
    before = lines.days["entry_date"] <= CUT
    assert 0.2 < before.mean() < 0.9
    assert np.array_equal(early.party[before], resolved().party[before])
    assert np.array_equal(early.possibly[before], resolved().possibly[before])


def test_hindsight_would_be_noticed() -> None:
    lines, parties = Lines.of(trade()[0]), Parties()
    resolve(parties, lines, UNTIL)
    early = lines.days["entry_date"] <= CUT
    assert not np.array_equal(parties.resolve(lines).party[early], resolved().party[early])


def test_lines_in_any_order_have_the_same_parties() -> None:
    entries, _ = trade()
    order = np.random.default_rng(3).permutation(len(entries))
    shuffled = resolve(Parties(), Lines.of(entries.take(order)), UNTIL)
    assert np.array_equal(shuffled.party, resolved().party[order])
    assert np.array_equal(shuffled.learned, resolved().learned[order])


def test_no_party_changes_its_key_as_days_go_by() -> None:
    entries, _ = trade()
    lines, parties = Lines.of(entries), Parties()
    first = resolve(parties, lines, CUT).learned
    known = np.flatnonzero(first)
    resolve(parties, lines.take(lines.days["entry_date"] > CUT), UNTIL)
    assert np.array_equal(parties.resolve(lines.take(known)).party, first[known])
