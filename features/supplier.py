"""Supplier history and that of the other parties: how old, how busy, with whom, and what examinations found."""

import numpy as np

from data.identifiers import manufacturer_id, postal_code
from data.identifiers.manufacturer_id_rules import city_part, number_part
from features.commodity import since_legal_date
from features.feature import Feature, feature, named, read
from features.keys import Keys, hashed_all
from features.known import Known
from features.lines import Floats, Ints, Lines
from features.measures import MAKERS, TRADERS, suspicion_of
from features.places import country_number, names_xinjiang
from features.readings import Reading, count, mean, rate, share, since

PARTIES = {
    "supplier": "supplier",
    "maker": "maker of this name",
    "address": "maker's address",
    "seller": "seller",
    "consolidator": "consolidator",
    "importer": "importer",
}


def _age(key: str, words: str) -> Feature:
    return named(
        f"{key}_age",
        "supplier",
        unit="days",
        meaning=f"Days since the first line of the {words}.",
        sentence=f"The {words} was first seen {{value:.0f}} days ago.",
        column=since(f"{key}.first"),
    )


def _idle(key: str, words: str) -> Feature:
    return named(
        f"{key}_idle",
        "supplier",
        unit="days",
        meaning=f"Days since the latest line of the {words}.",
        sentence=f"The {words} was last seen {{value:.0f}} days ago.",
        column=since(f"{key}.last"),
    )


def _lines(key: str, words: str) -> Feature:
    return named(
        f"{key}_lines",
        "supplier",
        unit="lines",
        meaning=f"Lines of the {words} in the past 365 days.",
        sentence=f"The {words} had {{value:.0f}} lines in the past year.",
        column=count(f"{key}.lines.365"),
    )


def _burst(key: str, words: str) -> Feature:
    return named(
        f"{key}_burst",
        "supplier",
        unit="ratio",
        meaning=f"Lines of the {words} in the past 30 days, times twelve, against the past 365 days (1 is steady).",
        sentence=f"The {words} is {{value:.1f}} times as busy as usual.",
        column=Reading(_against_usual, (f"{key}.lines.30", f"{key}.lines.365")),
    )


def _against_usual(_known: Known, month: Floats, year: Floats) -> Floats:
    return (12 * month + 1) / (year + 1)


def _growth(key: str, words: str) -> Feature:
    return named(
        f"{key}_recent_share",
        "supplier",
        unit="share",
        meaning=f"Share of all lines of the {words} that fell in the past 365 days: low where it dwindles.",
        sentence=f"{{value:.0%}} of all lines of the {words} fell in the past year.",
        column=share(f"{key}.lines.365", f"{key}.lines.ever"),
    )


def _concentration(key: str, measure: str, words: str, partners: str) -> Feature:
    return named(
        f"{key}_{partners}_concentration",
        "supplier",
        unit="share",
        meaning=f"Chance that two lines of the {words} in a year have the same {partners} (Herfindahl index).",
        sentence=f"Two lines of the {words} have the same {partners} with a chance of {{value:.0%}}.",
        column=mean(f"{key}.{measure}.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def _fresh_share(key: str, words: str) -> Feature:
    return named(
        f"{key}_new_supplier_share",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in the past 365 days whose supplier was not 90 days old.",
        sentence=f"{{value:.0%}} of the lines of the {words} in the past year came from new suppliers.",
        column=share(f"{key}.fresh.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def _returned_share(key: str, words: str) -> Feature:
    return named(
        f"{key}_returned",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in a year whose supplier came back after 180 days without a line.",
        sentence=f"{{value:.0%}} of the lines of the {words} came from suppliers back after half a year's silence.",
        column=share(f"{key}.returned.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def _begun_after_legal_date(key: str, words: str) -> Feature:
    def column(lines: Lines, known: Known) -> Floats:
        age: Floats = np.nan_to_num(known.since(f"{key}.first"))
        begun = lines.days["entry_date"].astype(np.float64) - age
        return since_legal_date(lines, begun)

    return named(
        f"{key.replace('*', '_')}_begun_after_legal_date",
        "supplier",
        unit="days",
        meaning=f"Days from the last legal date on the goods to the first line of the {words} (this one, if none yet).",
        sentence=f"The {words} began {{value:.0f}} days after a legal date on these goods.",
        column=column,
        missing="no legal date before",
        dated=True,
    )


def _rate(key: str, words: str) -> Feature:
    return named(
        f"{key}_found_rate",
        "supplier",
        unit="share",
        meaning=f"Share of examinations of the {words} that found Xinjiang inputs, shrunk to the general share.",
        sentence=f"{{value:.1%}} of known examinations of the {words} found Xinjiang inputs (shrunk).",
        column=rate(key),
        monotone=1,
    )


def _found(key: str, words: str) -> Feature:
    return named(
        f"{key}_found",
        "supplier",
        unit="lines",
        meaning=f"Known examinations of the {words} that found Xinjiang inputs.",
        sentence=f"{{value:.0f}} known examinations of the {words} found Xinjiang inputs.",
        column=count(f"{key}.found.ever"),
        monotone=1,
    )


def _examined(key: str, words: str) -> Feature:
    return named(
        f"{key}_examined",
        "supplier",
        unit="lines",
        meaning=f"Known conclusive examinations of the {words}.",
        sentence=f"{{value:.0f}} examinations of the {words} are known.",
        column=count(f"{key}.examined.ever"),
    )


def _since_found(key: str, words: str) -> Feature:
    return named(
        f"days_since_{key}_found",
        "supplier",
        unit="days",
        meaning=f"Days since Xinjiang inputs were last found at the {words}.",
        sentence=f"Xinjiang inputs were found at the {words} {{value:.0f}} days ago.",
        column=since(f"{key}.found_on"),
        missing="never found",
    )


def _china_share(key: str, words: str) -> Feature:
    return named(
        f"{key}_china_share",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in the past 365 days that were declared Chinese.",
        sentence=f"{{value:.0%}} of the lines of the {words} in the past year were declared Chinese.",
        column=share(f"{key}.china.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def _cheap_share(key: str, words: str) -> Feature:
    return named(
        f"{key}_cheap_share",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in the past 365 days priced far below the fair value.",
        sentence=f"{{value:.0%}} of the lines of the {words} in the past year were far below the fair value.",
        column=share(f"{key}.cheap.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def _detour_share(key: str, words: str) -> Feature:
    return named(
        f"{key}_detour_share",
        "lane",
        unit="share",
        meaning=f"Share of the lines of the {words} in a year that passed through China undeclared.",
        sentence=f"{{value:.0%}} of the lines of the {words} passed through China under another origin.",
        column=share(f"{key}.detour.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def _discount(key: str, words: str) -> Feature:
    return named(
        f"{key}_discount",
        "price",
        unit="spreads",
        meaning=f"Mean deviation of the value per kg of the {words} from the fair value in the past 365 days.",
        sentence=f"The {words} was {{value:+.1f}} spreads from the fair value on the mean of the past year.",
        column=mean(f"{key}.discount.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def _cotton_mean(key: str, words: str) -> Feature:
    return named(
        f"{key}_cotton_mean",
        "commodity",
        unit="share",
        meaning=f"Mean cotton share of the goods of the {words} in the past 365 days.",
        sentence=f"The goods of the {words} in the past year were {{value:.0%}} cotton on the mean.",
        column=mean(f"{key}.cotton.365", f"{key}.lines.365"),
        missing="no lines in the past year",
        dated=True,
    )


def _partners(key: str, other: str, words: str) -> Feature:
    return named(
        f"{key}_{other}_count",
        "supplier",
        unit="parties",
        meaning=f"Distinct {words} of the {PARTIES.get(key, key)}, ever.",
        sentence=f"The {PARTIES.get(key, key)} has dealt with {{value:.0f}} {words}.",
        column=count(f"{key}.partners.{other}"),
    )


@read("supplier", "lines", "Supplier and importer had {value:.0f} lines together in the past year.")
def pair_lines() -> Reading:
    """Lines of this supplier to this importer in the past 365 days."""
    return count("supplier*importer.lines.365")


@read("supplier", "days", "Supplier and importer first dealt {value:.0f} days ago.", missing="first deal")
def pair_age() -> Reading:
    """Days since the first line of this supplier to this importer."""
    return since("supplier*importer.first")


@read("supplier", "share", "{value:.0%} of the importer's lines of the past year came from this supplier.")
def supplier_share_at_importer() -> Reading:
    """Share of the importer's lines of the past 365 days that came from this supplier."""
    return share("supplier*importer.lines.365", "importer.lines.365")


@read("supplier", "lines", "The supplier had {value:.0f} lines of these very goods in the past year.")
def supplier_lines_of_goods() -> Reading:
    """Lines of the supplier of the same HTSUS number in the past 365 days."""
    return count("supplier*hts10.lines.365")


@feature(
    "supplier",
    "yes/no",
    "The supplier now declares an origin that it has not declared before.",
    missing="new supplier",
)
def new_origin_of_supplier(lines: Lines, known: Known) -> Floats:
    """The supplier was seen before, but never with this origin."""
    seen = known.count("supplier.lines.ever") > 0
    return np.where(seen, known.count("supplier*origin.lines.ever") == 0, np.nan)


@feature(
    "supplier",
    "yes/no",
    "The supplier now uses a seller that it has not used before.",
    missing="new supplier",
)
def new_seller_of_supplier(lines: Lines, known: Known) -> Floats:
    """The supplier was seen before, but never with this seller."""
    seen = known.count("supplier.lines.ever") > 0
    return np.where(seen, known.count("supplier*seller.lines.ever") == 0, np.nan)


@feature(
    "supplier",
    "days",
    "The MID was first seen {value:.0f} days after the maker's name.",
    missing="name or MID new",
)
def mid_younger_than_name(lines: Lines, known: Known) -> Floats:
    """Days by which the MID is younger than the maker's name."""
    return known.since("maker.first") - known.since("mid.first")


@read("supplier", "MIDs", "{value:.0f} MIDs share this country and name part.")
def near_mids() -> Reading:
    """Distinct MIDs seen with the same country and name part, whatever number and city."""
    return count("mid_stem.partners.mid")


def _malformed(mid: str) -> bool:
    return manufacturer_id.parse(mid) is None


@feature("supplier", "yes/no", "The MID is not well formed.", missing="no MID")
def mid_malformed(lines: Lines, known: Known) -> Floats:
    """The MID does not follow the rule of 19 CFR 102."""
    return lines.texts["manufacturer_id"].read(_malformed, np.nan)


def _mid_country(mid: str) -> float:
    parsed = manufacturer_id.parse(mid)
    return np.nan if parsed is None else country_number(parsed.origin)


@feature("supplier", "yes/no", "The MID names another country than the declared origin.", missing="no MID")
def mid_of_other_country(lines: Lines, known: Known) -> Floats:
    """The MID's country is not the declared origin."""
    country = lines.texts["manufacturer_id"].read(_mid_country, np.nan)
    declared = lines.texts["country_of_origin"].read(country_number, np.nan)
    return np.where(np.isnan(country), np.nan, country != declared)


@feature(
    "supplier", "yes/no", "The MID is made in China, though another origin is declared.", missing="no MID"
)
def mid_of_china(lines: Lines, known: Known) -> Floats:
    """The MID's country is China."""
    country = lines.texts["manufacturer_id"].read(_mid_country, np.nan)
    return np.where(np.isnan(country), np.nan, country == country_number("CN"))


def _mid_number(mid: str) -> str:
    parsed = manufacturer_id.parse(mid)
    return "" if parsed is None else parsed.number


def _mid_city(mid: str) -> str:
    parsed = manufacturer_id.parse(mid)
    return "" if parsed is None else parsed.city


@feature(
    "supplier",
    "parts",
    "{value:.0f} parts of the MID (street number, city) differ from the declared address.",
    missing="no MID or no address",
)
def mid_against_address(lines: Lines, known: Known) -> Floats:
    """Parts of the MID, street number and city, that are not those of the declared address."""
    mid, address, place = (lines.texts[f"manufacturer_{cell}"] for cell in ("id", "address", "city"))
    cells = [(mid, _mid_number), (address, number_part), (mid, _mid_city), (place, city_part)]
    of_mid, of_address, mid_city, of_city = hashed_all(cells)
    number, city = _unlike(of_mid, of_address), _unlike(mid_city, of_city)
    return np.where(np.isnan(number) & np.isnan(city), np.nan, np.nan_to_num(number) + np.nan_to_num(city))


def _unlike(first: Keys, second: Keys) -> Floats:
    return np.where((first == 0) | (second == 0), np.nan, first != second)


@feature(
    "supplier",
    "likeness",
    "The declared maker's name or address names a place in Xinjiang ({value:.1f}).",
    monotone=1,
)
def names_place_in_xinjiang(lines: Lines, known: Known) -> Floats:
    """Maker's name, address or city names a place in Xinjiang: 1 if clear, 0.5 if the name is shared elsewhere."""
    fields = ("manufacturer_name", "manufacturer_address", "manufacturer_city")
    likeness: Floats = np.maximum.reduce([lines.texts[name].read(names_xinjiang, 0.0) for name in fields])
    return likeness


@feature("supplier", "state", "The state of the maker's postal code.", kind="category", dated=True)
def postal_state(lines: Lines, known: Known) -> Ints:
    """Postal code of a Chinese maker: not yet required, missing, invalid, other province, Xinjiang."""
    chinese = lines.texts["country_of_origin"].says(_is_china)
    given = lines.texts["manufacturer_postal_code"].read(
        postal_code.state_of, postal_code.RegionAlert.MISSING
    )
    state = postal_code.region_alert(chinese, given, lines.days["entry_date"].astype("datetime64[D]"))
    return state.astype(np.int64)


def _is_china(country: str) -> bool:
    return country == "CN"


@feature("supplier", "cells", "{value:.0f} of the optional cells that tell of the parties are empty.")
def undeclared_parties(lines: Lines, known: Known) -> Ints:
    """Empty cells among MID, maker's name, address, city, seller and consolidator."""
    names = ("manufacturer_id", "manufacturer_name", "manufacturer_address", "manufacturer_city")
    cells = (*names, "seller_name", "consolidator_name")
    empty: Ints = np.add.reduce([lines.texts[name].null.astype(np.int64) for name in cells])
    return empty


@read(
    "supplier",
    "share",
    "{value:.1%} of examinations in this city and origin found Xinjiang inputs.",
    monotone=1,
)
def city_found_rate() -> Reading:
    """Share of examinations of makers in the same city and origin that found Xinjiang inputs, shrunk."""
    return rate("origin", "city*origin")


@read(
    "supplier",
    "share",
    "{value:.1%} of examinations of MIDs with this stem found Xinjiang inputs.",
    monotone=1,
)
def mid_stem_found_rate() -> Reading:
    """Share of examinations of MIDs of the same country and name part that found Xinjiang inputs, shrunk."""
    return rate("mid_stem")


@read(
    "supplier",
    "share",
    "{value:.1%} of examinations handed in by this filer found Xinjiang inputs.",
    monotone=1,
)
def filer_found_rate() -> Reading:
    """Share of examinations of the filer's entries that found Xinjiang inputs, shrunk."""
    return rate("filer")


@feature(
    "supplier",
    "share",
    "Examinations of makers tied to this line found Xinjiang inputs {value:.1%} more often than usual.",
    monotone=1,
)
def maker_suspicion(lines: Lines, known: Known) -> Floats:
    """Highest shrunk find rate of MID, maker's name and address, above the general rate."""
    return suspicion_of(known, MAKERS)


@feature(
    "supplier",
    "share",
    "Examinations of traders tied to this line found Xinjiang inputs {value:.1%} more often than usual.",
    monotone=1,
)
def trader_suspicion(lines: Lines, known: Known) -> Floats:
    """Highest shrunk find rate of seller and consolidator, above the general rate."""
    return suspicion_of(known, TRADERS)


_LATELY = (_growth, _fresh_share, _returned_share)
_HISTORIES = (_age, _idle, _lines, _burst, _china_share, _cheap_share, _examined, _found, _rate, _since_found)
_MEANS = (_detour_share, _discount, _cotton_mean)

FEATURES: tuple[Feature, ...] = (
    *[of(key, words) for of in _HISTORIES for key, words in PARTIES.items()],
    *[of(key, PARTIES[key]) for of in _MEANS for key in ("supplier", "seller", "consolidator", "importer")],
    *[of(key, PARTIES[key]) for of in _LATELY for key in ("supplier", "seller", "consolidator", "importer")],
    _concentration("supplier", "captive", "supplier", "importer"),
    _concentration("importer", "tied", "importer", "supplier"),
    _begun_after_legal_date("supplier", "supplier"),
    _begun_after_legal_date("seller", "seller"),
    _begun_after_legal_date("supplier*importer", "dealings of supplier and importer"),
    _partners("supplier", "lading", "ports of lading"),
    _partners("supplier", "importer", "importers"),
    _partners("supplier", "seller", "sellers"),
    _partners("supplier", "consolidator", "consolidators"),
    _partners("supplier", "address", "addresses"),
    _partners("supplier", "origin", "origins"),
    _partners("supplier", "hts6", "kinds of goods"),
    _partners("importer", "supplier", "suppliers"),
    _partners("importer", "origin", "origins"),
    _partners("importer", "seller", "sellers"),
    _partners("seller", "supplier", "suppliers"),
    _partners("seller", "importer", "importers"),
    _partners("consolidator", "supplier", "suppliers"),
    _partners("address", "supplier", "suppliers"),
    _partners("maker", "mid", "MIDs"),
    pair_lines,
    pair_age,
    supplier_share_at_importer,
    supplier_lines_of_goods,
    new_origin_of_supplier,
    new_seller_of_supplier,
    mid_younger_than_name,
    near_mids,
    mid_malformed,
    mid_of_other_country,
    mid_of_china,
    mid_against_address,
    names_place_in_xinjiang,
    postal_state,
    undeclared_parties,
    city_found_rate,
    mid_stem_found_rate,
    filer_found_rate,
    maker_suspicion,
    trader_suspicion,
)
