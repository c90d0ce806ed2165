"""The variants: each can be made, and differs where it says it does."""

import numpy as np
import pyarrow.compute as pc
import pytest

from originrisk.data.simulation.findings import examine
from originrisk.data.simulation.settings import VARIANTS, settings_of
from originrisk.data.simulation.trade import make_trade
from originrisk.data.simulation.world import make


def test_there_are_at_least_five_besides_the_default() -> None:
    assert len(VARIANTS) >= 6
    assert len({settings.model_dump_json() for settings in VARIANTS.values()}) == len(VARIANTS)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_has_both_answers_and_findings_of_both_kinds(name: str) -> None:
    world = make(settings_of(name, lines=8_000))
    assert 0.002 < pc.mean(world.truth["y_any"]).as_py() < 0.12
    assert {"xinjiang", "not_xinjiang"} <= set(world.outcomes["result"].to_pylist())


def _spread(name: str) -> float:
    """How far suppliers' rates lie apart: variance of the rate over that of pure chance."""
    lines = make_trade(settings_of(name, lines=60_000))
    fibre = lines.lines[lines.lines["usual"]]
    rate = (
        fibre["exposed"].groupby(lines.contracts["maker"].to_numpy()[fibre["contract"]]).agg(["mean", "size"])
    )
    rate = rate[rate["size"] >= 20]["mean"]
    return float(rate.var() / (rate.mean() * (1 - rate.mean())))


def test_supplier_persistence_sets_suppliers_apart() -> None:
    assert _spread("stable_suppliers") > _spread("price")


def test_price_effect_is_large_in_the_price_world_only() -> None:
    gaps = []
    for name in ("price", "default"):
        trade = make_trade(settings_of(name, lines=60_000))
        value = np.log(trade.lines["unit_value"])
        centred = value - value.groupby([trade.lines["goods"], trade.of_line("made")]).transform("median")
        gaps.append(float(centred[trade.lines["exposed"]].median()))
    assert gaps[0] < -0.2 < gaps[1]


def test_clean_labels_never_err() -> None:
    trade = make_trade(settings_of("clean_labels", lines=20_000))
    examined = examine(trade)
    truth = trade.lines["exposed"].to_numpy()[examined["row"]]
    assert (examined["result"][truth] != 0).all()
    assert (examined["result"][~truth] != 1).all()
