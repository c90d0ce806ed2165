"""Lane: where the goods say they were made, exported, loaded and landed, and how usual that way is."""

import numpy as np

from features import route
from features.commodity import since_legal_date
from features.fair_value import log_prices, party_mean
from features.feature import Feature, feature, named, read
from features.known import Known
from features.lines import Bools, Floats, Lines
from features.places import country_number, lading_region, on_land_border
from features.readings import Reading, count, rate, share, since
from features.tallies import PRICE_LEVELS


def _differs(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first) | np.isnan(second), np.nan, first != second)


def _growth(key: str) -> Reading:
    return Reading(_against_usual, (f"{key}.lines.90", f"{key}.lines.365"))


def _against_usual(_known: Known, quarter: Floats, year: Floats) -> Floats:
    return (4 * quarter + 1) / (year + 1)


@feature("lane", "country", "The declared origin.", kind="category")
def origin(lines: Lines, known: Known) -> Floats:
    """Declared country of origin."""
    return route.made_in(lines)


@feature("lane", "country", "The country of export.", kind="category")
def export_country(lines: Lines, known: Known) -> Floats:
    """Country of export."""
    return route.exported_from(lines)


@feature("lane", "country", "The country of the foreign port of lading.", kind="category")
def loaded_in(lines: Lines, known: Known) -> Floats:
    """Country of the foreign port of lading (Schedule K)."""
    return route.loaded_in(lines)


def _code(text: str) -> float:
    return float(text) if text.isdigit() else np.nan


@feature("lane", "code", "The mode of transport is {value:.0f}.", kind="category")
def transport(lines: Lines, known: Known) -> Floats:
    """Mode of transport: vessel, rail, truck, air, mail."""
    return lines.texts["mode_of_transport"].read(_code, np.nan)


def _district(port: str) -> float:
    return _code(port[:2])


@feature("lane", "district", "The US customs district of entry is {value:.0f}.", kind="category")
def entry_district(lines: Lines, known: Known) -> Floats:
    """US customs district of the port of entry (first two digits of Schedule D)."""
    return lines.texts["port_of_entry"].read(_district, np.nan)


@feature("lane", "code", "The entry is of type {value:.0f}.", kind="category")
def entry_type(lines: Lines, known: Known) -> Floats:
    """CBP entry type."""
    return lines.texts["entry_type"].read(_code, np.nan)


@feature("lane", "yes/no", "The goods were exported from another country than they were made in.")
def exported_elsewhere(lines: Lines, known: Known) -> Floats:
    """Country of export is not the declared origin."""
    return _differs(route.made_in(lines), route.exported_from(lines))


@feature("lane", "yes/no", "The goods were loaded in another country than they were exported from.")
def loaded_elsewhere(lines: Lines, known: Known) -> Floats:
    """Port of lading lies in another country than the country of export."""
    return _differs(route.loaded_in(lines), route.exported_from(lines))


@feature(
    "lane", "yes/no", "The goods are not declared as Chinese, yet were exported from or loaded in China."
)
def passed_through_china(lines: Lines, known: Known) -> Bools:
    """Declared elsewhere, but exported from or loaded in China, Hong Kong or Macau."""
    return route.through_china(lines)


@feature(
    "lane", "days", "The goods entered {value:.0f} days after export.", missing="export date not declared"
)
def days_in_transit(lines: Lines, known: Known) -> Floats:
    """Days from export to entry."""
    export = lines.days["export_date"]
    return np.where(export >= 0, lines.days["entry_date"] - export, np.nan)


@read("lane", "lines", "This way (origin, export, port of lading) had {value:.0f} lines in the past year.")
def lane_lines() -> Reading:
    """Lines of the same origin, country of export and port of lading in the past 365 days."""
    return count("origin*export*lading.lines.365")


@read(
    "lane",
    "share",
    "{value:.0%} of the past year's lines of this origin came this way.",
    missing="origin not seen",
)
def lane_share_of_origin() -> Reading:
    """Share of the origin's lines of the past 365 days that came by this lane."""
    return share("origin*export*lading.lines.365", "origin.lines.365")


@read("lane", "ratio", "This way carried {value:.2f} times as many lines lately as in the year before.")
def lane_growth() -> Reading:
    """Lines of the lane in the past 90 days, times four, against the past 365 days (1 is steady)."""
    return _growth("origin*export*lading")


@read("lane", "ratio", "This origin sent {value:.2f} times as many such goods lately as in the year before.")
def goods_origin_growth() -> Reading:
    """Lines of the same HTS-6 and origin in the past 90 days, times four, against the past 365 days."""
    return _growth("hts6*origin")


@read(
    "lane",
    "share",
    "{value:.0%} of the past year's lines of these goods were declared Chinese at this importer.",
)
def importer_china_share_of_goods() -> Reading:
    """Share of the importer's lines of the same HTS-6 in the past 365 days that were declared Chinese."""
    return share("importer*hts6.china.365", "importer*hts6.lines.365")


@feature(
    "lane", "yes/no", "The importer brought these goods from China before and now declares another origin."
)
def importer_left_china(lines: Lines, known: Known) -> Bools:
    """Not declared Chinese, though the importer once declared the same HTS-6 as Chinese."""
    return (known.count("importer*hts6.china.ever") > 0) & ~route.declared_in_china(lines)


@read(
    "lane",
    "share",
    "{value:.0%} of the importer's lines of these goods came from this origin.",
    missing="goods new",
)
def origin_share_at_importer() -> Reading:
    """Share of the importer's lines of the same HTS-6 in the past 365 days that had this origin."""
    return share("importer*hts6*origin.lines.365", "importer*hts6.lines.365")


@read(
    "lane",
    "days",
    "The importer first declared this origin for these goods {value:.0f} days ago.",
    missing="never",
)
def days_since_origin_at_importer() -> Reading:
    """Days since the importer's first line of the same HTS-6 with this origin."""
    return since("importer*hts6*origin.first")


def _days_since(name: str, first: str, meaning: str, sentence: str, missing: str) -> Feature:
    return named(
        name, "lane", unit="days", meaning=meaning, sentence=sentence, column=since(first), missing=missing
    )


AGES = (
    _days_since(
        "lane_age",
        "origin*export*lading.first",
        "Days since the first line of the same origin, country of export and port of lading.",
        "This way was first taken {value:.0f} days ago.",
        "way never taken",
    ),
    _days_since(
        "lane_idle",
        "origin*export*lading.last",
        "Days since the latest line of the same origin, country of export and port of lading.",
        "This way was last taken {value:.0f} days ago.",
        "way never taken",
    ),
    _days_since(
        "lane_goods_age",
        "origin*export*lading*hts4.first",
        "Days since the lane's first line of the heading.",
        "Such goods first came this way {value:.0f} days ago.",
        "goods never came this way",
    ),
    _days_since(
        "goods_origin_age",
        "hts6*origin.first",
        "Days since the first line of the same HTS-6 and origin.",
        "Such goods of this origin were first seen {value:.0f} days ago.",
        "goods never of this origin",
    ),
    _days_since(
        "supplier_port_age",
        "supplier*lading.first",
        "Days since the supplier's first line by the same port of lading.",
        "The supplier first shipped by this port {value:.0f} days ago.",
        "port new to the supplier",
    ),
    _days_since(
        "importer_port_age",
        "importer*lading.first",
        "Days since the importer's first line by the same port of lading.",
        "The importer's goods first came by this port {value:.0f} days ago.",
        "port new to the importer",
    ),
)


@read("lane", "lines", "Such goods had {value:.0f} lines this way before.")
def lane_goods_lines() -> Reading:
    """Lines of the heading on the lane, ever."""
    return count("origin*export*lading*hts4.lines.ever")


@feature("lane", "region", "The part of the world in which the goods were loaded.", kind="category")
def loading_region(lines: Lines, known: Known) -> Floats:
    """Region of the world of the port of lading."""
    return lines.texts["port_of_lading"].read(lading_region, np.nan)


@read(
    "lane",
    "share",
    "{value:.0%} of the past year's lines by this port of lading were made in another country.",
    missing="port not seen",
)
def hub_share() -> Reading:
    """Share of the lines by the port of lading in the past 365 days that were made elsewhere: high at hubs."""
    return share("lading.abroad.365", "lading.lines.365")


@feature(
    "lane", "yes/no", "Goods from overseas entered at a port on a land border.", missing="port not known"
)
def overseas_over_land(lines: Lines, known: Known) -> Floats:
    """Entered at a port on a land border, though made neither in Canada nor in Mexico."""
    land = lines.texts["port_of_entry"].read(on_land_border, np.nan)
    neighbour = np.isin(route.made_in(lines), [country_number(code) for code in ("CA", "MX")])
    return np.where(np.isnan(land), np.nan, (land > 0) & ~neighbour)


@feature("lane", "yes/no", "The goods were unladen at another port than the one of entry.")
def unladen_elsewhere(lines: Lines, known: Known) -> Floats:
    """Port of unlading is not the port of entry: the goods moved on in bond."""
    unlading, entry = lines.texts["port_of_unlading"].read(_code, np.nan), lines.texts["port_of_entry"]
    return _differs(unlading, entry.read(_code, np.nan))


def _switched(lines: Lines, known: Known, first: str, others: Bools, mean: Floats) -> Floats:
    """How a new origin looks (n,): 0 none; 1 within SWITCH_DAYS after a legal date; 2 at the usual price as well."""
    age = np.nan_to_num(known.since(first))
    begun = lines.days["entry_date"] - age
    after = since_legal_date(lines, begun) <= SWITCH_DAYS
    new = (age <= SWITCH_DAYS) & others & after
    alike = np.abs(log_prices(lines)["kilo"] - mean) < LIKE_PRICE
    return new * (1.0 + alike)


SWITCH_DAYS = 90
LIKE_PRICE = 0.2


@feature(
    "lane",
    "grade",
    "The importer turned to this origin soon after a legal date on these goods (grade {value:.0f}).",
    dated=True,
)
def importer_switch_after_legal_date(lines: Lines, known: Known) -> Floats:
    """New origin of the importer's HTS-6 within 90 days after a legal date on it: 1; at its usual price: 2."""
    goods, here = (known.count(f"importer*hts6{part}.lines.365") for part in ("", "*origin"))
    mean = party_mean(known, PRICE_LEVELS[1], "importer", "kilo")
    return _switched(lines, known, "importer*hts6*origin.first", goods > here, mean)


@feature(
    "lane",
    "grade",
    "The supplier turned to this origin soon after a legal date on these goods (grade {value:.0f}).",
    dated=True,
)
def supplier_switch_after_legal_date(lines: Lines, known: Known) -> Floats:
    """New origin of a supplier of the HTS-6 within 90 days after a legal date on it: 1; at its usual price: 2."""
    other_origin = known.count("supplier.lines.ever") > known.count("supplier*origin.lines.ever")
    same_goods = known.count("supplier*hts6.lines.ever") > 0
    mean = party_mean(known, PRICE_LEVELS[1], "supplier", "kilo")
    return _switched(lines, known, "supplier*origin.first", other_origin & same_goods, mean)


@read("lane", "lines", "The supplier had {value:.0f} lines by this port of lading before.")
def supplier_lines_by_port() -> Reading:
    """Lines of the supplier by the same port of lading, ever."""
    return count("supplier*lading.lines.ever")


@read("lane", "lines", "The importer had {value:.0f} lines by this port of lading before.")
def importer_lines_by_port() -> Reading:
    """Lines of the importer by the same port of lading, ever."""
    return count("importer*lading.lines.ever")


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of this lane found Xinjiang inputs (shrunk).",
    monotone=1,
)
def lane_found_rate() -> Reading:
    """Share of known examinations of the lane that found Xinjiang inputs, shrunk to that of its origin."""
    return rate("origin", "origin*export*lading")


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of such goods on this lane found Xinjiang inputs.",
    monotone=1,
)
def lane_goods_found_rate() -> Reading:
    """Share of known examinations of the heading on the lane that found Xinjiang inputs, shrunk to the lane's."""
    return rate("origin", "origin*export*lading", "origin*export*lading*hts4")


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of this port and heading found Xinjiang inputs.",
    monotone=1,
)
def lading_goods_found_rate() -> Reading:
    """Share of known examinations of the heading from the port of lading that found Xinjiang inputs, shrunk."""
    return rate("hts4", "lading*hts4")


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of this origin at this port found Xinjiang inputs.",
    monotone=1,
)
def entry_port_found_rate() -> Reading:
    """Share of known examinations of the origin at the port of entry that found Xinjiang inputs, shrunk."""
    return rate("origin", "origin*entry_port")


FEATURES: tuple[Feature, ...] = (
    origin,
    export_country,
    loaded_in,
    transport,
    entry_district,
    entry_type,
    exported_elsewhere,
    loaded_elsewhere,
    passed_through_china,
    days_in_transit,
    lane_lines,
    lane_share_of_origin,
    lane_growth,
    goods_origin_growth,
    importer_china_share_of_goods,
    importer_left_china,
    origin_share_at_importer,
    days_since_origin_at_importer,
    supplier_lines_by_port,
    importer_lines_by_port,
    *AGES,
    lane_goods_lines,
    loading_region,
    hub_share,
    overseas_over_land,
    unladen_elsewhere,
    importer_switch_after_legal_date,
    supplier_switch_after_legal_date,
    lane_found_rate,
    lane_goods_found_rate,
    lading_goods_found_rate,
    entry_port_found_rate,
)
