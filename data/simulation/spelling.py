"""What filers and merchants write: invented names and addresses, descriptions of goods, each in several ways.

Each party has `SPELLINGS` names, addresses and MIDs of its own; a contract keeps to one and leaves it now and then.
MIDs are made once per party and spelling, by the rule of `originrisk.data.identifiers`.
"""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from originrisk.data.arrays import Ints
from originrisk.data.identifiers.manufacturer_id import city_part, name_part, number_part
from originrisk.data.simulation.parties import CONSOLIDATOR, SELLER
from originrisk.data.simulation.tables import COTTON, FAMILIES, MIXED, countries, goods, places

SPELLINGS: Final = 8
_TRADES: Final = {
    "cotton": ("TEXTILE", "GARMENT", "KNITTING", "APPAREL", "FASHION", "HOME TEXTILE", "CLOTHING", "WEAVING"),
    "mixed": ("GARMENT", "APPAREL", "TEXTILE", "SPORTSWEAR", "BAGS", "FASHION", "HOUSEHOLD TEXTILE"),
    "tomato": ("FOODS", "AGRO INDUSTRIAL", "CANNING", "TOMATO PRODUCTS"),
    "electronics": ("ELECTRONICS", "TECHNOLOGY", "ELECTRIC", "OPTOELECTRONICS"),
    "machinery": ("MACHINERY", "ELECTRIC APPLIANCE", "PRECISION"),
    "vehicle": ("AUTO PARTS", "VEHICLE", "MOTOR"),
    "furniture": ("FURNITURE", "WOOD INDUSTRY", "LIGHTING"),
    "metal": ("METAL", "STEEL", "HARDWARE", "FASTENER"),
    "plastic": ("PLASTIC", "RUBBER", "PACKAGING"),
    "toys": ("TOYS", "ARTS AND CRAFTS", "SPORTING GOODS"),
    "footwear": ("SHOES", "FOOTWEAR"),
    "food": ("FOODS", "SEAFOOD", "AGRO"),
    "solar": ("SOLAR", "NEW ENERGY", "PHOTOVOLTAIC TECHNOLOGY", "SOLAR POWER"),
    "aluminium": ("ALUMINIUM", "METAL", "NONFERROUS METAL", "ALLOY WHEEL"),
    "pvc": ("PLASTIC", "CHEMICAL", "FLOORING", "VINYL"),
    "battery": ("BATTERY", "NEW ENERGY", "ENERGY TECHNOLOGY", "POWER SOURCE"),
    "household": ("CERAMICS", "GLASS", "COSMETICS", "PRINTING", "PAPER PRODUCTS"),
}
_FORMS: Final = {
    "VN": "JOINT STOCK COMPANY",
    "BD": "LTD.",
    "IN": "PVT. LTD.",
    "PK": "(PVT) LTD.",
    "LK": "(PVT) LTD.",
    "TR": "TEKSTIL SAN. VE TIC. A.S.",
    "MX": "S.A. DE C.V.",
    "IT": "S.P.A.",
    "FR": "S.A.",
    "ES": "S.L.",
    "DE": "GMBH",
    "PL": "SP. Z O.O.",
    "CA": "INC.",
    "MY": "SDN. BHD.",
    "HK": "LIMITED",
}
_SHORTER: Final = (
    ("TEXTILE", "TEX"),
    ("GARMENT", "GMT"),
    ("INTERNATIONAL", "INTL"),
    ("CO., LTD.", "COMPANY LIMITED"),
    ("JOINT STOCK COMPANY", "JSC"),
    ("TECHNOLOGY", "TECH"),
    ("LOGISTICS", "LOG."),
    ("INDUSTRIAL", "IND"),
)
_PROVINCE_CODES: Final = {"TORONTO": "XO", "MONTREAL": "XQ"}


class Entry(NamedTuple):
    """A row of the roster, as far as its texts need it."""

    kind: int
    family: int
    country: int
    place: int
    word: int
    trade: int
    street: int
    house: int
    building: int
    postal: int


class Spelling(NamedTuple):
    """Texts of every party, flat: row `party * SPELLINGS + spelling`."""

    name: pa.Array
    address: pa.Array
    city: pa.Array
    postal_code: pa.Array
    manufacturer_id: pa.Array


def spell(parties: pd.DataFrame) -> Spelling:
    """All texts of all parties."""
    seats = list(zip(*(places()[name].tolist() for name in ("city", "syllables", "postal")), strict=True))
    columns: list[list[str]] = [[] for _ in Spelling._fields]
    for cells in zip(*(parties[name].tolist() for name in Entry._fields), strict=True):
        entry = Entry(*cells)
        for column, texts in zip(columns, _texts(entry, *seats[entry.place]), strict=True):
            column.extend(texts)
    return Spelling(*(pa.array(column, pa.string()) for column in columns))


def _texts(row: Entry, city: str, syllables: str, postal: str) -> tuple[list[str], ...]:
    country = countries()[row.country]
    word = _word(syllables, row.word)
    if row.kind == SELLER:
        trades: tuple[str, ...] = ("TRADING", "IMPORT AND EXPORT", "INTERNATIONAL TRADING", "ENTERPRISES", "SOURCING")
    elif row.kind == CONSOLIDATOR:
        trades = ("LOGISTICS", "FREIGHT FORWARDING", "SHIPPING", "CONTAINER LINES", "SUPPLY CHAIN")
    else:
        trades = _TRADES[FAMILIES[row.family] if row.family >= 0 else "cotton"]
    trade, form = trades[row.trade % len(trades)], _FORMS.get(country, "CO., LTD.")
    opening = "PT. " if country == "ID" else f"{city} " if country == "CN" and row.trade % 5 < 3 else ""
    full = f"{opening}{word} {trade} {form}"
    short = full
    for long_form, abbreviation in _SHORTER:
        short = short.replace(long_form, abbreviation)
    bare = full.replace(".", "").replace(",", "")
    swap = 2 + row.word % 3
    typo = full.replace(word, word[: swap - 1] + word[swap] + word[swap - 1] + word[swap + 1 :])
    split = full.replace(word, f"{word[:4]} {word[4:]}" if len(word) > 5 else f"{word[:3]} {word[3:]}")
    names = [
        full,
        bare,
        short,
        f"{word} {trade} ({city}) {form}",
        split,
        typo,
        f"{opening}{word} {trade}",
        full.title(),
    ]
    street, plot = _word(syllables, row.street), f", BUILDING {row.building}" if row.building else ""
    seat = f"NO. {row.house} {street} ROAD{plot}"
    addresses = [seat, f"{row.house} {street} RD{plot}", f"NO.{row.house}, {street} ROAD", f"{street} RD {row.house}#",
                 seat, f"{street} ROAD", f"{row.house + row.postal % 7} {street} ROAD", seat.title()]  # fmt: skip
    prefix, end = _PROVINCE_CODES.get(city, country), city_part(city, country)
    own = [f"{prefix}{name_part(a)}{number_part(b)}{end}" for a, b in zip(names, addresses, strict=True)]
    mids = [own[0], own[0], own[2], own[3], own[0], own[5], own[6], own[0]]
    cities = [city, city, city, city, city, f"{city} CITY", city[:-1] + city[-1:] * 2, city.replace(" ", "")]
    code = f"{postal}{row.postal:03d}" if postal else ""
    return names, addresses, cities, [code] * SPELLINGS, mids


@cache
def _syllables() -> dict[str, list[str]]:
    table = pd.read_csv(Path(__file__).with_name("names.csv"), dtype=str)
    return dict(zip(table["syllables"].tolist(), table["parts"].str.split().tolist(), strict=True))


def _word(language: str, number: int) -> str:
    """An invented word: two or three syllables chosen by the number."""
    parts = _syllables()[language]
    size = len(parts)
    word = parts[number % size] + parts[number // size % size]
    return word + parts[number // size**2 % size][:3] if number % 3 == 0 else word


STYLES: Final = 8
FORMATS: Final = 7
_COTTON: Final = (
    "100% COTTON",
    "100% COTTON",
    "100% US COTTON",
    "COTTON",
    "95% COTTON 5% SPANDEX",
    "95% COTTON 5% ELASTANE",
    "80% COTTON 20% POLYESTER",
    "60% COTTON 40% POLYESTER",
)
_BLEND: Final = (
    "50% POLYESTER 50% COTTON",
    "60% POLYESTER 40% COTTON",
    "65% POLY 35% COTTON",
    "POLY/COTTON",
    "70% VISCOSE 30% COTTON",
    "MMF BLEND",
    "60% RAYON 40% COTTON",
    "55% RAMIE 45% COTTON",
)
_OTHER: Final = (
    "100% POLYESTER",
    "POLYESTER",
    "92% NYLON 8% SPANDEX",
    "MAN-MADE FIBER",
    "65% POLYESTER 35% VISCOSE",
    "100% RAYON",
    "100% ACRYLIC",
    "55% RAMIE 45% VISCOSE",
)
FIBRES: Final = (_COTTON, _BLEND, _OTHER, ("",) * STYLES)
NO_FIBRE: Final = 3


def contents(contracts: pd.DataFrame, contract: Ints, declared: Ints) -> Ints:
    """Which fibre the text names: what the declared goods are, whatever the truth."""
    family = goods()["family"].to_numpy()[declared]
    mixed_truth = contracts["holds"].to_numpy()[contract] & (contracts["family"].to_numpy()[contract] == MIXED)
    return np.select([family == COTTON, (family == MIXED) & mixed_truth, family == MIXED], [0, 1, 2], NO_FIBRE)


def describe(declared: Ints, content: Ints, style: Ints, form: Ints) -> pa.Array:
    """Text of each line; every distinct text is written once."""
    code = ((declared * len(FIBRES) + content) * STYLES + style) * FORMATS + form
    distinct, place = np.unique(code, return_inverse=True)
    return pa.array([_text(int(number)) for number in distinct], pa.string()).take(pa.array(place))


def _text(code: int) -> str:
    rest, form = divmod(code, FORMATS)
    rest, style = divmod(rest, STYLES)
    row, content = divmod(rest, len(FIBRES))
    names = str(goods()["words"].iat[row]).split("|")
    name, fibre = names[style % len(names)], FIBRES[content][style]
    pack = (2, 3, 4, 5, 6, 7, 10, 12)[style]
    forms = (
        f"{name} {fibre}",
        f"{fibre} {name}",
        name,
        f"{name}, {fibre}, {pack}PK",
        f"{12 * pack} CTNS {name} {fibre} HTS {goods()['htsus'].iat[row]}",
        f"{name.replace('E', '', 1)} {fibre.replace('COTTON', 'CTN').replace('POLYESTER', 'POLY')}",
        f"{name} {fibre} STYLE {1000 + 37 * style + row}".lower(),
    )
    return " ".join(forms[form].replace(" ,", ",").strip(" ,").split())
