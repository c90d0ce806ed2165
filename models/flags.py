"""Red flags: facts of law, lists, places, prices and findings that stand beside the score, whatever the model says."""

from collections.abc import Callable, Iterator
from typing import Final, TypedDict

import numpy as np

from originrisk.data import reference
from originrisk.data.identifiers.manufacturer_id import parse
from originrisk.data.identifiers.postal_code import is_xinjiang
from originrisk.data.reference import materials, table
from originrisk.features.places import names_xinjiang
from originrisk.models.evidence import PARTIES, LineEvidence
from originrisk.models.statements import Fact, clean, content, country, fact, money

INPUTS: Final = {
    "smelt_country": "aluminium smelted",
    "cast_country": "aluminium cast",
    "melt_pour_country": "steel melted and poured",
}
"""Declared countries of an input, and what was done there."""


class Flag(TypedDict):
    """One entry of the `flags` column."""

    flag: str
    text: str
    facts: list[Fact]


Found = Iterator[tuple[str, list[Fact]]]


def listed_party(known: LineEvidence) -> Found:
    """A name on the line that is, or may be, that of a listed party."""
    for one in known.listed:
        name, since = clean(one["name"]), one["since"]
        listed = f"{name}, listed ({one['programme']}) since {since}"
        facts = [
            fact(f"{one['role']} as declared", "entries", one["declared"]),
            fact("listed party", "listed", name),
            fact("listed since", "listed", since),
        ]
        if one["how"] == "likely":
            facts.append(fact("probability that the two are one", "names", usual=one["probability"]))
            yield f"The {one['role']} may be {listed}: probability {one['probability']:.2f}.", facts
        else:
            how = "an alias" if one["how"] == "alias" else "the name"
            yield f"The {one['role']} bears {how} of {listed}.", facts


def xinjiang_place(known: LineEvidence) -> Found:
    """A maker whose city, postal code, address or name is of Xinjiang."""
    line = known.line
    if known.in_xinjiang == 1:
        code, city = line["manufacturer_postal_code"], line["manufacturer_city"]
        told = {
            "postal code": code if code and is_xinjiang(code) else None,
            "city": city if city and names_xinjiang(city) == 1 else None,
            "address": line["manufacturer_address"],
        }
        name, value = next((name, value) for name, value in told.items() if value)
        yield f"The maker is declared in Xinjiang: {name} {clean(value)}.", [fact(name, "entries", value)]
    elif (name := line["manufacturer_name"]) and names_xinjiang(name) == 1:
        yield f"The maker's name names a place in Xinjiang: {clean(name)}.", [fact("maker", "entries", name)]


def finding_at_party(known: LineEvidence) -> Found:
    """The latest day on which a finding became known, at the first party of the line that has one."""
    party = next((one for one in PARTIES if known.counts[f"{one}_found_on"]), None)
    if party:
        day = known.counts[f"{party}_found_on"]
        facts = [fact(f"last finding of the {party}", "outcomes", day)]
        yield f"Xinjiang inputs were found in goods of this {party}, last told on {day}.", facts


def origin_contradicted(known: LineEvidence) -> Found:
    """A MID, or the declared country of an input, of another country than the declared origin."""
    line = known.line
    origin = line["country_of_origin"]
    declared = fact("declared origin", "entries", origin)
    mid = parse(line["manufacturer_id"]) if line["manufacturer_id"] else None
    if mid and mid.origin != origin:
        text = f"The MID is of {country(mid.origin)}, the declared origin is {country(origin)}."
        yield text, [fact("MID", "entries", str(mid)), declared]
    for column, done in INPUTS.items():
        if (where := line.get(column)) and where != origin:
            text = f"Declares {done} in {country(where)}; the declared origin is {country(origin)}."
            yield text, [fact(column, "entries", where), declared]


def below_material_cost(known: LineEvidence) -> Found:
    """A value per kilogram below the world price, as last known, of the material in it."""
    line = known.line
    held = content(line)
    if held is None or not line["gross_weight_kg"]:
        return
    material, share, _ = held
    day = np.array([line["entry_date"]], "datetime64[D]")
    cost = materials.price(material, day)[0] * materials.kilograms(material, line["htsus"]) * share
    value = line["entered_value_usd"] / line["gross_weight_kg"]
    if value < cost:
        prices = table.known(reference.material_prices(), line["entry_date"])
        since = max(row.known_from for row in prices if row.material == material)
        facts = [
            fact("value a kilogram, US dollars", "entries", f"{value:.2f}"),
            fact(f"cost of the {material} in a kilogram, US dollars", "material_price.csv", f"{cost:.2f}"),
            fact(f"price of the {material} known since", "material_price.csv", since),
        ]
        told = f"the {material} in it costs by the price known since {since}: {money(cost)}"
        yield f"{money(value)} a kilogram is less than {told}.", facts


def tie_to_listed(known: LineEvidence) -> Found:
    """A maker that stands on a list and shares a trader, the importer or the address."""
    tie = next((one for one in known.ties if one["since"]), None)
    if tie:
        name = clean(tie["listed_name"])
        yield (
            f"Shares the {tie['via']} with {name}, listed since {tie['since']}.",
            [
                fact(f"listed maker with the same {tie['via']}", "listed", name),
                fact("listed since", "listed", tie["since"]),
            ],
        )


def order_in_force(known: LineEvidence) -> Found:
    """Orders and acts on these goods and on parties of the line, and the act on all goods where the declaration itself
    meets it. Of parties those whose listing was known before the day."""
    bearing = {(one["name"], one["since"]) for one in known.listed if one["how"] != "likely"}
    for basis in known.legal:
        if (basis["party"], basis["since"]) in bearing:
            since = fact("listed since", "listed", basis["since"])
            yield basis["text"], [fact("listed party", "listed", clean(basis["party"])), since]
        elif basis["ground"] == "goods" or (basis["barred"] and basis["ground"] == "region"):
            yield basis["text"], [fact(basis["instrument"], "instruments.csv", basis["since"])]


RULES: Final[tuple[Callable[[LineEvidence], Found], ...]] = (
    listed_party,
    xinjiang_place,
    finding_at_party,
    origin_contradicted,
    below_material_cost,
    tie_to_listed,
    order_in_force,
)
"""The gravest first."""


def flags(known: LineEvidence) -> list[Flag]:
    """All flags of a line, in the order of RULES; each bears the name of its rule."""
    return [{"flag": rule.__name__, "text": text, "facts": facts} for rule in RULES for text, facts in rule(known)]
