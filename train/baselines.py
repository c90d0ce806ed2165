"""What a model must beat: chance, a written targeting rule, and a look-up of what was last found for the same goods."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from originrisk.data.reference.orders import FAMILIES
from originrisk.train.examples import Examples
from originrisk.train.slices import COTTON, is_chinese

Floats = npt.NDArray[np.float64]

IN_SCOPE: Final = [*COTTON, FAMILIES.index("tomato")]
LOOK_UP_KEY: Final = ("htsus", "country_of_origin", "country_of_export", "gross_weight_kg")


def baselines(past: Examples, judged: Examples, seed: int) -> dict[str, Floats]:
    """Scores of the judged lines by each baseline, the higher the more suspect."""
    return {
        "look-up": look_up(past, judged),
        "targeting rule": targeting_rule(judged),
        "random": np.random.default_rng(seed).random(len(judged)),
    }


def targeting_rule(judged: Examples) -> Floats:
    """Two points for goods in scope that come from or by way of China, one more for a supplier never seen before."""
    lines = judged.lines
    china = is_chinese(lines["country_of_origin"]) | is_chinese(lines["country_of_export"])
    in_scope = judged.features["goods_family"].isin(IN_SCOPE).to_numpy()
    new = judged.features["supplier_age"].isna().to_numpy()
    return np.asarray(2.0 * (china & in_scope) + new, np.float64)


def look_up(past: Examples, judged: Examples) -> Floats:
    """The result last known for the same tariff number, origin, export and weight; the past's share elsewhere."""
    last = (
        _keys(past)
        .assign(result=past.observed, known_on=past.known_on)
        .sort_values("known_on", kind="stable")
    )
    last = last.drop_duplicates(list(LOOK_UP_KEY), keep="last")
    found = _keys(judged).merge(last, on=list(LOOK_UP_KEY), how="left")["result"]
    return np.asarray(found.fillna(past.observed.mean()), np.float64)


def share_seen(past: Examples, judged: Examples) -> float:
    """Share of the judged lines whose look-up key occurs in the past: near one, a split can be learned by heart."""
    known = _keys(past).drop_duplicates().assign(seen=True)
    return float(_keys(judged).merge(known, on=list(LOOK_UP_KEY), how="left")["seen"].notna().mean())


def look_up_groups(examples: Examples) -> npt.NDArray[np.uint64]:
    """Lines of the same look-up key under one number (lines,)."""
    return _keys(examples).groupby(list(LOOK_UP_KEY), dropna=False).ngroup().to_numpy().astype(np.uint64)


def _keys(examples: Examples) -> pd.DataFrame:
    frame: pd.DataFrame = examples.lines.select(list(LOOK_UP_KEY)).to_pandas()
    return frame.fillna(dict.fromkeys(LOOK_UP_KEY[:3], "") | {LOOK_UP_KEY[3]: -1.0})
