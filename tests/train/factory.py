"""Examples with a known truth: two features decide, the results are wrong as planned, the random arm is honest."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.special import expit

from originrisk.train.dataset import KEYS, Examples, FeatureFrame, Unexamined
from originrisk.train.labels import PRIORS, REGIME_STARTS

FIRST_DAY = np.datetime64("2019-01-01")
METHODS = list(PRIORS)
NAMES = ("first", "second", "goods_family", "supplier_age", "idle")


@dataclass(frozen=True)
class Planted:
    """Examples, and what they hide."""

    examples: Examples
    truth: npt.NDArray[np.float64]
    probability: npt.NDArray[np.float64]


def planted(
    lines: int = 3000,
    *,
    seed: int = 0,
    noise: dict[str, tuple[float, float]] | None = None,
    picked: float = 0.0,
    random_share: float = 0.3,
    base: float = -2.5,
    suppliers: int | None = None,
    of_supplier: float = 0.0,
) -> Planted:
    """`noise`: (false positive, false negative) by method, one method drawn per line; `picked`: log-odds that lines
    outside the random arm are likelier positive than their features say."""
    rng = np.random.default_rng(seed)
    rates = noise or {"isotopic": (0.0, 0.0)}
    features = pd.DataFrame(rng.normal(size=(lines, len(NAMES))), columns=list(NAMES))
    random = rng.random(lines) < random_share
    of_lines = keys(lines, suppliers or lines // 5, rng)
    depth = np.random.default_rng(seed).normal(0, of_supplier, lines)[of_lines["supplier"]]
    log_odds = base + depth + 1.5 * features[NAMES[0]] + 1.5 * features[NAMES[1]] + np.where(random, 0.0, picked)
    probability = expit(np.asarray(log_odds))
    truth = (rng.random(lines) < probability).astype(float)
    method = rng.choice(list(rates), lines)
    wrong, missed = np.array([rates[name] for name in method]).T
    observed = np.where(truth == 1, rng.random(lines) >= missed, rng.random(lines) < wrong).astype(float)
    cell = np.array([METHODS.index(name) for name in method]) * (len(REGIME_STARTS) + 1)
    day = FIRST_DAY + np.sort(rng.integers(0, 900, lines))
    examples = Examples(
        lines=entry_lines(day),
        frame=FeatureFrame(features, of_lines, day),
        observed=observed,
        known_on=day + 30,
        cell=cell,
        draw_chance=np.where(random, 0.02, np.nan),
        propensity=np.where(random, 0.02, 0.5),
    )
    return Planted(examples, truth, probability)


def none_of(examples: Examples) -> Unexamined:
    """A trade in which every line was examined."""
    return Unexamined(examples.frame.take(np.zeros(len(examples), np.bool_)), np.empty(0), np.empty(0, np.str_))


def keys(lines: int, suppliers: int, rng: np.random.Generator) -> pd.DataFrame:
    """Keys of parties and flows that tell nothing."""
    return pd.DataFrame({name: rng.integers(1, suppliers, lines).astype(np.uint64) for name in KEYS})


def entry_lines(day: npt.NDArray[np.datetime64]) -> pa.Table:
    """Lines with the columns that the baselines read."""
    size = len(day)
    return pa.table(
        {
            "entry_date": pa.array(day.astype("datetime64[D]")),
            "htsus": [("6109100012", "8471300100")[i % 2] for i in range(size)],
            "country_of_origin": [("CN", "VN", "US")[i % 3] for i in range(size)],
            "country_of_export": [("CN", "VN", None)[i % 3] for i in range(size)],
            "gross_weight_kg": [float(i % 50) for i in range(size)],
        }
    )


CUTOFF = date(2021, 6, 30)
