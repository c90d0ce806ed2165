"""Names against lists: a probability that keeps the order of the evidence, and homonyms apart."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from benchmarks.names import Pairs, calibration, parties
from originrisk.cli import app
from originrisk.data.store import Store
from originrisk.features.list_match import INTERCEPT, SLOPE, match, probability
from tests.features.factory import listing_of


def table(*names: str, **cells: object) -> pa.Table:
    return pa.concat_tables([listing_of(name, **cells) for name in names])


def test_the_party_itself_comes_first_and_strangers_do_not_come() -> None:
    listed = table(
        "Aksu Huafu Textiles Co., Ltd.", "Turpan Esquel Textile Co., Ltd.", "Camel Group Co., Ltd."
    )
    found = match("AKSU HUAFU TEXTILE COMPANY LIMITED", listed)
    assert [one.listing["name"] for one in found] == ["Aksu Huafu Textiles Co., Ltd."]
    assert found[0].probability > 0.95
    assert match("Birch Garment Factory", listed) == []


def test_an_alias_is_met_and_named() -> None:
    (found,) = match("HOLLIN HAIR ACCESSORIES", table("Haolin Co.", aliases="Hollin Hair Accessories|Other"))
    assert found.matched == "Hollin Hair Accessories"


def test_a_city_keeps_homonyms_apart() -> None:
    listed = table("Haolin Knitting Co., Ltd.", address="3 Road, Hotan, Xinjiang")
    here, unknown, there = (
        match("Haolin Knitting Co Ltd", listed, city)[0].evidence.bits for city in ("HO TAN", "", "Dhaka")
    )
    assert here > unknown > there


def test_more_bits_are_a_higher_probability_without_end() -> None:
    told = [probability(bits) for bits in np.linspace(-60, 75, 400)]
    assert told[0] > 0
    assert told[-1] < 1
    assert all(before < after for before, after in pairwise(told))


def test_the_line_is_the_one_that_the_dev_half_gives_and_holds_on_the_test_half() -> None:
    pairs = Pairs.read()
    fitted = calibration(pairs, np.array([parties(*pair) for pair in pairs.names]))
    assert fitted["intercept"] == pytest.approx(INTERCEPT, abs=0.05)
    assert fitted["slope"] == pytest.approx(SLOPE, abs=0.005)
    assert fitted["calibration error, test half"] < 0.06


def test_the_command_tells_matches_with_their_evidence(tmp_path: Path) -> None:
    Store(tmp_path).upsert("listed", table("Haolin Knitting Co., Ltd.").to_batches())
    words = ["--home", str(tmp_path), "lists", "match", "HAOLIN KNITTING", "--json"]
    first = json.loads(CliRunner().invoke(app, words).stdout)["matches"][0]
    assert first["listing"]["name"] == "Haolin Knitting Co., Ltd."
    assert first["bits"] == pytest.approx(sum(part["bits"] for part in first["evidence"]["parts"]))
    early = json.loads(CliRunner().invoke(app, [*words, "--as-of", "2019-03-01"]).stdout)
    assert early["matches"] == []
