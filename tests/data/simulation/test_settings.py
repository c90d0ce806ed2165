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
    rate = fibre["exposed"].groupby(lines.contracts["maker"].to_numpy()[fibre["contract"]]).agg(["mean", "size"])
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


def _rank_correlation(name: str) -> float:
    """How far a maker's rate of one half-year tells its rate two years later."""
    trade = make_trade(settings_of(name, lines=80_000))
    lines = trade.lines[trade.lines["lot"] >= 0]
    frame = lines.assign(maker=trade.contracts["maker"].to_numpy()[lines["contract"]], half=lines["day"] // 182)
    rate = frame.groupby(["maker", "half"])["exposed"].mean().unstack()
    first, later = rate.iloc[:, 3], rate.iloc[:, 6]
    return float(first.corr(later, method="spearman"))


def test_findings_lose_value_where_firms_turn_over() -> None:
    assert _rank_correlation("fading_findings") < 0.6 * _rank_correlation("default")


@pytest.mark.parametrize("lines", [50, 200, 1_000])
def test_the_random_arm_has_as_many_lines_as_asked_for(lines: int) -> None:
    examined = examine(make_trade(settings_of(f"arm_of_{lines}", lines=60_000)))
    assert (examined["selection"] == 0).sum() == pytest.approx(lines, rel=0.4)


def test_two_thirds_of_other_chapters_are_never_examined() -> None:
    world = make(settings_of("unexamined_chapters", lines=60_000))
    keys = ["entry_number", "line_number"]
    entries = world.entries.to_pandas()
    examined = world.outcomes.to_pandas().merge(entries, on=keys)["htsus"].str[:2].unique()
    assert set(examined) < set(entries["htsus"].str[:2])
    assert len(set(examined)) <= 0.6 * entries["htsus"].str[:2].nunique()


def test_price_and_links_can_be_without_any_signal() -> None:
    trade = make_trade(settings_of("no_price_signal", lines=60_000))
    value = np.log(trade.lines["unit_value"])
    centred = value - value.groupby([trade.lines["goods"], trade.of_line("made")]).transform("median")
    assert abs(float(centred[trade.lines["exposed"]].median())) < 0.05
    assert settings_of("no_links").link_strength == 0
