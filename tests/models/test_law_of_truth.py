"""Law: every number and date in every sentence, flag and fact equals what independent SQL gives, as of the day."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES
from originrisk.data.store.tables import Store
from originrisk.models import evidence, flags, statements
from originrisk.models.evidence import LineEvidence, gather
from originrisk.models.flags import flags as flags_of
from originrisk.models.statements import STATEMENTS
from tests.models.truth import Truth

DAY = date(2023, 3, 15)
AGO = (1, 1, 2, 3, 30, 364, 365, 366, 367, 500, 729, 730, 731, 732, 900)
MAKERS = (
    ("CNALPCO12NIN", "Alpha Garment Co"), ("CNALPCO12NIN", "ALPHA GARMENT"), ("VNBETTEX3HAN", "Beta Textile Ltd"),
    (None, "Gamma Textile"), (None, "gamma textile"), ("CNHETTAI1HOT", "Hetian Taida Apparel Co., Ltd."),
    ("CNWORKS3KOR", None),
)  # fmt: skip


CELLS: dict[str, tuple[Any, ...]] = {
    "importer_number": (None, "12-3456789", "98-7654321", "55-5555555"),
    "seller_name": (None, "Sell One", "SELL ONE", "Sell Two"),
    "consolidator_name": (None, None, "Pack It"),
    "manufacturer_address": (None, None, "1 Mill Road", "9 Lane"),
    "manufacturer_city": (None, "Ningbo", "Ningbo", "Korla"),
    "port_of_lading": (None, "57020", "55224"),
    "unit_of_measure": (None, "DOZ", "DOZ", "KG", "NO"),
    "quantity": (None, 0.0, 7.0, 10.0),
    "gross_weight_kg": (None, 3.0, 20.0),
    "description": (None, "SHIRTS, 60% COTTON 40% POLYESTER", "goods 3PK"),
    "htsus": ("6109100012", "6109100012", "6109100012", "6109100014", "2002908010", "8541430010", "9503000073"),
    "country_of_origin": ("VN", "VN", "VN", "CN", "TR"),
    "entered_value_usd": (0.0, 33.3, 50.0, 70.0, 1000.0),
}
ENDS: dict[str, tuple[Any, ...]] = {
    "ago": (-1, 0, 1, 2, 40),
    "result": (None, "xinjiang", "xinjiang", "not_xinjiang", "inconclusive"),
    "method": (None, "isotopic", "detention"),
    "disposition": (None, None, "denied", "released", "seized"),
}


def world(seed: int, size: int) -> list[dict[str, Any]]:
    """Lines of few parties, goods and days, so that all meet often; the first few are of the day."""
    chance = Random(seed)
    made = []
    for number in range(size):
        (mid, name), ago = (chance.choice(MAKERS), 0 if number < max(3, size // 40) else chance.choice((0, *AGO)))
        made.append(
            {
                **{column: chance.choice(values) for column, values in CELLS.items()},
                "manufacturer_id": mid,
                "manufacturer_name": name,
                "entry_date": DAY - timedelta(ago),
                "received_on": DAY - timedelta(ago - chance.choice((0, 0, 0, 1, 5))),
                "told": chance.random() < 0.5 and {part: chance.choice(of) for part, of in ENDS.items()},
            }
        )
    return made


def written(home: Path, world: list[dict[str, Any]]) -> Store:
    store = Store(home)
    keyed = [{"entry_number": f"AAA{n:07d}", "line_number": 1, **line} for n, line in enumerate(world)]
    ended = [
        {
            **{name: line[name] for name in ("entry_number", "line_number")},
            "selected_date": line["entry_date"],
            "selection": "random",
            **{name: line["told"][name] for name in ("result", "method", "disposition")},
            "outcome_date": DAY - timedelta(line["told"]["ago"]),
        }
        for line in keyed
        if line["told"]
    ]
    listed = [
        {"name": "GAMMA TEXTILE", "aliases": "", "programme": "UFLPA (i)", "effective_date": DAY - timedelta(9)},
        {"name": "Beta Textile Ltd", "programme": "UFLPA (ii)",
         "effective_date": DAY - timedelta(2000), "known_from": DAY},
        {"name": "Alpha Mill", "aliases": "ALPHA GARMENT|Alfa", "programme": "WRO (Xinjiang)",
         "effective_date": DAY - timedelta(400), "scope": "cotton of Xinjiang"},
    ]  # fmt: skip
    for name, rows, table in (("entries", keyed, ENTRIES), ("outcomes", ended, OUTCOMES), ("listed", listed, LISTED)):
        plain = [{column: row.get(column) for column in table.names} for row in rows]
        store.upsert(name, pa.Table.from_pylist(plain, table.schema).to_batches())
    return store


def told(known: LineEvidence) -> Iterator[tuple[str, list[Any]]]:
    """Every sentence that may be told of a line, with its facts: all concepts, whatever a model makes of them."""
    yield from (statement(known) for statement in STATEMENTS.values())
    yield from ((flag["text"], flag["facts"]) for flag in flags_of(known))


def judged(store: Store, closed: date = DAY - timedelta(1)) -> Iterator[list[str]]:
    """For each sentence of the lines of the next day, what is untrue in it."""
    truth, day = Truth(store, closed), closed + timedelta(1)
    for known in gather(store, store.entries(day, day), closed):
        for text, facts in told(known):
            yield list(truth.falsehoods(known.line, text, facts))


UNSHRUNK = {"deadline": None, "phases": (Phase.explicit, Phase.reuse, Phase.generate)}  # else it takes minutes


@settings(max_examples=24, **UNSHRUNK)
@given(st.integers(0), st.integers(15, 120))
def test_what_is_told_is_true(seed: int, size: int) -> None:
    check(seed, size)


@pytest.mark.slow
@settings(max_examples=300, **UNSHRUNK)
@given(st.integers(0), st.integers(15, 300))
def test_what_is_told_is_true_in_many_worlds(seed: int, size: int) -> None:
    check(seed, size)


def check(seed: int, size: int) -> None:
    with TemporaryDirectory() as home:
        found = list(judged(written(Path(home), world(seed, size))))
    assert found
    assert not list(chain.from_iterable(found))


def sql(old: str, new: str) -> Callable[[pytest.MonkeyPatch], None]:
    """A lie in the queries: `old` told as `new`."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        told = {name: query.replace(old, new) for name, query in evidence.TABLES.items()}
        counts = tuple(query.replace(old, new) for query in evidence.COUNTS)
        assert (told, counts) != (evidence.TABLES, evidence.COUNTS)
        patch.setattr(evidence, "TABLES", told)
        patch.setattr(evidence, "COUNTS", counts)

    return plant


def said(concept: str, change: Callable[[str], str]) -> Callable[[pytest.MonkeyPatch], None]:
    """A lie in the sentence of a concept."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        true = STATEMENTS[concept]
        patch.setitem(STATEMENTS, concept, lambda known: (change(true(known)[0]), true(known)[1]))

    return plant


def results(change: Callable[[pa.Table], pa.Array]) -> Callable[[pytest.MonkeyPatch], None]:
    """A lie about what examinations told of the origin."""
    return lambda patch: patch.setattr(evidence, "evidence", change)


LIES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a smoothed rate": said("findings", lambda text: f"27.1 % of examinations found inputs; {text}"),
    "a rounded count": said("goods", lambda text: text.replace(" lines in", "0 lines in")),
    "lines of the day itself": sql("<= $closed AND coalesce(received_on, entry_date) <= $closed", "<= $closed + 1"),
    "lines that came later": sql("AND coalesce(received_on, entry_date) <= $closed", ""),
    "results told on the day": sql("outcome_date <= $closed", "outcome_date <= $closed + 1"),
    "a year of 366 days": sql("entry_date > $closed - 365", "entry_date > $closed - 366"),
    "a year of 364 days": sql("entry_date > $closed - 365", "entry_date > $closed - 364"),
    "inconclusive examinations counted": results(
        lambda table: pc.replace_substring(table["result"], "inconclusive", "not_xinjiang").combine_chunks()
    ),
    "a denial called a finding": results(lambda table: table["result"].combine_chunks()),
    "a denial counted as found": sql("FROM 'xinjiang' AS found", "FROM 'xinjiang' OR denied AS found"),
    "the count of another maker": sql("a.maker = k.maker", "a.maker <> k.maker"),
    "the importer's examinations told of the maker": sql("a.maker = x.maker", "a.importer = x.importer"),
    "the maker's own lines among those of others": sql("AND a.maker <> k.maker", ""),
    "prices in another unit": sql("a.unit = k.unit AND", ""),
    "a mean for the middle": sql("median(", "avg("),
    "dearer for cheaper": said("price", lambda text: text.replace("more than", "less than")),
    "the last line told as the first": sql("min(entry_date) AS maker_first", "max(entry_date) AS maker_first"),
    "a listing not yet known": lambda patch: patch.setattr(evidence, "in_force", lambda table, _: table),
    "the maker's findings told of the importer": said("findings", lambda text: text.replace("maker", "importer")),
    "a finding told of another day": lambda patch: patch.setattr(
        flags, "fact", lambda *told: statements.fact(*(DAY if isinstance(one, date) else one for one in told))
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return written(tmp_path_factory.mktemp("rich"), world(1, 400))


def test_nothing_untrue_is_found_where_nothing_is_planted(rich: Store) -> None:
    found = list(judged(rich))
    assert len(found) > 100
    assert not list(chain.from_iterable(found))


def test_no_two_sentences_of_a_line_say_the_same(rich: Store) -> None:
    for known in gather(rich, rich.entries(DAY, DAY), DAY - timedelta(1)):
        sentences = list(told(known))
        assert len({text for text, _ in sentences}) == len(sentences)
        rests = [frozenset((one["name"], one["value"]) for one in facts) for _, facts in sentences if facts]
        assert len(set(rests)) == len(rests)


@pytest.mark.parametrize("lie", LIES)
def test_a_planted_lie_is_found(lie: str, rich: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    LIES[lie](monkeypatch)
    assert any(judged(rich))
