"""Which lines are examined: a written rule that changes, tips nobody else sees, a random arm, follow-ups of findings.

Choices are made within the capacity of each day. The random arm's chance is recorded; the rule's is not known.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.simulation.tables import (
    COTTON,
    FAMILIES,
    MIXED,
    SECTORS,
    TOMATO,
    countries,
    goods,
    order,
    routes,
    stream,
)
from originrisk.data.simulation.trade import SimulatedTrade, expected_log_unit_value, is_evasion

RANDOM, TARGETED, REFERRAL, MANDATORY = range(4)
SELECTIONS: Final = ("random", "targeted", "referral", "mandatory")
REFERRAL_SHARE: Final = 0.2
"""Share of examinations kept for follow-ups."""
FOLLOW_DAYS: Final = 240
"""Days after a finding in which its supplier's lines are followed up."""


def declared_family(trade: SimulatedTrade) -> Ints:
    """Family of the goods as declared, of each line."""
    result: Ints = goods()["family"].to_numpy()[trade.lines["declared"]]
    return result


def random_chance(trade: SimulatedTrade) -> Floats:
    """Chance of each line in the random arm: goods of the named sectors are taken somewhat more often."""
    settings = trade.settings
    weight = np.where(SECTORS[declared_family(trade)], settings.random_scope_weight, 1.0) * _ever(trade)
    arm = settings.random_arm or settings.examined_share * settings.random_share * len(weight)
    result: Floats = np.minimum(1.0, arm * weight / weight.sum())
    return result


def _ever(trade: SimulatedTrade) -> Mask:
    """Lines of chapters that are ever examined: textiles and tomatoes, and of the rest as many as the knob says."""
    chapters = goods()["htsus"].str[:2].astype(int).to_numpy()
    others = np.setdiff1d(chapters, (20, *range(50, 64)))
    kept = round(trade.settings.examined_chapters * (len(others) + 15)) - 15
    never = stream(trade.settings.seed, "chapters").permutation(others)[max(0, kept) :]
    result: Mask = ~np.isin(chapters[trade.lines["declared"]], never)
    return result


def select(trade: SimulatedTrade) -> pd.DataFrame:
    """First round: `row` of each examined line, `selection`, `chance` (NaN where unknown)."""
    rng = stream(trade.settings.seed, "examinations")
    chance = random_chance(trade)
    drawn, ever = rng.random(len(chance)) < chance, _ever(trade)
    # Every line of a listed supplier, and a third of Chinese tomato goods once they are under order.
    day = trade.lines["day"].to_numpy()
    listed = day > trade.parties["listed_from"].to_numpy()[trade.of_line("party")]
    chinese = trade.of_line("origin") == countries().index("CN")
    tomato = (trade.of_line("family") == TOMATO) & chinese & (day > order("region_order"))
    mandatory = (listed | (tomato & (rng.random(len(day)) < 0.33))) & ~drawn & ever
    free = ~drawn & ~mandatory & ever
    share = trade.settings.examined_share * (1 - trade.settings.random_share - REFERRAL_SHARE)
    # The highest scores of each day, as many as the day's capacity.
    score = np.where(free, suspicion(rng, trade), -np.inf)
    day = trade.lines["day"].to_numpy()
    order_ = np.lexsort((-score, day))
    _, first, count = np.unique(day[order_], return_index=True, return_counts=True)
    rank = np.arange(len(day)) - np.repeat(first, count)
    capacity = np.floor(share * count + rng.random(len(count))).astype(int)
    chosen = np.zeros(len(day), dtype=bool)
    chosen[order_] = rank < np.repeat(capacity, count)
    targeted = chosen & np.isfinite(score)
    rows = [np.flatnonzero(mask) for mask in (drawn, targeted, mandatory)]
    return pd.DataFrame(
        {
            "row": np.concatenate(rows),
            "selection": np.repeat([RANDOM, TARGETED, MANDATORY], [len(part) for part in rows]),
            "chance": np.concatenate([chance[rows[0]], np.full(len(rows[1]) + len(rows[2]), np.nan)]),
        }
    )


def follow_up(trade: SimulatedTrade, found: pd.DataFrame, selected: pd.DataFrame) -> pd.DataFrame:
    """Second round: lines of suppliers with a fresh finding. `found` has `party` and `known_on` of each finding."""
    rng = stream(trade.settings.seed, "referrals")
    party, day = trade.of_line("party"), trade.lines["day"].to_numpy()
    first = found.groupby("party")["known_on"].min()
    since = day - pd.Series(party).map(first).to_numpy()
    candidates = np.flatnonzero((since > 0) & (since <= FOLLOW_DAYS) & _ever(trade))
    candidates = np.setdiff1d(candidates, selected["row"])
    wanted = int(trade.settings.examined_share * REFERRAL_SHARE * len(day))
    rows = rng.permutation(candidates)[:wanted]
    return pd.DataFrame({"row": rows, "selection": REFERRAL, "chance": np.nan})


def suspicion(rng: Generator, trade: SimulatedTrade) -> Floats:
    """What the officers of the day go by: the written rule, tips, the habits of a port, and chance."""
    port = rng.normal(0, 0.4, len(countries()) * 8)
    habit = port[trade.lines["contract"].to_numpy() % len(port)]
    noise = rng.gumbel(0, 0.4, len(trade.lines))
    # The written rule looks at China first, then at third countries, low prices and new suppliers.
    signs, day = rule_signs(trade), trade.lines["day"].to_numpy()
    epochs = np.searchsorted([order("xpcc_order"), order("uflpa"), order("textile_plan")], day, side="right")
    points = np.array([_POINTS[name] for name in signs])[:, epochs]
    rule = (points * np.stack(list(signs.values()))).sum(axis=0)
    # Flows of which officers were told. Tips leave no trace in any table; a few are wrong.
    known = trade.contracts["known"].to_numpy(dtype=bool)
    evading = is_evasion(trade.contracts["mechanism"].to_numpy()) & known
    told = rng.random(len(trade.contracts)) < np.where(evading, trade.settings.tip_share, 0.004)
    tipped = told[trade.lines["contract"]] & (rng.random(len(trade.lines)) < 0.35)
    result: Floats = trade.settings.rule_sharpness * rule + 3.5 * tipped + habit + noise
    return result


_POINTS: Final = {
    "cotton": (1.0, 1.6, 1.6, 1.4),
    "mixed": (0.4, 0.5, 0.9, 1.0),
    "tomato": (0.2, 1.5, 1.5, 1.2),
    "solar": (0.0, 0.6, 2.6, 2.0),
    "battery": (0.0, 0.0, 0.3, 0.9),
    "aluminium": (0.0, 0.0, 1.0, 1.5),
    "pvc": (0.0, 0.0, 0.9, 1.2),
    "vehicle": (0.0, 0.0, 0.4, 1.8),
    "china": (1.6, 1.4, 1.0, 0.9),
    "third_country": (0.0, 0.2, 1.0, 1.0),
    "laden_in_china": (0.1, 0.3, 0.8, 0.8),
    "new_supplier": (0.3, 0.5, 0.9, 0.9),
    "cheap": (0.6, 0.5, 0.6, 0.6),
    "parcel": (0.0, 0.0, 0.0, 1.2),
}
"""Points of each sign before the XPCC order, before the UFLPA, before the textile plan, and after it."""


def rule_signs(trade: SimulatedTrade) -> dict[str, Mask]:
    """Signs of the written rule, from what is declared and what was seen earlier."""
    family = declared_family(trade)
    origin = np.array(countries())[trade.of_line("origin").astype(int)]
    china = np.isin(origin, ("CN", "HK"))
    export = routes()["export"].to_numpy()[trade.of_line("route").astype(int)]
    unit_value = np.log(trade.lines["unit_value"].to_numpy())
    day = trade.lines["day"].to_numpy()
    party = trade.of_line("party")
    first = pd.Series(day).groupby(party).transform("min").to_numpy()
    return {
        "cotton": family == COTTON,
        "mixed": family == MIXED,
        "tomato": family == TOMATO,
        **{name: family == FAMILIES.index(name) for name in ("solar", "battery", "aluminium", "pvc", "vehicle")},
        "china": china,
        "third_country": np.isin(origin, ("VN", "KH", "BD", "MM", "MY", "ID", "LK")),
        "laden_in_china": ~china & np.isin(export, ("CN", "HK")),
        "new_supplier": (day - first < 60) & (day - day[0] > 365),
        "cheap": unit_value - expected_log_unit_value(trade.contracts, trade.lines) < -0.6,
        "parcel": trade.lines["value"].to_numpy() < 800,
    }
