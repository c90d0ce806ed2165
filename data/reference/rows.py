"""Rows of the reference tables, one frozen object each; the fields are the columns of the file.

`known_from` is the day on which a fact became public. `source` is a key of `reference/SOURCES.md`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Confidence = Literal["high", "medium", "low"]

GoodsFamily = Literal[
    "cotton_textile",
    "cotton_wadding",
    "cotton_knit_apparel",
    "cotton_woven_apparel",
    "cotton_home_textile",
    "cotton_possible",
    "tomato",
    "silica",
    "hair",
    "computer_parts",
    "aluminum",
    "pvc",
    "seafood",
    "caustic_soda",
    "copper",
    "lithium",
    "jujube",
    "steel",
    "cotton_plant",
    "footwear",
    "rubber",
]
"""Kinds of goods that orders speak of. The order is stable: a family's place is its code."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country. Schedule K prefixes are the first three digits of its ports; countries may share one."""

    alpha_2: str
    schedule_c: str
    schedule_k_prefixes: tuple[str, ...]
    name: str
    region: str
    source: str


@dataclass(frozen=True, slots=True)
class CountryName:
    """A name in everyday use that ISO 3166-1 does not carry."""

    name: str
    alpha_2: str
    source: str


Dimension = Literal["none", "piece", "pair", "kilogram", "square_metre", "metre", "litre", "kilowatt_hour"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of quantity: so many (`factor`) of what its dimension counts."""

    code: str
    dimension: Dimension
    factor: float
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class ForeignPort:
    """A port of Schedule K. `china_region` groups China's ports.

    Xinjiang has none: it is far from the sea, and its rail and road crossings are not in Schedule K.
    """

    code: str
    name: str
    country: str
    china_region: str | None
    source: str


@dataclass(frozen=True, slots=True)
class UsPort:
    """A port of Schedule D. Newark and JFK have CBP codes (4601, 4701) beside their Census codes."""

    code: str
    name: str
    state: str
    kind: Literal["sea", "air", "land", "inland", "courier"]
    source: str


@dataclass(frozen=True, slots=True)
class LegalDate:
    """A day on which the law or its practice changed.

    `scope` names goods families (`cotton` is all of cotton), `all`, or what changes the law on no goods: `party`.
    """

    day: date
    event: str
    instrument: str
    scope: str
    known_from: date
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class ScopePrefix:
    """Tariff numbers of a goods family, while the tariff has them; `valid_until` is the first day without.

    `link` is `direct` for the raw good and `derivative` for what is made of it. `content`: the expected share of the
    material in goods of the prefix, 0 to 1, those without any counted in; None where there is no material.
    """

    goods_family: GoodsFamily
    material: str | None
    hts_prefix: str
    valid_from: date | None
    valid_until: date | None
    link: Literal["direct", "derivative"]
    content: float | None
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """An order or act on a goods family, or on all goods, from a day on: of one party, or of the whole region.

    `covers` says in words what it covers. From `uflpa_from` on its cases run under the UFLPA's procedure.
    """

    goods_family: GoodsFamily | None
    instrument: str
    basis: Literal["party", "region"]
    valid_from: date
    uflpa_from: date
    known_from: date
    covers: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Material:
    """A material of the sectors that the law names. Without `xinjiang_input` the listed risk is moved labour alone."""

    material: str
    name: str
    xinjiang_input: bool
    source: str


@dataclass(frozen=True, slots=True)
class Document:
    """A record to ask for, of goods of a `material` (`any` for all), and what it `settles`."""

    material: str
    document: str
    settles: str
    source: str


@dataclass(frozen=True, slots=True)
class MaterialWord:
    """A word (capitals without accents) by which descriptions name a material, a fibre, or the fibres of a blend.

    `only_with_share`: a name only where a number goes with it, for it means other things too (CTN: carton).
    """

    word: str
    materials: tuple[str, ...]
    language: str
    only_with_share: bool
    source: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """Share of a country's input of a material that comes through China, 0 to 1, in a year."""

    material: str
    country: str
    year: int
    china_dependence: float
    known_from: date
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class XinjiangShare:
    """Xinjiang's share, 0 to 1, of China's `output` of a material, or of what China's mills `use`, in a year."""

    material: str
    measure: Literal["output", "use"]
    year: int
    share: float
    known_from: date
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class MaterialPrice:
    """Mean price of a month on the world market."""

    material: str
    month: date
    usd_per_kg: float
    known_from: date
    source: str


@dataclass(frozen=True, slots=True)
class XinjiangPlace:
    """One spelling (ASCII capitals) of a place in Xinjiang; `collides_with` names what else is called so."""

    name: str
    place: str
    level: Literal["region", "prefecture", "city", "county", "border crossing"]
    unlocode: str | None
    collides_with: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A party under an order that concerns Xinjiang, as the contract's `listed`. Lines dated later see it."""

    name: str
    aliases: tuple[str, ...]
    address: str | None
    programme: str
    effective_date: date
    removed_date: date | None
    scope: str | None
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class MaterialFactor:
    """Kilograms of a material that a kilogram of goods made of it alone takes, with the range that mills report."""

    goods_kind: str
    material: str
    hts_prefixes: tuple[str, ...]
    kg_per_kg: float
    low: float
    high: float
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Wave:
    """How many entities a notice added to the UFLPA Entity List."""

    effective_date: date
    added: int
    confidence: Confidence
    source: str
