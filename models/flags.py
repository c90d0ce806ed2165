"""Red flags: facts of law, lists, places and findings that stand beside the score, whatever the model says."""

from collections.abc import Callable, Iterator
from typing import Final, TypedDict

from originrisk.models.evidence import Evidence
from originrisk.models.statements import Fact, clean, country, fact


class Flag(TypedDict):
    """One entry of the `flags` column."""

    flag: str
    text: str
    facts: list[Fact]


def finding_at_party(known: Evidence) -> Iterator[Flag]:
    """The latest day on which Xinjiang inputs were found at a party of the line."""
    dated = [(known.counts[f"{party}_found_on"], party) for party in ("maker", "importer", "seller")]
    day, party = max(((on, of) for on, of in dated if on), default=(None, ""))
    if day:
        facts = [fact(f"last finding at the {party}", "outcomes", day)]
        yield {
            "flag": "finding_at_party",
            "text": f"Xinjiang inputs last found at this {party} on {day}.",
            "facts": facts,
        }


def tie_to_listed(known: Evidence) -> Iterator[Flag]:
    """A maker that stands on a list and shares a trader, the importer or the address."""
    tie = next((one for one in known.ties if one["since"]), None)
    if tie:
        name = clean(tie["listed_name"])
        text = f"Shares the {tie['via']} with {name}, listed since {tie['since']}."
        facts = [
            fact(f"listed maker with the same {tie['via']}", "listed", name),
            fact("listed since", "listed", tie["since"]),
        ]
        yield {"flag": "tie_to_listed", "text": text, "facts": facts}


def mid_contradicts_origin(known: Evidence) -> Iterator[Flag]:
    """A MID of another country than the declared origin."""
    mid, origin = known.line["manufacturer_id"], known.line["country_of_origin"]
    if mid and mid[:2] != origin and mid[:2] == "CN":
        text = f"The MID is of {country(mid[:2])}, the declared origin is {country(origin)}."
        facts = [fact("MID", "entries", mid), fact("declared origin", "entries", origin)]
        yield {"flag": "mid_contradicts_origin", "text": text, "facts": facts}


RULES: Final[tuple[Callable[[Evidence], Iterator[Flag]], ...]] = (
    finding_at_party,
    tie_to_listed,
    mid_contradicts_origin,
)


def flags(known: Evidence) -> list[Flag]:
    """All flags of a line, in the order of RULES."""
    return [flag for rule in RULES for flag in rule(known)]
