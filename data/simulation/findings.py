"""What examinations found, by which method, with its errors, and when it became known."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.random import Generator
from numpy.typing import NDArray

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.contract import OUTCOMES
from originrisk.data.simulation.selection import RANDOM, SELECTIONS, TARGETED, declared_family, follow_up, select
from originrisk.data.simulation.tables import COTTON, FAMILIES, MIXED, SECTORS, TOMATO, day_number, order, stream, value
from originrisk.data.simulation.trade import SimulatedTrade

METHODS: Final = ("isotopic", "dna", "document_review", "detention", "other")
ISOTOPIC, DNA, REVIEW, DETENTION, OTHER = range(5)
RESULTS: Final = ("not_xinjiang", "xinjiang", "inconclusive")
CLEAN, FOUND, OPEN_RESULT = range(3)


def examine(trade: SimulatedTrade) -> pd.DataFrame:
    """Examined lines: `row`, `selection`, `chance`, `method`, `result`, `flipped` (a denial that
    a protest undid), `selected_on`, `known_on`; none pending."""
    first = _find(trade, select(trade), "findings")
    found = first[first["result"] == FOUND]
    parties = pd.DataFrame({"party": trade.of_line("party")[found["row"]], "known_on": found["known_on"]})
    second = _find(trade, follow_up(trade, parties, first), "findings of referrals")
    return pd.concat([first, second]).sort_values(["selected_on", "row"], ignore_index=True)


def under_law(family: Ints) -> Mask:
    """Families of the sectors that the law names, and vehicles, whose parts hold their metals."""
    result: Mask = SECTORS[family] | (family == FAMILIES.index("vehicle"))
    return result


def outcomes(trade: SimulatedTrade, examined: pd.DataFrame, entry_number: pa.Array) -> pa.Table:
    """The contract's `outcomes`; what became known after the last day is pending."""
    row = pa.array(examined["row"].to_numpy())
    pending = (examined["known_on"] > day_number(trade.settings.end)).to_numpy()
    known_on = pa.array(examined["known_on"].to_numpy(dtype=np.int32), mask=pending).cast(pa.date32())
    # Before the UFLPA a detention has no disposition, and its denial stands in the result, as in the contract's first
    # version. Since then a denial tells nothing of the origin, and much that is not denied is exported or abandoned.
    draw = stream(trade.settings.seed, "dispositions").random(len(examined))
    method, result = examined["method"].to_numpy(), examined["result"].to_numpy()
    held = method == DETENTION
    before = held & (trade.lines["day"].to_numpy()[examined["row"]] < order("uflpa"))
    tested = np.isin(method, (ISOTOPIC, DNA)) | held
    refused = np.select([draw < 0.6, draw < 0.85], ["denied", "excluded"], "seized")
    refused = np.where(held | (draw < 0.55) | (draw >= 0.9), refused, "exported")
    undecided = np.where(
        held, np.where(draw < 0.8, "exported", "abandoned"), np.where(draw < 0.7, "released", "exported")
    )
    released = np.where(tested, "released_on_evidence", "released")
    done = np.select([result == CLEAN, result == FOUND], [released, refused], undecided).astype(object)
    done[held & examined["flipped"].to_numpy()] = "protest_granted"
    done[before] = None
    result = np.where(held & ~before & (result == FOUND), OPEN_RESULT, result)
    columns = [
        entry_number.take(row),
        pa.array(trade.lines["line"].to_numpy()[examined["row"]], pa.int32()),
        pa.array(examined["selected_on"].to_numpy(dtype=np.int32)).cast(pa.date32()),
        known_on,
        pa.array(np.array(SELECTIONS, dtype=object)[examined["selection"]], pa.string()),
        pa.array(examined["chance"].to_numpy(), pa.float64(), from_pandas=True),
        pa.array(np.array(METHODS, dtype=object)[examined["method"]], pa.string()),
        pa.array(np.array(RESULTS, dtype=object)[result], pa.string(), mask=pending),
        pa.array(done, pa.string(), mask=pending),
    ]
    return pa.table(columns, schema=OUTCOMES.schema)


def _find(trade: SimulatedTrade, selected: pd.DataFrame, stage: str) -> pd.DataFrame:
    rng = stream(trade.settings.seed, stage)
    rows = selected["row"].to_numpy()
    day = trade.lines["day"].to_numpy()[rows]
    family = declared_family(trade)[rows]
    method = _methods(rng, trade, selected["selection"].to_numpy(), family, day)
    says = rng.random(len(rows)) < positive_chance(trade, rows, method, day, under_law(family))
    selected_on = day + rng.integers(0, 3, len(rows))
    # Denied goods that are exported or abandoned before anyone knows, and tests or papers that do not decide.
    chance = np.select(
        [(method == DETENTION) & says, np.isin(method, (ISOTOPIC, DNA))],
        [value("documents", "withdrawn_share_of_denied"), 0.04],
        0.05,
    )
    unresolved = rng.random(len(method)) < chance
    result = np.where(unresolved, OPEN_RESULT, np.where(says, FOUND, CLEAN))
    count = len(rows)
    held = np.select(
        [day >= order("guidance_2026"), day >= order("uflpa")],
        [_lognormal(rng, "uflpa_2026", count), _lognormal(rng, "uflpa", count)],
        _lognormal(rng, "wro", count),
    )
    tested = _lognormal(rng, "isotopic", count)
    by_method = [np.isin(method, (ISOTOPIC, DNA)), method == DETENTION]
    after = np.select(by_method, [tested, held], _lognormal(rng, "review", count))
    delay = (_lognormal(rng, "examination", count) + after) * trade.settings.delay
    known_on = selected_on + np.maximum(1, np.round(delay)).astype(np.int64)
    flipped = (method == DETENTION) & (
        rng.random(len(rows)) < value("delays", "protest_chance") * trade.settings.label_noise
    )
    flipped &= result == FOUND
    later = known_on + _lognormal(rng, "protest", len(rows))
    flipped &= later <= day_number(trade.settings.end)
    return selected.assign(
        method=method,
        flipped=flipped,
        result=np.where(flipped, CLEAN, result),
        selected_on=selected_on,
        known_on=np.where(flipped, later, known_on),
    )


def _methods(rng: Generator, trade: SimulatedTrade, selection: Ints, family: Ints, day: NDArray[np.int32]) -> Ints:
    """Laboratories serve textiles and tomatoes, the random arm more; detention begins with the orders on the goods."""
    draw = rng.random((2, len(family)))
    share = trade.settings.isotopic_share
    laboratory = np.where(selection == RANDOM, np.minimum(1.0, 2 * share), share)
    held = np.where(selection == TARGETED, 0.20, np.where(selection == RANDOM, 0.02, 0.35))
    fibre, sector = np.isin(family, (COTTON, MIXED, TOMATO)), under_law(family)
    first = np.where(fibre, order("first_garment_order"), order("uflpa"))
    held = np.where(day >= first, held * sector, 0.02 * fibre)
    return np.select(
        [
            fibre & (draw[0] < laboratory),
            fibre & (draw[0] < laboratory + 0.03),
            draw[1] < held,
            ~sector & (draw[0] < 0.1),
        ],
        [ISOTOPIC, DNA, DETENTION, OTHER],
        REVIEW,
    )


def positive_chance(trade: SimulatedTrade, rows: Ints, method: Ints, day: NDArray[np.int32], scope: Mask) -> Floats:
    """Chance that a method says Xinjiang of these lines: its sensitivity or its false alarms, scaled by the knob."""
    exposed = trade.lines["exposed"].to_numpy()[rows]
    fraction = trade.lines["fraction"].to_numpy()[rows]
    laboratory = np.select(
        [fraction >= 0.9, fraction >= 0.3],
        [value("isotope", "pure"), value("isotope", "blend")],
        value("isotope", "trace"),
    )
    regime = np.searchsorted([order("uflpa"), order("regime_2025")], day, side="right")
    denied = [value("documents", name) for name in ("denied_to_2022_06", "denied_to_2025_01", "denied_after")]
    deny = {y: np.array([rates[y] for rates in denied])[regime] for y in ("y1", "y0")}
    review = value("documents", "review")
    tested = np.isin(method, (ISOTOPIC, DNA))
    held = method == DETENTION
    hit = np.select([tested, held], [laboratory, deny["y1"]], review["y1"])
    alarm = np.select([tested, held], [1 - value("isotope", "specificity"), deny["y0"]], review["y0"])
    alarm = np.where(scope, alarm, alarm * 0.05)
    noise = trade.settings.label_noise
    chance: Floats = np.where(exposed, np.clip(1 - noise * (1 - hit), 0, 1), np.clip(noise * alarm, 0, 1))
    return chance


def _lognormal(rng: Generator, name: str, count: int) -> Ints:
    """Days of a step, cut at its legal limit."""
    step = value("delays", name)
    days = step["median"] * np.exp(rng.normal(0, step["sigma"], count))
    result: Ints = np.minimum(np.round(days), step["cap"]).astype(np.int64)
    return result
