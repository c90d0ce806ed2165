"""Commodity: what the goods are by tariff number and by description, and which order covers them."""

from collections.abc import Callable
from functools import cache

import numpy as np

from data import as_of
from features.descriptions import cotton_share, mentions_cotton, mentions_tomato, word_count
from features.feature import Feature, feature, read
from features.goods import prefix, unit_dimension, within
from features.known import Known
from features.lines import Bools, Floats, Ints, Lines, shared
from features.readings import Reading, count, rate, share

COTTON_FAMILIES: Bools = np.array([family.startswith("cotton") for family in (*as_of.FAMILIES, "none")])
"""By code of a family, as in TOMATO; the last is that of no family."""

SURE_COTTON: Bools = COTTON_FAMILIES & (np.array((*as_of.FAMILIES, "none")) != "cotton_possible")
TOMATO: Bools = np.array([family == "tomato" for family in (*as_of.FAMILIES, "none")])
TEXTILE_CHAPTERS = (50, 63)


def _dates(lines: Lines) -> as_of.Days:
    return lines.days["entry_date"].astype("datetime64[D]")


@cache
def _family_by(tariff: int) -> Callable[[str], float]:
    def family(code: str) -> float:
        row = as_of.scope_of(tariff)(code)
        return as_of.NO_FAMILY if row is None else as_of.FAMILIES.index(row.goods_family)

    return family


@cache
def _link_by(tariff: int) -> Callable[[str], float]:
    def link(code: str) -> float:
        row = as_of.scope_of(tariff)(code)
        return 0 if row is None else 2 if row.link == "direct" else 1

    return link


def _by_tariff(lines: Lines, reader: Callable[[int], Callable[[str], float]], missing: float) -> Floats:
    """What the reader of the day's tariff makes of HTSUS (n,); each number is read once per tariff."""
    tariffs = as_of.tariff(_dates(lines))
    found = np.full(lines.size, missing)
    for tariff in np.unique(tariffs):
        here = tariffs == tariff
        found[here] = lines.texts["htsus"].read(reader(int(tariff)), missing)[here]
    return found


@shared
def families(lines: Lines) -> Ints:
    """Code of the goods family of each line by its tariff number on its day (n,); -1 for none."""
    return _by_tariff(lines, _family_by, as_of.NO_FAMILY).astype(np.int64)


def since_legal_date(lines: Lines, days: Floats) -> Floats:
    """Days from the last legal date on the goods of each line to days since 1970 (n,); NaN where there is none."""
    return as_of.since_legal_date(families(lines).astype(np.int8), days.astype("datetime64[D]"))


@feature(
    "commodity",
    "family",
    "The family of goods that orders and acts speak of.",
    kind="category",
    missing="no family",
    dated=True,
)
def goods_family(lines: Lines, known: Known) -> Floats:
    """Family of goods that an order or act covers, by the tariff number."""
    family = families(lines)
    return np.where(family >= 0, family, np.nan)


@feature(
    "commodity", "yes/no", "An order on goods of the whole region covers these goods on the day.", dated=True
)
def under_region_order(lines: Lines, known: Known) -> Bools:
    """Goods of the family from the whole region were under an order or act in force on the day."""
    return as_of.under_order(families(lines).astype(np.int8), _dates(lines), "region")


@feature(
    "commodity", "yes/no", "An order on goods of single parties covers these goods on the day.", dated=True
)
def under_party_order(lines: Lines, known: Known) -> Bools:
    """Goods of the family from single parties were under an order in force on the day."""
    return as_of.under_order(families(lines).astype(np.int8), _dates(lines), "party")


@feature(
    "commodity", "orders", "{value:.0f} orders, acts and priority sectors cover these goods.", dated=True
)
def orders_in_force(lines: Lines, known: Known) -> Ints:
    """Orders, acts and priority sectors on goods of the family that were in force on the day."""
    return as_of.orders(families(lines).astype(np.int8), _dates(lines))


@feature("commodity", "link", "How the goods stand to those that orders name.", kind="category", dated=True)
def scope_link(lines: Lines, known: Known) -> Floats:
    """Goods by the tariff number: the raw goods of an order (2), made of them (1), neither (0)."""
    return _by_tariff(lines, _link_by, 0)


@feature(
    "commodity",
    "kg",
    "A kilogram of the goods takes {value:.2f} kg of cotton lint.",
    missing="no textile",
    dated=True,
)
def lint_per_kilo(lines: Lines, known: Known) -> Floats:
    """Kilograms of lint in a kilogram of the goods: likely cotton share times the factor of their kind."""
    return likely_cotton.compute(lines, known) * lines.texts["htsus"].read(as_of.lint_factor, np.nan)


@feature(
    "commodity",
    "chapter",
    "The goods fall under chapter {value:.0f}.",
    kind="category",
    missing="number too short",
)
def chapter(lines: Lines, known: Known) -> Floats:
    """Chapter of the tariff (HTSUS, 2 digits)."""
    number = prefix(lines, 2)
    return np.where(number > 0, number, np.nan)


@feature(
    "commodity",
    "heading",
    "The goods fall under heading {value:.0f}.",
    kind="category",
    missing="number too short",
)
def heading(lines: Lines, known: Known) -> Floats:
    """Heading of the tariff (HTSUS, 4 digits)."""
    number = prefix(lines, 4)
    return np.where(number > 0, number, np.nan)


@feature("commodity", "dimension", "What the first quantity counts.", kind="category", missing="no unit")
def unit(lines: Lines, known: Known) -> Floats:
    """What the first quantity counts: pieces, pairs, kilograms, metres …"""
    dimension = unit_dimension(lines)
    return np.where(dimension > 0, dimension, np.nan)


def _declared_cotton(lines: Lines) -> Bools:
    sure: Bools = SURE_COTTON[families(lines)]
    return sure


@shared
def cotton_in_text(lines: Lines) -> Floats:
    """Cotton share that the description names (n,); NaN where it names none."""
    return lines.texts["description"].read(cotton_share, np.nan)


@feature(
    "commodity", "share", "The description says {value:.0%} cotton.", missing="the description does not say"
)
def described_cotton(lines: Lines, known: Known) -> Floats:
    """Cotton in the goods by the description, 0 to 1."""
    return cotton_in_text(lines)


@feature("commodity", "share", "The goods are taken to be {value:.0%} cotton.", dated=True)
def likely_cotton(lines: Lines, known: Known) -> Floats:
    """Cotton by the description, else by the tariff number: 0.8 for cotton goods, 0.3 where possible, else 0."""
    by_tariff = np.where(_declared_cotton(lines), 0.8, np.where(COTTON_FAMILIES[families(lines)], 0.3, 0.0))
    described = cotton_in_text(lines)
    return np.where(np.isnan(described), by_tariff, described)


@feature("commodity", "yes/no", "The description names cotton, but the tariff number does not.", dated=True)
def cotton_only_in_text(lines: Lines, known: Known) -> Bools:
    """Textile chapter and cotton in the description, yet the tariff number is not one of cotton."""
    textile = within(prefix(lines, 2), TEXTILE_CHAPTERS)
    return textile & lines.texts["description"].says(mentions_cotton) & ~_declared_cotton(lines)


@feature(
    "commodity",
    "yes/no",
    "The tariff number is one of cotton, but the description names other fibres.",
    dated=True,
)
def cotton_only_in_tariff(lines: Lines, known: Known) -> Bools:
    """The tariff number is one of cotton, yet the description says less than half cotton."""
    little: Bools = cotton_in_text(lines) < 0.5
    return _declared_cotton(lines) & little


@feature("commodity", "yes/no", "The goods are a tomato product by tariff number or description.", dated=True)
def tomato(lines: Lines, known: Known) -> Bools:
    """Tomato product by tariff number or description."""
    named: Bools = TOMATO[families(lines)] | lines.texts["description"].says(mentions_tomato)
    return named


@feature("commodity", "words", "The description has {value:.0f} words.", missing="no description")
def description_words(lines: Lines, known: Known) -> Floats:
    """Words in the description; few are vague."""
    return lines.texts["description"].read(word_count, np.nan)


@feature(
    "commodity",
    "share",
    "About {value:.0%} of this country's cotton input is likely from Xinjiang.",
    missing="no figure",
    dated=True,
)
def country_exposure(lines: Lines, known: Known) -> Floats:
    """Share of the origin's cotton input through China, times Xinjiang's share of China's output."""
    return _exposure(lines)


@shared
def _exposure(lines: Lines) -> Floats:
    countries = lines.texts["country_of_origin"].cells()
    return as_of.china_dependence(countries, _dates(lines)) * as_of.xinjiang_share("output", _dates(lines))


@feature(
    "commodity",
    "share",
    "Taking the cotton in the goods and the country's imports, {value:.0%} of the input may be from Xinjiang.",
    missing="no figure",
    monotone=1,
    dated=True,
)
def cotton_exposure(lines: Lines, known: Known) -> Floats:
    """Likely cotton share of the goods times the country's exposure to Xinjiang cotton."""
    return likely_cotton.compute(lines, known) * _exposure(lines)


@read("commodity", "lines", "Such goods of this origin had {value:.0f} lines in the past year.")
def goods_lines() -> Reading:
    """Lines of the same HTS-6 and origin in the past 365 days."""
    return count("hts6*origin.lines.365")


@read(
    "commodity",
    "share",
    "{value:.0%} of such goods came from this origin in the past year.",
    missing="goods new",
)
def origin_share_of_heading() -> Reading:
    """Share of the heading's lines of the past 365 days that had this origin."""
    return share("hts4*origin.lines.365", "hts4.lines.365")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of the heading found Xinjiang inputs.",
    monotone=1,
)
def heading_found_rate() -> Reading:
    """Share of examinations of the heading that found Xinjiang inputs, shrunk to the general share."""
    return rate("hts4")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of heading and origin found Xinjiang inputs.",
    monotone=1,
)
def heading_origin_found_rate() -> Reading:
    """Share of examinations of heading and origin that found Xinjiang inputs, shrunk to the heading's."""
    return rate("hts4", "hts4*origin")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of these goods and origin found Xinjiang inputs.",
    monotone=1,
)
def goods_origin_found_rate() -> Reading:
    """Share of examinations of HTS-6 and origin that found Xinjiang inputs, shrunk to heading and origin."""
    return rate("hts4", "hts4*origin", "hts6*origin")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of these very goods found Xinjiang inputs.",
    monotone=1,
)
def hts10_found_rate() -> Reading:
    """Share of examinations of the HTSUS number that found Xinjiang inputs, shrunk to its heading."""
    return rate("hts4", "hts10")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of goods described like this found Xinjiang inputs.",
    monotone=1,
)
def description_found_rate() -> Reading:
    """Share of examinations of goods with this very description that found Xinjiang inputs, shrunk to HTSUS."""
    return rate("hts4", "hts10", "text")


@feature(
    "commodity",
    "ln",
    "Goods described in such words were found {times:.2f} times as often as others.",
    missing="no description",
    monotone=1,
)
def description_word_score(lines: Lines, known: Known) -> Floats:
    """ln of the found share of the description's words over the general one, mean over words, by outcomes known."""
    return known.told("words.score")


@feature("commodity", "yes/no", "A duty preference is claimed.")
def preference_claimed(lines: Lines, known: Known) -> Bools:
    """A special program (duty preference) is claimed."""
    return ~lines.texts["special_program"].null


FEATURES: tuple[Feature, ...] = (
    goods_family,
    under_region_order,
    under_party_order,
    orders_in_force,
    scope_link,
    lint_per_kilo,
    chapter,
    heading,
    unit,
    described_cotton,
    likely_cotton,
    cotton_only_in_text,
    cotton_only_in_tariff,
    tomato,
    description_words,
    country_exposure,
    cotton_exposure,
    goods_lines,
    origin_share_of_heading,
    heading_found_rate,
    heading_origin_found_rate,
    goods_origin_found_rate,
    hts10_found_rate,
    description_found_rate,
    description_word_score,
    preference_claimed,
)
