"""What is told of a line, concept by concept: one sentence each, of counts, dates and declared values alone."""

from collections.abc import Callable
from typing import Any, Final, TypedDict

import numpy as np

from originrisk.data import reference
from originrisk.data.contract import ENTRIES
from originrisk.data.reference import materials, orders
from originrisk.features.descriptions import composition
from originrisk.models.evidence import PARTIES, LineEvidence


class Fact(TypedDict):
    """What a statement rests on: a declared `value` or a date, or `count` cases `of` so many; None where it is neither.

    `usual` is the share or the amount that is usual among the like, `source` the table or page that says so.
    """

    name: str
    value: str | None
    count: int | None
    of: int | None
    usual: float | None
    source: str


Statement = tuple[str, list[Fact]]

UNITS: Final = {
    "NO": "piece", "PCS": "piece", "DOZ": "dozen", "PRS": "pair", "DPR": "dozen pairs", "KG": "kilogram",
    "M2": "square metre", "M": "metre", "L": "litre",
}  # fmt: skip
FEW: Final = 8
"""Lines of others below which a price is not set among them."""
OF_SOME_GOODS: Final = ("second_quantity", "second_unit", "smelt_country", "cast_country", "melt_pour_country")
OPTIONAL: Final = tuple(
    column.name for column in ENTRIES.columns if not column.required and column.name not in OF_SOME_GOODS
)
"""Fields that any line may declare."""


def fact(
    name: str,
    source: str,
    value: object = None,
    *,
    count: int | None = None,
    of: int | None = None,
    usual: float | None = None,
) -> Fact:
    """A fact; its value as text."""
    told = None if value is None else clean(str(value))
    share = None if usual is None else float(usual)
    return {"name": name, "value": told, "count": count, "of": of, "usual": share, "source": source}


def clean(text: str, most: int = 60) -> str:
    """A declared text in a sentence: without what does not print, on one line, cut to so many characters."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 line`, `1,200 lines`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def money(amount: float) -> str:
    """An amount of US dollars."""
    return f"${amount:,.2f}"


def content(line: dict[str, Any]) -> tuple[str, float, str] | None:
    """Main material of a line by its tariff number, its share in the goods, 0 to 1, and who says so: the description,
    else `scope.csv`."""
    day = np.array([line["entry_date"]], "datetime64[D]")
    held = materials.content(line["htsus"], int(orders.tariff(day)[0]))
    if held.material == materials.NO_MATERIAL:
        return None
    material = materials.MATERIALS[held.material]
    told = composition(line["description"] or "").share(material)
    return (material, held.share, "scope.csv") if np.isnan(told) else (material, told, "description")


def country(code: str | None) -> str:
    """A country in words."""
    known = reference.countries_by_alpha_2().get(code or "")
    return known.name if known else code or "no country"


def goods(line: dict[str, Any]) -> str:
    """The tariff number in words, six digits of it."""
    return f"{line['htsus'][:4]}.{line['htsus'][4:6]}"


def findings(known: LineEvidence) -> Statement:
    """What examinations found at the first party at which they found something, else at the first examined one."""
    counts = known.counts
    whose = next(
        (one for what in ("found", "examined", "denied", "released") for one in PARTIES if counts[f"{one}_{what}"]),
        "maker",
    )
    examined, found, denied = (counts[f"{whose}_{what}"] for what in ("examined", "found", "denied"))
    facts = [fact(f"examinations of the {whose}", "outcomes", count=found, of=examined)]
    text = f"{found:,} of {counted(examined, 'examination')} of this {whose} found Xinjiang inputs"
    if tested := counts[f"{whose}_tested"]:
        text += f", {tested:,} by a laboratory"
        facts.append(fact(f"findings of the {whose} by a laboratory", "outcomes", count=tested, of=found))
    if not examined:
        text = "No examination of a party of this line is known"
    elif whose != "maker" and (of := counts["maker_examined"]):
        text += f"; of this maker, {counts['maker_found']:,} of {of:,}"
        facts.append(fact("examinations of the maker", "outcomes", count=counts["maker_found"], of=of))
    elif whose != "maker":
        text += "; no examination of this maker is known"
    if of := counts["goods_examined"]:
        text += f"; usual for these goods: {counts['goods_found']:,} of {of:,}"
        facts.append(fact("examinations of these goods", "outcomes", count=counts["goods_found"], of=of))
        facts[0]["usual"] = counts["goods_found"] / of
    if denied:
        text += f"; {counted(denied, 'line')} of this {whose} denied for want of proof, which is no finding"
        facts.append(fact(f"denials of the {whose}", "outcomes", count=denied))
    if released := counts[f"{whose}_released"]:
        text += f"; {counted(released, 'line')} of this {whose} released, nothing found either way"
        facts.append(fact(f"releases of the {whose}", "outcomes", count=released))
    return f"{text}.", facts


def parties(known: LineEvidence) -> Statement:
    """Since when the maker is known, and how much it ships."""
    counts = known.counts
    if not counts["maker_lines"]:
        return "No earlier line of this maker is known.", [fact("lines of the maker", "entries", count=0)]
    facts = [
        fact("first line of the maker", "entries", counts["maker_first"]),
        fact("lines of the maker in the past year", "entries", count=counts["maker_year"]),
        fact("importers of the maker in the past year", "entries", count=counts["maker_importers"]),
    ]
    year = counted(counts["maker_year"], "line")
    text = f"First line of this maker on {counts['maker_first']}; {year} in the past year"
    if counts["maker_year"]:
        text += f", for {counted(counts['maker_importers'], 'importer')}"
    return f"{text}.", facts


def links(known: LineEvidence) -> Statement:
    """The strongest tie to a maker at whom inputs were found, and how many makers share it, for a hub ties to many;
    without one, with how many makers its traders deal."""
    told = next((tie for tie in known.ties if tie["since"] is None), None)
    if told:
        via, name = told["via"], clean(told["name"])
        makers = known.counts[f"{via}_makers"]
        facts = [
            fact(f"other maker with the same {via}", "entries", name),
            fact("its examinations", "outcomes", count=told["found"], of=told["examined"]),
            fact(f"makers of the {via} in the past year", "entries", count=makers),
        ]
        text = f"Has the same {via} as {name}, at whom {told['found']} of {counted(told['examined'], 'examination')} "
        text += "found Xinjiang inputs"
        if makers:
            shared = "stood for" if via == "address" else "dealt with"
            text += f"; in the past year this {via} {shared} {counted(makers, 'maker')}"
        return f"{text}.", facts
    via = next((one for one in ("seller", "consolidator", "importer") if known.counts[f"{one}_makers"]), None)
    if via is None:
        return "No earlier line with the same seller, consolidator or importer is known.", []
    makers = known.counts[f"{via}_makers"]
    text = f"The {via} dealt with {counted(makers, 'maker')} in the past year."
    return text, [fact(f"makers of the {via} in the past year", "entries", count=makers)]


def material(known: LineEvidence) -> Statement:
    """The main material by the tariff number, what the description says of it, and what is published of its origin."""
    line = known.line
    facts = [fact("tariff number", "entries", line["htsus"])]
    held = content(line)
    if held is None:
        text = f"Tariff number {goods(line)} names none of the materials under watch"
        said = composition(line["description"] or "")
        for row in reference.named_materials():
            if (part := said.share(row.material)) > 0:
                text += f"; the description says {part:.0%} {row.name}"
                facts.append(fact(f"share of {row.material} by the description", "entries", usual=part))
            elif said.names(row.material):
                text += f"; the description names {row.name}"
        return f"{text}.", facts
    material, part, source = held
    day = np.array([line["entry_date"]], "datetime64[D]")
    code = np.array([materials.MATERIALS.index(material)])
    name = reference.named_materials()[code[0]].name
    through = materials.china_dependence(code, np.array([line["country_of_origin"]], object), day)[0]
    share = materials.xinjiang_share(code, day)[0]
    facts.append(fact("main material", "scope.csv", name))
    text = f"Goods of {name} by tariff number {goods(line)}"
    if source == "description":
        text += f"; the description says {part:.0%} {name}" if part else "; the description names none of it"
        facts.append(fact("share in the goods by the description", "entries", usual=part))
    if not np.isnan(through) and line["country_of_origin"] != "CN":
        whose = country(line["country_of_origin"])
        text += f"; about {through * 100:.0f} in 100 of {whose}'s {name} comes through China"
        facts.append(fact("share of the material that comes through China", "exposure.csv", usual=through))
    if not np.isnan(share):
        text += f"; about {share * 100:.0f} in 100 of what China uses is from Xinjiang"
        facts.append(fact("share of China's material from Xinjiang", "xinjiang_share.csv", usual=share))
    return f"{text}.", facts


def price(known: LineEvidence) -> Statement:
    """The price that stands furthest below those of like lines."""
    line, counts = known.line, known.counts
    priced = [
        (name, by, line["entered_value_usd"] / line[column], word)
        for name, by, column, word in (
            ("per_unit", "quantity", "quantity", _unit(line["unit_of_measure"])),
            ("per_kilo", "weight", "gross_weight_kg", "kilogram"),
        )
        if line[column] and line["entered_value_usd"]
    ]
    if not priced:
        return "No price: the line declares neither a quantity nor a weight, or no value.", []

    def standing(one: tuple[str, str, float, str]) -> tuple[bool, float]:
        lines = counts[f"{one[0]}_lines"]
        return lines < FEW, -counts[f"{one[0]}_dearer"] / max(lines, 1)

    name, by, value, word = min(priced, key=standing)
    lines, dearer, cheaper, usual = (counts[f"{name}_{of}"] for of in ("lines", "dearer", "cheaper", "usual"))
    alike = f"of the same goods from {country(line['country_of_origin'])} by other makers"
    paid = f"{money(value)} a {word}"
    facts = [fact(f"value by {by}, US dollars", "entries", f"{value:.2f}", usual=usual)]
    if lines < FEW:
        facts.append(fact(f"lines of others, by {by}", "entries", count=lines))
        return f"{paid}; {counted(lines, 'line')} {alike} in the past year, too few to compare.", facts
    below = dearer >= cheaper
    count = dearer if below else cheaper
    facts.append(fact(f"{'dearer' if below else 'cheaper'} lines, by {by}", "entries", count=count, of=lines))
    return (
        f"{paid}: {'less' if below else 'more'} than {count:,} of {counted(lines, 'line')} {alike} in the past "
        f"year (middle: {money(usual)}).",
        facts,
    )


def route(known: LineEvidence) -> Statement:
    """Where the goods were loaded, and how usual that is for their origin."""
    line, counts = known.line, known.counts
    origin = country(line["country_of_origin"])
    if line["port_of_lading"] is None:
        text = f"Declared origin {origin}, exported from {country(line['country_of_export'])}; no port of lading."
        return text, [fact("declared origin", "entries", line["country_of_origin"])]
    port = reference.foreign_ports_by_code().get(line["port_of_lading"])
    where = reference.country_of_schedule_k(line["port_of_lading"])
    place = f"port {line['port_of_lading']}"
    if port and where:
        place = ", ".join(dict.fromkeys((clean(port.name), country(where))))
    there, lines = counts["goods_lading"], counts["goods_year"]
    facts = [
        fact("port of lading", "entries", line["port_of_lading"]),
        fact("lines of these goods and this origin loaded there", "entries", count=there, of=lines),
    ]
    if not lines:
        return f"Loaded at {place}; no line of these goods from {origin} is known in the past year.", facts
    said = f"like {there:,} of" if there else "unlike any of"
    return (f"Loaded at {place}, {said} {counted(lines, 'line')} of these goods from {origin} in the past year.", facts)


def goods_traffic(known: LineEvidence) -> Statement:
    """How much of these goods comes from the declared origin, and what they are to the importer."""
    line, counts = known.line, known.counts
    year, before = counts["goods_year"], counts["goods_before"]
    facts = [
        fact("lines of these goods and this origin in the past year", "entries", count=year),
        fact("lines of them in the year before", "entries", count=before),
    ]
    text = (
        f"Goods of {goods(line)} from {country(line['country_of_origin'])}: {counted(year, 'line')} in the past "
        f"year, {before:,} in the year before"
    )
    if of := counts["importer_year"]:
        text += f"; {counts['importer_goods']:,} of {counted(of, 'line')} of this importer were such goods"
        facts.append(fact("lines of the importer of such goods", "entries", count=counts["importer_goods"], of=of))
    return f"{text}.", facts


def paperwork(known: LineEvidence) -> Statement:
    """What the declaration leaves open."""
    missing = [name for name in OPTIONAL if known.line[name] is None]
    told = len(OPTIONAL) - len(missing)
    text = f"{told} of {len(OPTIONAL)} optional fields are declared"
    if missing:
        shown = ", ".join(name.replace("_", " ") for name in missing[:4])
        text += f"; missing: {shown}{' and more' if len(missing) > 4 else ''}"
    facts = [fact("optional fields declared", "entries", count=told, of=len(OPTIONAL))]
    return f"{text}.", facts


def _unit(code: str | None) -> str:
    return UNITS.get(code or "", f"unit {clean(code, 10)}" if code else "unit")


STATEMENTS: Final[dict[str, Callable[[LineEvidence], Statement]]] = {
    "findings": findings,
    "parties": parties,
    "links": links,
    "material": material,
    "price": price,
    "route": route,
    "goods": goods_traffic,
    "paperwork": paperwork,
}
"""The concepts, in the order in which equal ones are told."""
