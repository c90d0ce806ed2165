"""Records bring what is declared to one form, and have the same key on every day."""

from originrisk.serve.party.record import Record, Records
from tests.serve.party.makers import HOMONYM, QIAOLONG, VAGUE, lines

BARE = {"name": "Shaoxing Qiaolong Tex. Company Limited", "address": "no.128, Meilun Rd.", "city": "SHAOXING CITY"}


def test_a_record_is_in_one_form() -> None:
    declared = Records.of(lines(QIAOLONG | {"postal_code": " 312-000"})).at(0)
    assert declared == Record(
        "SHAOXING QIAOLONG TEXTILE", "NO 128 MEILUN RD", "SHAOXING", "312000", "CNSHAQIA128SHA", "CN"
    )


def test_spellings_of_one_form_have_one_key() -> None:
    one, other = Records.of(lines(BARE, QIAOLONG | {"id": ""})).keys
    assert one == other


def test_keys_tell_records_apart_and_do_not_depend_on_other_lines() -> None:
    together = Records.of(lines(QIAOLONG, HOMONYM, VAGUE)).keys
    alone = [Records.of(lines(maker)).keys[0] for maker in (QIAOLONG, HOMONYM, VAGUE)]
    assert together.tolist() == alone
    assert len(set(alone)) == 3


def test_the_country_is_that_of_the_mid_or_else_the_origin() -> None:
    origin_vietnam = {"country": "VN"}
    assert Records.of(lines(QIAOLONG | origin_vietnam)).at(0).country == "CN"
    assert Records.of(lines(VAGUE | origin_vietnam)).at(0).country == "VN"


def test_a_record_is_within_one_that_says_the_same_and_more() -> None:
    full, vague = (Records.of(lines(maker)).at(0) for maker in (QIAOLONG, QIAOLONG | {"address": ""}))
    assert vague.within(full)
    assert not full.within(vague)
