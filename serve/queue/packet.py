"""The evidence packet of a line: one PDF with what the line's page says, its sources, who made it and when.

Typst sets it. What is declared reaches it as JSON, which it prints and never reads as markup.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.charts.line import dollars, timeline
from originrisk.serve.queue.db.comments import LogEntry
from originrisk.serve.queue.db.finding import DISPOSITIONS, RESULTS
from originrisk.serve.queue.evidence.case import concept_rows
from originrisk.serve.queue.evidence.line import LineCase
from originrisk.serve.queue.evidence.words import country, folded, moment, percent, port, visible
from originrisk.serve.queue.rendering import HERE


def packet(
    found: LineCase, log: Sequence[LogEntry], odds: str | None, visitor: Visitor, at: datetime, *, simulated: bool
) -> bytes:
    """The PDF. Of a line of the random sample it holds neither score nor reasons."""
    from typst import compile  # takes a while to load, and only this needs it

    facts = json.dumps(_facts(found, log, odds, visitor, at, simulated=simulated), default=str)
    made: bytes = compile(str(HERE / "templates" / "packet.typ"), sys_inputs={"facts": facts})
    return made


def _ended(row: dict[str, Any]) -> str:
    """How an examination ended: what was found, and what was done with the goods."""
    ends = (RESULTS.get(row["result"]), DISPOSITIONS.get(row["disposition"]))
    return "; ".join(words for words in ends if words)


def _facts(
    found: LineCase, log: Sequence[LogEntry], odds: str | None, visitor: Visitor, at: datetime, *, simulated: bool
) -> dict[str, Any]:
    row, score, case = found.row, None if found.lot else found.score, found.case
    past = timeline(row["entry_date"], {"Maker": found.supplier, "Importer": found.importer}, log)
    parties = {"Maker": found.supplier, f"Importer {case.importer or 'not declared'}": found.importer}
    goods = [
        ("Line", f"{row['entry_number']} / {row['line_number']}, entered {row['entry_date']}"),
        ("Goods", folded(row["description"], 300) or "not described"),
        ("HTSUS", row["htsus"]),
        ("Value", f"${row['entered_value_usd']:,.0f}"),
        ("Maker", folded(row["manufacturer_name"] or row["manufacturer_id"], 200) or "not declared"),
        ("Seller", folded(row["seller_name"], 200) or "not declared"),
        ("Importer", case.importer or "not declared"),
        ("Route", f"{country(row['country_of_origin'])} to {port(row['port_of_entry'])}"),
    ]
    return {
        "title": f"Evidence packet: line {row['entry_number']} / {row['line_number']}",
        "simulated": simulated,
        "made": f"{moment(at)} by {visitor.name} ({visitor.role.replace('_', ' ')})",
        "goods": goods,
        "lot": found.lot,
        "summary": score["summary"] if score else None,
        "odds": f"{odds}. {found.said.band}" if score and found.said else None,
        "place": score["place"] if score else None,
        "flags": [flag["text"] for flag in (score["flags"] or [])] if score else [],
        "concepts": [asdict(one) for one in concept_rows(score)] if score else [],
        "law": [one["text"] + (" Barred as declared." if one["barred"] else "") for one in case.laws],
        "result": case.result and f"{_ended(case.result)}, known on {case.result['outcome_date']}",
        "parties": [
            f"{name}: {one.lines:,} lines known before {row['entry_date']}; {one.examined} examined with a known end, "
            f"Xinjiang inputs found at {one.found}."
            for name, one in parties.items()
        ],
        "prices": [
            {
                "sentence": price.sentence,
                "marks": [price.fair.low, price.fair.middle, price.fair.high, price.value] if price.fair else [],
                "words": [dollars(one) for one in (price.fair.low, price.fair.middle, price.fair.high, price.value)]
                if price.fair
                else [],
            }
            for price in found.prices
        ],
        "timeline": {"marks": [asdict(one) for one in past.marks], "years": past.years, "lanes": past.lanes},
        "ties": [
            [folded(one.name, 100), one.why, f"{tie.via}, {tie.lines:,} lines, {tie.first} to {tie.last}"]
            for one in found.links.suppliers[:20]
            for tie in one.ties
        ],
        "lists": [
            f"{percent(likely.probability)} that {folded(named.name, 80)} ({', '.join(named.roles)}) is "
            "{name}, {programme} since {effective_date}".format(
                **{**likely.listing, "name": folded(likely.listing["name"], 80)}
            )
            for named in found.matches
            for likely in named.matches
        ],
        "similar": [
            [
                f"{one['entry_number']} / {one['line_number']}",
                ", ".join(one["alike"]),
                one["result"],
                one["outcome_date"],
            ]
            for one in found.similar
        ],
        "ask": [[one.document, one.settles, one.source] for one in case.documents],
        "declared": [[one.label, visible(folded(one.text, 300)), one.usual] for one in found.declared if one.text],
        "log": [[moment(one.at), one.by, one.kind, visible(one.text), one.file or ""] for one in log],
        "sources": [
            *(f"Table {name}, version {version}" for name, version in sorted(found.versions.items())),
            f"Links of the history closed on {found.links.closed}" if found.links.closed else "No history for links",
            f"Model {found.score['model_version']}, history up to {found.score['history_date']}"
            if found.score
            else "No score",
        ],
    }
