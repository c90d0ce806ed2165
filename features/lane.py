"""Lane: where the goods say they were made, exported, loaded and landed, and how usual that way is."""

import numpy as np

from features import route
from features.feature import Feature, feature
from features.known import Known
from features.lines import Bools, Floats, Lines
from features.rates import base_rate, found_rate


def _differs(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first) | np.isnan(second), np.nan, first != second)


def _share(part: Floats, whole: Floats) -> Floats:
    return part / np.where(whole > 0, whole, np.nan)


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


@feature("lane", "lines", "This way (origin, export, port of lading) had {value:.0f} lines in the past year.")
def lane_lines(lines: Lines, known: Known) -> Floats:
    """Lines of the same origin, country of export and port of lading in the past 365 days."""
    return known.count("origin*export*lading.lines.365")


@feature(
    "lane",
    "share",
    "{value:.0%} of the past year's lines of this origin came this way.",
    missing="origin not seen",
)
def lane_share_of_origin(lines: Lines, known: Known) -> Floats:
    """Share of the origin's lines of the past 365 days that came by this lane."""
    return _share(known.count("origin*export*lading.lines.365"), known.count("origin.lines.365"))


@feature("lane", "ratio", "This way carried {value:.2f} times as many lines lately as in the year before.")
def lane_growth(lines: Lines, known: Known) -> Floats:
    """Lines of the lane in the past 90 days, times four, against the past 365 days (1 is steady)."""
    return _growth(known, "origin*export*lading")


def _growth(known: Known, key: str) -> Floats:
    return _share(4 * known.count(f"{key}.lines.90") + 1, known.count(f"{key}.lines.365") + 1)


@feature(
    "lane", "ratio", "This origin sent {value:.2f} times as many such goods lately as in the year before."
)
def goods_origin_growth(lines: Lines, known: Known) -> Floats:
    """Lines of the same HTS-6 and origin in the past 90 days, times four, against the past 365 days."""
    return _growth(known, "hts6*origin")


@feature(
    "lane",
    "share",
    "{value:.0%} of the past year's lines of these goods were declared Chinese at this importer.",
)
def importer_china_share_of_goods(lines: Lines, known: Known) -> Floats:
    """Share of the importer's lines of the same HTS-6 in the past 365 days that were declared Chinese."""
    return _share(known.count("importer*hts6.china.365"), known.count("importer*hts6.lines.365"))


@feature(
    "lane", "yes/no", "The importer brought these goods from China before and now declares another origin."
)
def importer_left_china(lines: Lines, known: Known) -> Bools:
    """Not declared Chinese, though the importer once declared the same HTS-6 as Chinese."""
    return (known.count("importer*hts6.china.ever") > 0) & ~route.declared_in_china(lines)


@feature(
    "lane",
    "share",
    "{value:.0%} of the importer's lines of these goods came from this origin.",
    missing="goods new",
)
def origin_share_at_importer(lines: Lines, known: Known) -> Floats:
    """Share of the importer's lines of the same HTS-6 in the past 365 days that had this origin."""
    return _share(known.count("importer*hts6*origin.lines.365"), known.count("importer*hts6.lines.365"))


@feature(
    "lane",
    "days",
    "The importer first declared this origin for these goods {value:.0f} days ago.",
    missing="never",
)
def days_since_origin_at_importer(lines: Lines, known: Known) -> Floats:
    """Days since the importer's first line of the same HTS-6 with this origin."""
    return known.since("importer*hts6*origin.first")


@feature("lane", "lines", "The supplier had {value:.0f} lines by this port of lading before.")
def supplier_lines_by_port(lines: Lines, known: Known) -> Floats:
    """Lines of the supplier by the same port of lading, ever."""
    return known.count("supplier*lading.lines.ever")


@feature("lane", "lines", "The importer had {value:.0f} lines by this port of lading before.")
def importer_lines_by_port(lines: Lines, known: Known) -> Floats:
    """Lines of the importer by the same port of lading, ever."""
    return known.count("importer*lading.lines.ever")


@feature(
    "lane",
    "share",
    "{value:.1%} of known examinations of this lane found Xinjiang inputs (shrunk).",
    monotone=1,
)
def lane_found_rate(lines: Lines, known: Known) -> Floats:
    """Share of known examinations of the lane that found Xinjiang inputs, shrunk to that of its origin."""
    origin_rate = found_rate(known, "origin", base_rate(known))
    return found_rate(known, "origin*export*lading", origin_rate)


@feature(
    "lane",
    "share",
    "{value:.1%} of known examinations of such goods on this lane found Xinjiang inputs.",
    monotone=1,
)
def lane_goods_found_rate(lines: Lines, known: Known) -> Floats:
    """Share of known examinations of the heading on the lane that found Xinjiang inputs, shrunk to the lane's."""
    return found_rate(known, "origin*export*lading*hts4", lane_found_rate.compute(lines, known))


@feature(
    "lane",
    "share",
    "{value:.1%} of known examinations of this port and heading found Xinjiang inputs.",
    monotone=1,
)
def lading_goods_found_rate(lines: Lines, known: Known) -> Floats:
    """Share of known examinations of the heading from the port of lading that found Xinjiang inputs, shrunk."""
    return found_rate(known, "lading*hts4", found_rate(known, "hts4", base_rate(known)))


@feature(
    "lane",
    "share",
    "{value:.1%} of known examinations of this origin at this port found Xinjiang inputs.",
    monotone=1,
)
def entry_port_found_rate(lines: Lines, known: Known) -> Floats:
    """Share of known examinations of the origin at the port of entry that found Xinjiang inputs, shrunk."""
    return found_rate(known, "origin*entry_port", found_rate(known, "origin", base_rate(known)))


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
    lane_found_rate,
    lane_goods_found_rate,
    lading_goods_found_rate,
    entry_port_found_rate,
)
