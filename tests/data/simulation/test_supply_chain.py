"""Fibre: mass is conserved from farm to garment, and composition is that of the inputs."""

import numpy as np
import pytest

from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.supply_chain import IN_XINJIANG, REGIONS, Stage, SupplyChain
from originrisk.data.simulation.trade import SimulatedTrade, make_trade


@pytest.fixture(scope="module")
def trade() -> SimulatedTrade:
    return make_trade(WorldSettings(lines=5_000, seed=3))


def _two_stages() -> SupplyChain:
    spun = Stage(np.array([[0, 9], [9, 9]]), np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([0.5, 1.0]))
    sewn = Stage(np.array([[0, 1]]), np.array([[0.4, 0.6]]), np.array([0.8]))
    return SupplyChain((spun, sewn))


def test_composition_is_the_weighted_mix_of_the_inputs() -> None:
    composition = _two_stages().composition()
    assert composition[0, 0] == pytest.approx(0.4 * 0.25)
    assert composition[0, 9] == pytest.approx(0.4 * 0.75 + 0.6)


def test_mass_at_the_farm_is_what_is_asked_divided_by_the_yields() -> None:
    farms = _two_stages().farm_mass(np.array([8.0]))
    assert farms[0] == pytest.approx(10.0 * 0.4 / 0.5 * 0.25)
    assert farms.sum() == pytest.approx(10.0 * 0.4 / 0.5 + 10.0 * 0.6 / 1.0)


def test_every_lot_of_a_world_is_wholly_accounted_for(trade: SimulatedTrade) -> None:
    assert trade.sourcing.composition.sum(axis=1) == pytest.approx(1.0)
    for stage in trade.sourcing.chain.stages:
        assert stage.shares.sum(axis=1) == pytest.approx(1.0)


def test_fibre_in_equals_fibre_out_region_by_region_where_nothing_is_wasted(trade: SimulatedTrade) -> None:
    lossless = SupplyChain(
        tuple(Stage(s.inputs, s.shares, np.ones(len(s.inputs))) for s in trade.sourcing.chain.stages)
    )
    mass = np.random.default_rng(1).uniform(0, 5, len(trade.sourcing.composition))
    assert lossless.farm_mass(mass) == pytest.approx(mass @ trade.sourcing.composition)


def test_waste_is_lost_and_never_gained(trade: SimulatedTrade) -> None:
    mass = np.ones(len(trade.sourcing.composition))
    assert trade.sourcing.chain.farm_mass(mass).sum() > mass.sum()


def test_fibre_of_the_lines_equals_fibre_of_their_lots(trade: SimulatedTrade) -> None:
    lines = trade.lines[trade.lines["lot"] >= 0]
    inside = trade.sourcing.composition[:, IN_XINJIANG].sum(axis=1)
    mixed = lines["part"] * inside[lines["lot"]] + (1 - lines["part"]) * inside[lines["second"]]
    assert (lines["fraction"] <= mixed + 1e-12).all()
    assert ((lines["fraction"] > 0) == (mixed > 0)).all()


def test_a_line_without_fibre_is_never_of_xinjiang(trade: SimulatedTrade) -> None:
    assert not trade.lines["exposed"][trade.lines["lot"] < 0].any()


def test_regions_of_xinjiang_are_named_so() -> None:
    assert {REGIONS[place] for place in np.flatnonzero(IN_XINJIANG)} == {r for r in REGIONS if "XJ" in r}
