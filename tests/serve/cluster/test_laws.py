"""The laws of the features hold where Spark's workers replay slices, and catch a planted bug there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import CATALOGUE, NAMES, compute
from originrisk.features.catalogue.feature import Feature
from originrisk.features.history.replay import Outcomes
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Floats, Lines
from originrisk.models.bundle import load
from originrisk.models.registry import champion_path
from originrisk.serve.cluster import score_days
from originrisk.serve.cluster.engine import Engine, packed, unpacked
from originrisk.serve.scoring.scorer import Scorer
from tests.features import laws
from tests.features.factory import entries, outcomes
from tests.features.test_laws import BY_NAME, SPELLED, listed_world, one_line_world
from tests.serve import factory

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]
ENTRIES = entries()
OUTCOMES = outcomes(ENTRIES)
EARLY = date(2000, 1, 1)
SLICE = 150


def slice_size(lines: Lines, _view: PointInTimeView) -> Floats:
    """A planted bug: it counts lines of days to come."""
    return np.full(lines.size, float(lines.size))


lines_of_the_slice = Feature("goods", "lines_of_the_slice", "lines", "Lines of the slice.", slice_size)
PLANTED = (lines_of_the_slice,)
ALL = (*NAMES, lines_of_the_slice.name)


def slice_features(item: str) -> bytes:
    """Keys and features of the lines of a slice, the planted one last."""
    share = score_days.DaysTask.model_validate_json(item)
    history = share.known()
    met = share.entries(history)
    first = (share.first - date(1970, 1, 1)).days
    rows, matrices = [np.empty(0, np.intp)], [np.empty((0, len(ALL)))]
    for seen in share.seen(history, met):
        here = seen.lines.days["entry_date"] >= first
        whole = np.column_stack([compute(seen.lines, seen.view), lines_of_the_slice.compute(seen.lines, seen.view)])
        rows.append(seen.rows[here])
        matrices.append(whole[here])
    keys = met.select(laws.KEY).take(np.concatenate(rows))
    numbers = np.array(keys["entry_number"].to_pylist(), np.str_)
    return packed({"entry": numbers, "line": keys["line_number"].to_numpy(), "matrix": np.vstack(matrices)})


@dataclass(frozen=True)
class OnSpark:
    """As `laws.features_of`, from a store that workers read."""

    engine: Engine
    folders: pytest.TempPathFactory

    def __call__(
        self,
        catalogue: Sequence[Feature],
        table: pa.Table,
        known: pa.Table,
        match: laws.Match = Outcomes.of,
        listed: pa.Table | None = None,
    ) -> dict[tuple[str, int], Floats]:
        assert match == Outcomes.of, "a store has outcomes as they are"
        tables = {"entries": table, "outcomes": known, "listed": listed}
        scorer = self._scorer({name: of for name, of in tables.items() if of is not None})
        days, places = table["entry_date"].to_pylist(), [ALL.index(one.name) for one in catalogue]
        with scorer.store.writing() as staging:
            items = score_days.days_tasks(self.engine, scorer, min(days), max(days), size=SLICE, staging=staging)
            answers = [unpacked(answer) for answer in self.engine.run(slice_features, items)]
        return {
            (str(entry), int(line)): row[places]
            for of in answers
            for entry, line, row in zip(of["entry"], of["line"], of["matrix"], strict=True)
        }

    def _scorer(self, tables: dict[str, pa.Table]) -> Scorer:
        home = self.folders.mktemp("home")
        store = Store(home)
        for name, table in tables.items():
            store.upsert(name, table.to_batches())
        factory.champion(home)
        return Scorer(store, Settings(home=home, history_start=EARLY), load(champion_path(home)))


@pytest.fixture(autouse=True)
def _on_spark(engine: Engine, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The laws ask Spark for their features."""
    monkeypatch.setattr(laws, "features_of", OnSpark(engine, tmp_path_factory))


def test_what_is_learned_later_changes_nothing() -> None:
    laws.later_changes_nothing(CATALOGUE, ENTRIES, OUTCOMES)


def test_lines_in_any_order_have_the_same_features() -> None:
    laws.order_changes_nothing(CATALOGUE, ENTRIES, OUTCOMES)


def test_a_world_at_another_time_has_the_same_features() -> None:
    laws.shift_changes_nothing(CATALOGUE, ENTRIES, OUTCOMES)


def test_other_names_have_the_same_features() -> None:
    laws.names_change_nothing([one for one in CATALOGUE if one.name not in SPELLED], ENTRIES, OUTCOMES)


def test_an_outcome_is_seen_from_the_day_after() -> None:
    laws.day_before_is_seen_the_day_is_not([BY_NAME["maker_found_rate"]], *one_line_world())


def test_a_listing_is_seen_from_the_day_after() -> None:
    table, listing = listed_world()
    laws.later_listings_change_nothing([BY_NAME["list_match"]], table, outcomes(table, share=0), listing)


def test_the_laws_catch_a_planted_bug() -> None:
    with pytest.raises(AssertionError, match="lines_of_the_slice"):
        laws.later_changes_nothing(PLANTED, ENTRIES, OUTCOMES)
