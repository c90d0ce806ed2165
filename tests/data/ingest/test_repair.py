"""Cells and columns of a source under the rules of the contract."""

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from originrisk.data.contract import ENTRIES
from originrisk.data.ingest import parsers
from originrisk.data.ingest.mapping import TableMapping
from originrisk.data.ingest.records import UNCALCULATED
from originrisk.data.ingest.repair import PARSERS, PLAIN, ColumnCheck, as_text, is_plain, parse

REPAIRED = [
    ("entry number", "abc-1234567-6", "ABC12345676", "letter case"),
    ("entry number", " ABC12345676 ", "ABC12345676", "surrounding blanks"),
    ("entry number", "'99999999990", "99999999990", "leading apostrophe"),
    ("entry number", "\u202dABC12345676\u202c", "ABC12345676", "direction mark"),
    ("line number", "3.0", 3, "`.0` behind a code"),
    ("line number", "0" * 5_000 + "99999.0", 99_999, "`.0` behind a code"),
    ("entry type", "1", "01", "lost leading zero"),
    ("schedule d", "401", "0401", "lost leading zero"),
    ("schedule d", "2704.0", "2704", "`.0` behind a code"),
    ("htsus", "6109.10.00.12", "6109100012", "dots, hyphens or blanks in a code"),
    ("htsus", "6109 10 0012", "6109100012", "dots, hyphens or blanks in a code"),
    ("htsus", "6109100012.0", "6109100012", "`.0` behind a code"),
    ("htsus", "６１０９１０", "610910", "Unicode NFKC"),
    ("country", "cn", "CN", "letter case"),
    ("country", "CHN", "CN", "alpha-3 code or name of a country"),
    ("country", "Viet Nam", "VN", "alpha-3 code or name of a country"),
    ("country", "Vietnam", "VN", "alpha-3 code or name of a country"),
    ("country", "UK", "GB", "`UK` for `GB`"),
    ("country", "Turkiye", "TR", "alpha-3 code or name of a country"),
    ("country", "Viet-Nam", "VN", "alpha-3 code or name of a country"),
    ("country", "Macau", "MO", "alpha-3 code or name of a country"),
    ("country", "Ivory Coast", "CI", "alpha-3 code or name of a country"),
    ("country", "Côte d'Ivoire", "CI", "alpha-3 code or name of a country"),
    ("country", "Cape Verde", "CV", "alpha-3 code or name of a country"),
    ("country", "U.S.A.", "US", "alpha-3 code or name of a country"),
    ("country", "The Netherlands", "NL", "alpha-3 code or name of a country"),
    ("country", "Holland", "NL", "alpha-3 code or name of a country"),
    ("country", "KOREA, REPUBLIC OF", "KR", "alpha-3 code or name of a country"),
    ("country", "republic of korea", "KR", "alpha-3 code or name of a country"),
    ("country", "South Korea", "KR", "alpha-3 code or name of a country"),
    ("country", "P.R. China", "CN", "alpha-3 code or name of a country"),
    ("country", "St. Lucia", "LC", "alpha-3 code or name of a country"),
    ("country", "Trinidad & Tobago", "TT", "alpha-3 code or name of a country"),
    ("country", "Great Britain", "GB", "alpha-3 code or name of a country"),
    *[("country", code, "CA", "a province for Canada") for code in ("XA", "XO", "XQ", "xy")],
    ("country", "China, People's Republic of", "CN", "alpha-3 code or name of a country"),
    ("country", "Congo, Democratic Republic", "CD", "alpha-3 code or name of a country"),
    ("country", "Alemania", "DE", "alpha-3 code or name of a country"),
    ("country", "中国", "CN", "alpha-3 code or name of a country"),
    ("country", "Китай", "CN", "alpha-3 code or name of a country"),
    ("country", "VN.", "VN", "dots, hyphens or blanks in a code"),
    ("importer number", "44–555666700", "44-555666700", "typographic hyphen or apostrophe"),
    ("date", "2021‑11‑04", date(2021, 11, 4), "typographic hyphen or apostrophe"),
    ("amount", "1’234.56", 1234.56, "thousands separators"),
    ("country", "WE", "PS", "the West Bank for Palestine"),
    ("country", "GZ", "PS", "Gaza for Palestine"),
    ("country", "TP", "TL", "a withdrawn code"),
    ("country", "CN - China", "CN", "alpha-3 code or name of a country"),
    ("country", "China (PRC)", "CN", "alpha-3 code or name of a country"),
    ("country", "Viet Nam/VN", "VN", "alpha-3 code or name of a country"),
    ("country", "Lao PDR", "LA", "alpha-3 code or name of a country"),
    ("htsus", '="0810900000"', "0810900000", "text written as a formula"),
    ("htsus", "6109-10-0012", "6109100012", "dots, hyphens or blanks in a code"),
    ("manufacturer id", "VN-BROGAR-77-HAI", "VNBROGAR77HAI", "dots, hyphens or blanks in a code"),
    ("unit", "DOZ.", "DOZ", "dots, hyphens or blanks in a code"),
    ("unit", "No.", "NO", "dots, hyphens or blanks in a code"),
    ("schedule d", "27-04", "2704", "dots, hyphens or blanks in a code"),
    ("schedule k", "570-35", "57035", "dots, hyphens or blanks in a code"),
    ("entry number", "ABC 1234567 6", "ABC12345676", "dots, hyphens or blanks in a code"),
    ("importer number", "12-3456789 00", "12-345678900", "dots, hyphens or blanks in a code"),
    ("date", "2021-03-05T00:00:00Z", date(2021, 3, 5), "date with a time"),
    ("date", "2021-03-05 00:00:00", date(2021, 3, 5), "date with a time"),
    ("date", "20210305", date(2021, 3, 5), "year first without hyphens"),
    ("amount", "$10,000.00", 10_000.0, "currency sign"),
    ("amount", "1,234,567.5", 1_234_567.5, "thousands separators"),
    ("amount", "120.50 USD", 120.5, "currency sign"),
    ("amount", "1e-05", 1e-05, "scientific notation of a machine"),
    ("boolean", "Y", True, "another word for true or false"),
    ("boolean", "1.0", True, "another word for true or false"),
    ("boolean", "FALSE", False, "another word for true or false"),
    ("method", "Document Review", "document_review", "blanks or hyphens in a word"),
    ("result", "NOT_XINJIANG", "not_xinjiang", "letter case"),
    ("manufacturer id", "cnlamkni12nin", "CNLAMKNI12NIN", "letter case"),
    ("text", "830000.0", "830000", "`.0` behind a code"),
    ("text", "LAMBDA\u200b KNIT", "LAMBDA KNIT", "zero-width mark"),
    ("text", "'0012", "0012", "leading apostrophe"),
]

BROKEN = [
    ("entry number", "ABC12345675", "wrong check digit"),
    ("entry number", "ABC1234567", "not 3 letters or digits, 7 digits and a check digit"),
    ("entry number", "1.23E+10", "scientific notation"),
    ("line number", "0", "out of range"),
    ("line number", "100000", "out of range"),
    ("line number", "1" * 5_000, "out of range"),
    ("line number", "-" + "9" * 5_000, "out of range"),
    ("line number", "two", "not a whole number"),
    ("line number", "1.5", "not a whole number"),
    ("htsus", "610910001", "not 6, 8 or 10 digits"),
    ("htsus", "6109", "not 6, 8 or 10 digits"),
    ("htsus", "6.1091E+09", "scientific notation"),
    ("htsus", "61O9100012", "letters among digits"),
    ("htsus", "0009100012", "no such chapter"),
    ("country", "QQ", "unknown country"),
    ("country", "Xinjiang", "unknown country"),
    ("country", "Korea", "unknown country"),
    ("country", "China/Vietnam", "unknown country"),
    ("country", "CN (Urumqi)", "unknown country"),
    ("country", "YU", "unknown country"),
    ("country", "中", "unknown country"),
    ("country", "**", "several countries, where one is expected"),
    ("country", "MULTI", "several countries, where one is expected"),
    ("date", "2021-11-05T01:00:00Z", "the day depends on a time zone that is not stated"),
    ("date", "2021-11-03 15:00:00+00:00", "the day depends on a time zone that is not stated"),
    ("date", "2021-11-05 01:00 EST", "the day depends on a time zone that is not stated"),
    ("date", "03/05/2021", "order of day and month in doubt"),
    ("date", "5.3.21", "order of day and month in doubt"),
    ("date", "2021-02-30", "no such day"),
    ("date", "1921-02-03", "out of range"),
    ("date", "44260", "not a date"),
    ("amount", "12,50", "decimal comma in doubt"),
    ("amount", "1.234,56", "decimal comma in doubt"),
    ("amount", "-1", "out of range"),
    ("amount", "1.23E+05", "scientific notation"),
    ("amount", "100 KG", "not a number"),
    ("amount", "€100", "not a number"),
    ("amount", "inf", "not a finite number"),
    ("probability", "1.2", "out of range"),
    ("schedule d", "27O4", "not 4 digits"),
    ("schedule k", "5702", "not 5 digits"),
    ("transport mode", "1", "not 2 digits"),
    ("manufacturer id", "CNLAMKNI12345NINGBO", "not 3 to 15 letters and digits"),
    ("selection", "because", "unknown word"),
    ("boolean", "maybe", "neither true nor false"),
]


@pytest.mark.parametrize(("rule", "text", "value", "repair"), REPAIRED)
def test_a_certain_repair_is_made_and_named(rule: str, text: str, value: object, repair: str) -> None:
    cell = parse(rule, text)
    assert (cell.value, cell.broken) == (value, "")
    assert repair in cell.repairs


@pytest.mark.parametrize(("rule", "text", "reason"), BROKEN)
def test_a_doubtful_cell_is_broken_for_its_reason(rule: str, text: str, reason: str) -> None:
    cell = parse(rule, text)
    assert (cell.value, cell.broken) == (None, reason)


@pytest.mark.parametrize("word", ["N/A", "null", "-", "Unknown", " n/a "])
@pytest.mark.parametrize("rule", ["text", "amount", "htsus", "date", "country"])
def test_a_placeholder_is_a_missing_cell(rule: str, word: str) -> None:
    cell = parse(rule, word)
    assert (cell.value, cell.broken) == (None, "")
    assert "placeholder word" in cell.repairs


def test_na_is_namibia_where_a_country_stands_and_missing_where_a_number_does() -> None:
    assert parse("country", "NA").value == "NA"
    assert parse("text", "NA").value == "NA"
    assert parse("amount", "NaN").value is None


@pytest.mark.parametrize("text", ["=SUM(A1)", "<b>x</b>", "\u202eabc", "'S-HERTOGENBOSCH MILLS", "天山 棉花"])
def test_a_text_is_kept_as_it_is(text: str) -> None:
    cell = parse("text", text)
    assert (cell.value, cell.repairs) == (text, ())


def test_an_e_within_an_entry_number_is_no_exponent() -> None:
    assert parse("entry number", "12E12345674").value == "12E12345674"


def test_zero_is_a_value_and_never_negative() -> None:
    assert str(parse("amount", "-0.0").value) == "0.0"


def test_a_stated_layout_settles_the_order_of_day_and_month() -> None:
    assert parse("date", "03/05/2021", parsers.day("%m/%d/%Y")).value == date(2021, 3, 5)
    assert parse("date", "2021-03-05", parsers.day("%m/%d/%Y")).value == date(2021, 3, 5)
    assert parse("date", "25/03/2021", parsers.day("%m/%d/%Y")).broken == "order of day and month in doubt"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,56", 1234.56), ("12,500", 12.5), ("1.234", 1234.0), ("1 234,5", 1234.5), ("-,5", -0.5), ("7", 7.0)],
)
def test_a_stated_decimal_comma_settles_numbers(text: str, value: float) -> None:
    assert parse("number", text, parsers.number(comma="decimals")).value == value


@pytest.mark.parametrize("text", ["4,321.50", "12.5", "4321.50", "1,2,3", "1.23.456,7"])
def test_a_number_that_is_not_written_with_the_stated_decimal_comma_is_broken(text: str) -> None:
    assert parse("number", text, parsers.number(comma="decimals")).broken


@pytest.mark.parametrize("word", ["nan", "NaT", "nil", "TBD", "undefined", "MULTI", "<NA>", "None", "NA"])
@pytest.mark.parametrize("rule", ["importer number", "manufacturer id", "unit", "schedule d", "amount"])
def test_words_of_programs_and_filers_for_nothing_are_no_codes(rule: str, word: str) -> None:
    assert parse(rule, word).value is None
    assert not parse(rule, word).broken
    assert not is_plain(rule, pa.array([word]))[0]


@pytest.mark.parametrize(("text", "value"), [("nan", None), ("NaT", None), ("tbd", None), ("NAN", "NAN")])
def test_a_name_of_a_person_is_no_word_for_nothing(text: str, value: str | None) -> None:
    assert parse("text", text).value == value


ALPHABET = "019AZaz.-/,' $\u200b\u202eé=N\n"
WORDS = st.one_of(
    st.text(ALPHABET, max_size=12),
    st.sampled_from(["ABC-1234567-6", "ABC12345676", "6109100012", "7709100012", "2021-03-05", "2021-02-30"]),
    st.sampled_from(["1.50", "-0.1", "true", "TRUE", "N/A", "UNKNOWN", "12-345678900", "CNLAMKNI12NIN", "05", "5.0"]),
    st.from_regex(r"[0-9]{1,10}(\.[0-9]{1,3})?", fullmatch=True),
)


@pytest.mark.parametrize("rule", sorted(PLAIN))
@given(text=WORDS)
def test_a_plain_text_is_one_that_its_parser_neither_repairs_nor_breaks(rule: str, text: str) -> None:
    if is_plain(rule, pa.array([text]))[0]:
        cell = parse(rule, text)
        assert (cell.repairs, cell.broken) == ((), "")
        assert cell.value is not None


def test_every_rule_with_a_quick_way_has_a_parser() -> None:
    assert set(PLAIN) <= set(PARSERS)


@pytest.mark.parametrize(
    ("rule", "cells", "plain"),
    [
        ("amount", pa.array([1.5, -1.0, float("nan"), float("inf"), None]), [True, False, False, False, False]),
        ("number", pa.array([-1.5, float("-inf")]), [True, False]),
        ("line number", pa.array([1, 0, None], pa.int32()), [True, False, False]),
        ("date", pa.array([date(2021, 3, 5), date(1900, 1, 1)]), [True, False]),
        ("boolean", pa.array([True, False, None]), [True, True, False]),
    ],
)
def test_typed_values_are_plain_within_their_bounds(rule: str, cells: pa.Array, plain: list[bool]) -> None:
    assert is_plain(rule, cells).tolist() == plain


def test_typed_values_become_the_text_a_person_would_write() -> None:
    moments = pa.array([datetime(2021, 3, 5), datetime(2021, 3, 5, 12)], pa.timestamp("s"))
    assert as_text(moments).to_pylist() == ["2021-03-05", "2021-03-05 12:00:00"]
    assert as_text(pa.array([6109100012.0, float("nan")])).to_pylist() == ["6109100012.0", None]
    assert as_text(pa.array([7])).to_pylist() == ["7"]


NOTHING = TableMapping(columns={})
CELLS = st.one_of(
    st.none(),
    st.text("0125AaZ.-/,' $N\u200b", max_size=11),
    st.sampled_from(["ABC-1234567-6", "6109.10.0012", "6109100012", "2021-03-05", "2021-03-31", "1,234.50", "-1"]),
    st.sampled_from(["CN", "cn", "China", "N/A", "2704", "401", "12-345678900", "true", "Y", "DOZ", "LAMBDA KNIT"]),
)


@pytest.mark.parametrize("column", ENTRIES.columns, ids=lambda column: column.name)
@given(cells=st.lists(CELLS, max_size=8))
def test_a_column_is_judged_as_its_cells_are(column: object, cells: list[str | None]) -> None:
    judged = ColumnCheck(column, NOTHING)(pa.array(cells, pa.string()))  # type: ignore[arg-type]
    single = [parse(column.rule, cell or "") for cell in cells]  # type: ignore[attr-defined]
    assert judged.values.to_pylist() == [cell.value for cell in single]
    assert judged.reasons == {row: cell.broken for row, cell in enumerate(single) if cell.broken}
    assert judged.repaired.tolist() == [bool(cell.repairs) for cell in single]
    assert judged.repairs.total() == sum(len(cell.repairs) for cell in single)


def test_a_mapping_gives_words_a_meaning_and_keeps_codes_of_its_own() -> None:
    mapping = TableMapping(columns={}, values={"country_of_origin": {"PRC": "CN"}}, also={"country_of_origin": ("ZZ",)})
    judged = ColumnCheck(ENTRIES["country_of_origin"], mapping)(pa.array(["PRC", "ZZ", "QQ", "VN"]))
    assert judged.values.to_pylist() == ["CN", "ZZ", None, "VN"]
    assert judged.reasons == {2: "unknown country"}


def test_a_mapping_scales_numbers_and_moves_dates() -> None:
    mapping = TableMapping(columns={}, factors={"quantity": 12.0}, days_later={"entry_date": 30})
    assert ColumnCheck(ENTRIES["quantity"], mapping)(pa.array(["2", None])).values.to_pylist() == [24.0, None]
    moved = ColumnCheck(ENTRIES["entry_date"], mapping)(pa.array(["2021-01-15"])).values
    assert str(moved[0]) == "2021-02-14"


def _judged(
    name: str, cells: pa.Array, mapping: TableMapping = NOTHING, delimiter: str = ","
) -> tuple[list[object], list[str]]:
    judged = ColumnCheck(ENTRIES[name], mapping, delimiter=delimiter)(cells)
    return judged.values.to_pylist(), sorted(set(judged.reasons.values()))


def test_typed_numbers_are_read_as_they_are_where_texts_have_a_decimal_comma() -> None:
    comma = TableMapping(columns={}, decimal_comma=True)
    for kind in (pa.float32(), pa.float64(), pa.decimal128(12, 2)):
        assert _judged("quantity", pa.array([12.5, None]).cast(kind), comma) == ([12.5, None], [])
    typed = ColumnCheck(ENTRIES["quantity"], comma)(pa.array(["1234.56", "1.234,5"]), np.array([True, False]))
    assert typed.values.to_pylist() == [1234.56, 1234.5]


def test_a_zero_of_many_decimal_places_is_zero() -> None:
    cells = pa.array([Decimal("0"), Decimal("12.5")], pa.decimal128(38, 9))
    assert _judged("charges_usd", cells) == ([0.0, 12.5], [])
    assert _judged("htsus", pa.array([Decimal("610910001200").scaleb(-2)], pa.decimal128(38, 9)))[0] == ["6109100012"]


def test_a_code_in_a_type_that_cannot_hold_it_is_broken() -> None:
    reason = "a code in a type of number that cannot hold it"
    assert _judged("htsus", pa.array([6109100012.0], pa.float32())) == ([None], [reason])
    assert _judged("htsus", pa.array([610910.0], pa.float32())) == (["610910"], [])
    assert _judged("htsus", pa.array([6109100012.0], pa.float64())) == (["6109100012"], [])
    assert _judged("description", pa.array([2.0**53 + 2])) == ([None], [reason])


MOMENTS = [datetime(2021, 11, 5, 1, tzinfo=UTC), datetime(2021, 11, 3, tzinfo=UTC)]


def test_a_moment_with_a_zone_is_no_day_until_the_mapping_says_where() -> None:
    reason = "the day depends on a time zone that is not stated"
    cells = pa.array(MOMENTS, pa.timestamp("us", "UTC"))
    assert _judged("entry_date", cells) == ([None, None], [reason])
    assert _judged("entry_date", cells.slice(1)) == ([date(2021, 11, 3)], [])
    assert _judged("entry_date", pa.array(["2021-11-05T01:00:00Z", "2021-11-03T00:00Z"]))[0] == [None, None]
    york = TableMapping(columns={}, zone="America/New_York")
    assert _judged("entry_date", cells, york) == ([date(2021, 11, 4), date(2021, 11, 2)], [])
    seoul = pa.array(MOMENTS[1:], pa.timestamp("s", "UTC")).cast(pa.timestamp("s", "Asia/Seoul"))
    assert _judged("entry_date", seoul)[1] == [reason]


def test_a_comma_is_in_doubt_between_semicolons_and_beside_a_comma_before_decimals() -> None:
    assert _judged("gross_weight_kg", pa.array(["12,500", "7.5"]), delimiter=";")[0] == [None, 7.5]
    assert _judged("gross_weight_kg", pa.array(["12,500", "7,25", "3.125", "3.5"]))[0] == [None, None, None, 3.5]
    assert _judged("gross_weight_kg", pa.array(["12,500", "1,234.50"]))[0] == [12_500.0, 1234.5]
    settled = TableMapping(columns={}, usual=("thousands separators",))
    assert _judged("gross_weight_kg", pa.array(["12,500"]), settled, ";")[0] == [12_500.0]


def test_a_word_of_the_mapping_is_known_as_a_typed_number_too() -> None:
    words = TableMapping(columns={}, values={"related_parties": {"1": "yes", "2": "no"}})
    assert _judged("related_parties", pa.array([1.0, 2.0, None]), words)[0] == [True, False, None]


@pytest.mark.parametrize(
    "text",
    [
        "#BLOCKED!",
        "#¡VALOR!",
        "#BEZUG!",
        "#NV",
        "Err:502",
        "\\N",
        "[null]",
        "<NA>",
        "T.B.D.",
        "none given",
        "—",
        "??",
        "XXX",
        "0",
        "00000",
        "1.#QNAN",
        "multiple suppliers",
        "AS PER INVOICE",
        "无",
        "нет",
    ],
)
@pytest.mark.parametrize("rule", ["text", "manufacturer id", "importer number"])
def test_words_for_nothing_are_no_party(rule: str, text: str) -> None:
    assert parse(rule, text).value is None
    assert parse(rule, text).repairs[-1] == "placeholder word"
    assert not is_plain(rule, pa.array([text])).any()


@pytest.mark.parametrize("text", ["NIL TEXTILES", "ÜNIL", "NAN", "Nullarbor Wool", "#12 ROAD", "X", "S.A.M.E."])
def test_names_that_hold_such_a_word_stay(text: str) -> None:
    assert parse("text", text).value == text


@pytest.mark.parametrize("text", ["1.#IND", "Korea", "Republic of China", "VN/CN", "Saint Martin", "CN-65"])
def test_no_country_is_guessed(text: str) -> None:
    assert parse("country", text).value is None


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("CAFÃ‰ LÃ“PEZ", True),
        ("ÞENOL ÞTÝ ÝPLÝK", True),
        ("SPÓ£KA", True),
        ("CAF�", True),
        ("ÒÅÊÑÒÈËÜ", True),
        ("РўР•РљРЎ", True),
        ("CAFÉ LÓPEZ", False),
        ("ŁÓDŹ", False),
        ("Þór Ýmir", False),
        ("ТЕКСТИЛЬ", False),
        ("NGUYỄN VĂN ĐỨC", False),
        ("宁波", False),
        ("GROSSHANDEL STRAẞER", False),
    ],
)
def test_text_that_was_read_in_another_encoding_is_flagged(text: str, flagged: bool) -> None:
    cell = parse("text", text)
    assert cell.value == text
    assert (parsers.WRONG_PAGE in cell.repairs) is flagged


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([Decimal("98765.430000000"), Decimal("12.1")], pa.decimal128(38, 9)),
        pa.array([98765.43, 12.1], pa.float32()),
    ],
    ids=str,
)
def test_numbers_of_other_types_become_the_number_that_is_written_like_them(cells: pa.Array) -> None:
    check = ColumnCheck(ENTRIES["quantity"], TableMapping(columns={}))
    assert check(cells).values.to_pylist() == [98765.43, 12.1]


def test_between_semicolons_a_comma_makes_the_points_of_its_column_doubtful() -> None:
    check = ColumnCheck(ENTRIES["gross_weight_kg"], TableMapping(columns={}), delimiter=";")
    assert check(pa.array(["12,500", "1.250", "7.5"])).values.to_pylist() == [None, None, 7.5]
    assert check(pa.array(["12.500", "1.250"])).values.to_pylist() == [12.5, 1.25]


@pytest.mark.parametrize("text", ["#REF!", UNCALCULATED, "see attached", "VARIOUS"])
def test_a_label_that_says_something_is_never_pending(text: str) -> None:
    assert parse("result", text).broken == "unknown word"


@pytest.mark.parametrize("text", ["n/a", "#N/A", "<NA>", "-", "nan", ""])
def test_a_label_that_says_nothing_is_none(text: str) -> None:
    assert (parse("result", text).value, parse("result", text).broken) == (None, "")
