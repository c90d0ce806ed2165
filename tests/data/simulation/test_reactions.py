"""Reactions: who follows whom, what changes and what stays."""

import numpy as np
import pandas as pd
import pytest

from originrisk.data.simulation.contracts import MISDESCRIBE, NONE, RELABEL, SHELL_FIRM, UNDERVALUE, make_contracts
from originrisk.data.simulation.parties import SHELL, make_parties
from originrisk.data.simulation.reactions import react
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import order, value

SETTINGS = WorldSettings(lines=100_000, seed=5, churn=0.2)


@pytest.fixture(scope="module")
def before() -> tuple[pd.DataFrame, pd.DataFrame]:
    parties = make_parties(SETTINGS)
    return parties, make_contracts(SETTINGS, parties)


@pytest.fixture(scope="module")
def after(before: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    return react(SETTINGS, *before)


def test_weight_moves_to_followers_and_is_not_made(
    before: tuple[pd.DataFrame, pd.DataFrame], after: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    assert after[1]["weight"].sum() == pytest.approx(before[1]["weight"].sum(), rel=0.06)


def test_no_contract_ends_before_it_begins(after: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    assert (after[1]["last"] >= after[1]["first"]).all()


def test_followers_have_new_parties_and_remember_the_old(after: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    parties, contracts = after
    shells = contracts[contracts["mechanism"].isin([SHELL_FIRM, RELABEL])]
    assert (parties["kind"].to_numpy()[shells["party"]] == SHELL).all()
    followers = shells[shells["before"] >= 0]
    assert len(followers) > 5
    assert (followers["before"] != followers["party"]).all()


def test_the_innocent_conceal_nothing(after: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    contracts = after[1]
    innocent = contracts[~contracts["known"]]
    assert (innocent["mechanism"] == NONE).all()
    assert (innocent["shift"] == 0).all()


def test_undervalued_flows_are_priced_below_by_the_stated_range(after: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    low, high = value("prices", "undervalued")
    shift = after[1]["shift"][after[1]["mechanism"] == UNDERVALUE]
    assert len(shift) > 3
    assert shift.between(low, high).all()


def test_evasion_begins_with_the_region_order(after: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    hidden = after[1][after[1]["mechanism"].isin([RELABEL, MISDESCRIBE, UNDERVALUE])]
    assert (hidden["first"] >= order("region_order")).all()


def test_a_listed_party_ends_on_its_day(after: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    parties, contracts = after
    day = parties["listed_from"].to_numpy()[contracts["party"]]
    moved_labour = parties["labour"].to_numpy(dtype=bool)[contracts["party"]]
    assert (contracts["last"] < day)[~moved_labour].all()
    assert (parties["listed_from"] < np.iinfo(np.int32).max).any()


def test_some_listed_parties_return_as_shells(before: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    always = react(SETTINGS.model_copy(update={"re_emergence": 1.0}), *before)[1]
    never = react(SETTINGS.model_copy(update={"re_emergence": 0.0}), *before)[1]
    assert (always["mechanism"] == SHELL_FIRM).sum() > (never["mechanism"] == SHELL_FIRM).sum()
