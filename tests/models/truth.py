"""The oracle of the law of truth: each number and date that is told of a line, by SQL of its own over the tables.

It shares no query with the product: it looks at one line at a time, at the tables as they would stand had nothing
been told after the day `closed`.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from math import isclose
from pathlib import Path
from typing import Any

import duckdb

from originrisk.data import reference
from originrisk.data.lists.membership import with_shipped
from originrisk.data.store.tables import Store

REFERENCE = Path(reference.__file__).parent
PARTIES = {
    "importer": "importer_number",
    "seller": "seller_name",
    "consolidator": "consolidator_name",
    "address": "manufacturer_address",
}
MAKER = """(CASE WHEN $mid IS NULL THEN manufacturer_id IS NULL AND upper(manufacturer_name) = upper($maker)
           ELSE manufacturer_id = $mid END)"""
YEAR = "entry_date BETWEEN $day - 365 AND $day - 1"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Truth:
    """What a store's tables say of lines after the close of a day."""

    def __init__(self, store: Store, closed: date) -> None:
        self.day = closed + timedelta(1)
        self.db = duckdb.connect()
        self.db.register("all_entries", store.entries())
        self.db.register("all_outcomes", store.outcomes())
        self.db.register("all_listed", with_shipped(store.listed()))
        day = f"DATE '{self.day}'"
        self.db.execute(
            f"CREATE TABLE past AS FROM all_entries WHERE entry_date < {day} "
            f"AND (received_on IS NULL OR received_on < {day})"
        )
        self.db.execute(
            f"""CREATE TABLE ended AS SELECT past.*, outcome_date,
              coalesce(result, '') AS result, coalesce(disposition, '') AS disposition,
              coalesce(method, '') AS method,
              coalesce(method, '') = 'detention' AND result = 'xinjiang' AND disposition IS NULL AS old_denial
            FROM all_outcomes JOIN past USING (entry_number, line_number) WHERE outcome_date < {day}"""
        )
        self.db.execute(
            f"""CREATE TABLE listed AS FROM all_listed WHERE effective_date < {day}
              AND coalesce(known_from, effective_date) < {day}
              AND (removed_date IS NULL OR removed_date > {day} OR removal_known_from >= {day})"""
        )

    def rows(self, query: str, line: dict[str, Any], **more: Any) -> list[tuple[Any, ...]]:
        """Rows of a query that may name what the line declares."""
        named = {
            "day": self.day, "mid": line["manufacturer_id"], "maker": line["manufacturer_name"],
            "importer": line["importer_number"], "seller": line["seller_name"],
            "consolidator": line["consolidator_name"], "address": line["manufacturer_address"],
            "htsus": line["htsus"], "origin": line["country_of_origin"], "lading": line["port_of_lading"],
            "unit": line["unit_of_measure"], **more,
        }  # fmt: skip
        used = {name: value for name, value in named.items() if re.search(rf"\${name}\b", query)}
        return self.db.execute(query, used).fetchall()

    def one(self, query: str, line: dict[str, Any], **more: Any) -> Any:
        """The one cell of a query."""
        return self.rows(query, line, **more)[0][0]

    def whose(self, party: str) -> str:
        """Lines of a party of the line."""
        return MAKER if party == "maker" else f"upper({PARTIES[party]}) = upper(${party})"

    def examined(self, where: str, line: dict[str, Any]) -> tuple[int, int]:
        """How many examinations found inputs, of how many that told of the origin."""
        found, told = self.rows(
            f"""SELECT count(CASE WHEN result = 'xinjiang' THEN 1 END), count(*) FROM ended
            WHERE {where} AND result IN ('xinjiang', 'not_xinjiang') AND old_denial IS NOT TRUE""",
            line,
        )[0]
        return found, told

    def price(self, by: str, line: dict[str, Any]) -> tuple[float | None, list[float]]:
        """The line's price, and those of like lines of other makers."""
        column = {"quantity": "quantity", "weight": "gross_weight_kg"}[by]
        value = line["entered_value_usd"] / line[column] if line[column] else None
        same = "AND unit_of_measure = $unit" if by == "quantity" else ""
        prices = self.rows(
            f"""SELECT entered_value_usd / {column} FROM past WHERE {YEAR} AND htsus = $htsus
            AND country_of_origin = $origin AND {column} <> 0 AND entered_value_usd > 0 {same}
            AND NOT coalesce({MAKER}, false)""",
            line,
        )
        return value, [one for (one,) in prices]

    def facts(self, line: dict[str, Any], fact: dict[str, Any]) -> bool:
        """Whether a fact is as the tables have it."""
        name, count, of, value, usual = (fact[key] for key in ("name", "count", "of", "value", "usual"))
        for pattern, judge in self._judges().items():
            if match := re.fullmatch(pattern, name):
                return bool(judge(line, match, count, of, value, usual))
        raise AssertionError(f"no rule for the fact `{name}`")

    def _judges(self) -> dict[str, Any]:
        """By the name of a fact, what must hold. Arguments: line, match, count, of, value, usual."""
        like = "left(htsus, 6) = left($htsus, 6)"
        lane = f"{like} AND country_of_origin = $origin"

        def lines(where: str, line: dict[str, Any], what: str = "count(*)") -> Any:
            return self.one(f"SELECT {what} FROM past WHERE {where}", line)

        def examined(line: Any, match: Any, count: int, of: int, _: Any, usual: float | None) -> bool:
            found, told = self.examined(like, line)
            right = usual is None or _close(usual, found / told)
            return right and (count, of) == self.examined(self.whose(match[1]), line)

        def denied(line: Any, match: Any, count: int, *_: Any) -> bool:
            where = """(old_denial IS TRUE OR disposition IN ('denied', 'excluded', 'seized')
            AND result IN ('', 'inconclusive'))"""
            query = f"SELECT count(*) FROM ended WHERE {self.whose(match[1])} AND {where}"
            return bool(self.one(query, line) == count)

        def released(line: Any, match: Any, count: int, *_: Any) -> bool:
            where = """disposition IN ('released', 'released_on_evidence', 'protest_granted')
            AND result IN ('', 'inconclusive')"""
            query = f"SELECT count(*) FROM ended WHERE {self.whose(match[1])} AND {where}"
            return bool(self.one(query, line) == count)

        def tested(line: Any, match: Any, count: int, of: int, *_: Any) -> bool:
            query = f"""SELECT count(*) FROM ended WHERE {self.whose(match[1])} AND result = 'xinjiang'
            AND method IN ('isotopic', 'dna')"""
            found, _told = self.examined(self.whose(match[1]), line)
            return (self.one(query, line), found) == (count, of)

        def priced(line: Any, match: Any, _: Any, __: Any, value: str, usual: float | None) -> bool:
            own, others = self.price(match[1], line)
            middle = sorted(others)
            half = len(middle) // 2
            at = None if not middle else middle[half] if len(middle) % 2 else (middle[half - 1] + middle[half]) / 2
            return own is not None and f"{own:.2f}" == value and _close(usual, at)

        def beside(line: Any, match: Any, count: int, of: int, *_: Any) -> bool:
            own, others = self.price(match[2], line)
            less = [one for one in others if (one > own if match[1] == "dearer" else one < own)]
            return (count, of) == (len(less), len(others))

        def tied(line: Any, via: str) -> list[tuple[Any, ...]]:
            return self.rows(
                f"""SELECT coalesce('MID ' || manufacturer_id, upper(manufacturer_name)) AS m,
                min(manufacturer_name) FROM past WHERE {self.whose(via)} AND NOT coalesce({MAKER}, false)
                AND m IS NOT NULL GROUP BY m""",
                line,
            )

        def other_maker(line: Any, match: Any, _: Any, __: Any, value: str, *___: Any) -> bool:
            self._others = [m for m, name in tied(line, match[1]) if _clean(name or m) == value]
            return bool(self._others)

        def its_examinations(line: Any, _: Any, count: int, of: int, *__: Any) -> bool:
            own = "coalesce('MID ' || manufacturer_id, upper(manufacturer_name))"
            judged = [self.examined(f"{own} = '{m.replace(chr(39), chr(39) * 2)}'", line) for m in self._others]
            return (count, of) in judged and count > 0

        def listed(line: Any, via: str, value: str) -> bool:
            makers = {m for m, _ in tied(line, via)}
            bearing = self.rows(
                """SELECT coalesce('MID ' || manufacturer_id, upper(manufacturer_name)), name, effective_date
                FROM past JOIN (SELECT name, effective_date,
                  unnest(list_append(string_split(coalesce(aliases, ''), '|'), name)) AS own FROM listed) AS l
                ON own <> '' AND upper(own) = upper(manufacturer_name)""",
                line,
            )
            found = {(name, since) for m, name, since in bearing if m in makers}
            self._since = {str(since) for name, since in found if _clean(name) == value}
            return bool(self._since)

        def is_listed(line: Any, value: str) -> bool:
            rows = self.rows("SELECT name, effective_date FROM listed", line)
            self._since = {str(since) for name, since in rows if _clean(name) == value}
            return bool(self._since)

        party = "(maker|importer|seller|consolidator|address)"
        declared = {
            "declared origin": "country_of_origin", "MID": "manufacturer_id", "port of lading": "port_of_lading",
            "tariff number": "htsus", "city": "manufacturer_city", "postal code": "manufacturer_postal_code",
            "address": "manufacturer_address", "maker": "manufacturer_name",
        }  # fmt: skip
        return {
            f"examinations of the {party}": examined,
            "examinations of these goods": lambda line, _, c, o, *__: (c, o) == self.examined(like, line),
            f"denials of the {party}": denied,
            f"releases of the {party}": released,
            f"findings of the {party} by a laboratory": tested,
            f"last finding of the {party}": lambda line, m, _, __, value, ___: (
                value
                == str(
                    self.one(
                        f"""SELECT max(outcome_date) FROM ended WHERE {self.whose(m[1])} AND result = 'xinjiang'
                    AND old_denial IS NOT TRUE""",
                        line,
                    )
                )
            ),
            "lines of the maker": lambda line, _, c, *__: c == lines(MAKER, line) == 0,
            "first line of the maker": lambda line, _, __, ___, value, ____: (
                value == str(lines(MAKER, line, "min(entry_date)"))
            ),
            "lines of the maker in the past year": lambda line, _, c, *__: c == lines(f"{MAKER} AND {YEAR}", line),
            "importers of the maker in the past year": lambda line, _, c, *__: (
                c == lines(f"{MAKER} AND {YEAR}", line, "count(DISTINCT upper(importer_number))")
            ),
            f"other maker with the same {party}": other_maker,
            "its examinations": its_examinations,
            f"makers of the {party} in the past year": lambda line, m, c, *__: (
                c
                == lines(
                    f"{self.whose(m[1])} AND {YEAR}",
                    line,
                    "count(DISTINCT coalesce('MID ' || manufacturer_id, upper(manufacturer_name)))",
                )
            ),
            "main material": lambda line, _, __, ___, value, ____: self._named(line, value),
            "share in the goods by the description": lambda line, _, __, ___, ____, usual: _close(
                usual, self._described(line, self._material(line))
            ),
            "share of (\\w+) by the description": lambda line, m, *args: _close(args[-1], self._described(line, m[1])),
            "share of the material that comes through China": lambda line, _, __, ___, ____, u: self._through(line, u),
            "share of China's material from Xinjiang": lambda line, _, __, ___, ____, u: self._from_xinjiang(line, u),
            "value by (quantity|weight), US dollars": priced,
            "(dearer|cheaper) lines, by (quantity|weight)": beside,
            "lines of others, by (quantity|weight)": lambda line, m, c, *__: c == len(self.price(m[1], line)[1]),
            "lines of these goods and this origin loaded there": lambda line, _, c, o, *__: (
                (c, o)
                == (lines(f"{lane} AND {YEAR} AND port_of_lading = $lading", line), lines(f"{lane} AND {YEAR}", line))
            ),
            "lines of these goods and this origin in the past year": lambda line, _, c, *__: (
                c == lines(f"{lane} AND {YEAR}", line)
            ),
            "lines of them in the year before": lambda line, _, c, *__: (
                c == lines(f"{lane} AND entry_date BETWEEN $day - 730 AND $day - 366", line)
            ),
            "lines of the importer of such goods": lambda line, _, c, o, *__: (
                (c, o)
                == (
                    lines(f"{self.whose('importer')} AND {YEAR} AND {like}", line),
                    lines(f"{self.whose('importer')} AND {YEAR}", line),
                )
            ),
            "optional fields declared": lambda line, _, c, o, *__: (
                o - c == sum(v is None and not re.match("second_|smelt|cast_|melt_", n) for n, v in line.items())
            ),
            f"listed maker with the same {party}": lambda line, m, _, __, value, ___: listed(line, m[1], value),
            "listed party": lambda line, _, __, ___, value, ____: is_listed(line, value),
            "listed since": lambda _, __, ___, ____, value, _____: value in self._since,
            f"{party} as declared": lambda line, m, _, __, value, ___: (
                value == _clean(line["manufacturer_name" if m[1] == "maker" else f"{m[1]}_name"])
            ),
            "probability that the two are one": lambda *args: 0.5 <= args[-1] < 1,
            "value a kilogram, US dollars": lambda line, _, __, ___, value, ____: (
                value == f"{self.price('weight', line)[0]:.2f}"
            ),
            "cost of the (\\w+) in a kilogram, US dollars": lambda line, m, _, __, value, ___: self._cost(
                line, m[1], value
            ),
            "price of the (\\w+) known since": lambda line, m, _, __, value, ___: (
                value == self._share("material_price.csv", "known_from", "true", line, m[1])
            ),
            "|".join(declared): lambda line, m, _, __, value, ___: value == _clean(str(line[declared[m[0]]])),
            ".*": lambda line, m, _, __, value, ___: self._in_force(line, m, value),
        }

    def _share(self, table: str, column: str, where: str, line: Any, material: str) -> Any:
        rows = self.rows(
            f"""SELECT {column} FROM read_csv('{REFERENCE}/{table}', all_varchar = true)
            WHERE material = '{material}' AND {where} AND CAST(known_from AS DATE) < $on
            ORDER BY CAST(known_from AS DATE) DESC""",
            line,
            on=line["entry_date"],
        )
        return rows[0][0] if rows and column == "known_from" else float(rows[0][0]) if rows else None

    def _material(self, line: Any) -> str:
        rows = self.rows(
            f"""SELECT material FROM read_csv('{REFERENCE}/scope.csv', all_varchar = true)
            WHERE starts_with($htsus, hts_prefix) AND material IS NOT NULL
            AND coalesce(CAST(valid_from AS DATE), DATE '1900-01-01') <= $on
            AND coalesce(CAST(valid_until AS DATE), DATE '2999-01-01') > $on
            ORDER BY length(hts_prefix) DESC""",
            line,
            on=line["entry_date"],
        )
        return str(rows[0][0])

    def _through(self, line: Any, usual: float) -> bool:
        of = self._material(line)
        found = self._share("exposure.csv", "china_dependence", "country = $origin", line, of)
        return _close(usual, found or 0.0)

    def _from_xinjiang(self, line: Any, usual: float) -> bool:
        of = self._material(line)
        use = self._share("xinjiang_share.csv", "share", "measure = 'use'", line, of)
        output = self._share("xinjiang_share.csv", "share", "measure = 'output'", line, of)
        return _close(usual, (use if use is not None else output) or 0.0)

    def _named(self, line: Any, value: str) -> bool:
        rows = f"SELECT name FROM read_csv('{REFERENCE}/materials.csv') WHERE material = '{self._material(line)}'"
        return bool(self.one(rows, line) == value)

    def _in_force(self, line: Any, match: Any, value: str) -> bool:
        rows = f"SELECT count(*) FROM read_csv('{REFERENCE}/instruments.csv') WHERE instrument = $name"
        dated = f"{rows} AND valid_from = $since AND valid_from <= $on"
        told = {"name": match[0], "since": date.fromisoformat(value), "on": line["entry_date"]}
        return bool(self.one(dated, line, **told))

    def _described(self, line: dict[str, Any], material: str) -> float | None:
        """Share of the material by a description that gives shares in percent."""
        text = (line["description"] or "").upper()
        told = re.findall(rf"(\d+)\s?%(?: \w+){{0,2}} {material.upper()}", text)
        return float(told[0]) / 100 if told else 0.0 if "%" in text else None

    def _cost(self, line: dict[str, Any], material: str, value: str) -> bool:
        """Price of the last month known, times kilograms of the material a kilogram takes, times its share."""
        price = self._share("material_price.csv", "usd_per_kg", "true", line, material)
        ((kilos,),) = self.rows(
            f"""SELECT kg_per_kg FROM (SELECT kg_per_kg, unnest(string_split(hts_prefixes, '|')) AS prefix
            FROM read_csv('{REFERENCE}/material_factors.csv') WHERE material = '{material}')
            WHERE starts_with($htsus, prefix) ORDER BY length(prefix) DESC LIMIT 1""",
            line,
        )
        told = self._described(line, material)
        part = self.rows(
            f"""SELECT content FROM read_csv('{REFERENCE}/scope.csv', all_varchar = true)
            WHERE starts_with($htsus, hts_prefix) AND material = '{material}'
            AND coalesce(CAST(valid_from AS DATE), DATE '1900-01-01') <= $on
            AND coalesce(CAST(valid_until AS DATE), DATE '2999-01-01') > $on
            ORDER BY length(hts_prefix) DESC""",
            line,
            on=line["entry_date"],
        )
        return f"{price * kilos * (float(part[0][0]) if told is None else told):.2f}" == value

    def falsehoods(self, line: dict[str, Any], text: str, facts: list[dict[str, Any]]) -> Iterator[str]:
        """What is untrue in a sentence and its facts."""
        yield from (f"{one} | {text}" for one in facts if not self.facts(line, one))
        said = text
        for one in facts:  # names and declared values are quoted, not counted
            if one["value"] and not DATE.fullmatch(one["value"]) and not one["name"].startswith(("value", "cost")):
                said = said.replace(one["value"], "")
        said = said.replace(f"{line['htsus'][:4]}.{line['htsus'][4:6]}", "")
        dates = {one["value"] for one in facts if one["value"] and DATE.fullmatch(one["value"])}
        yield from (f"{found} is no fact | {text}" for found in DATE.findall(said) if found not in dates | self.legal)
        said = DATE.sub("", said).replace("in 100", "")
        numbers = {text for one in facts for text in _told(one)}
        yield from (f"{found} is no fact | {text}" for found in NUMBER.findall(said) if found not in numbers)
        pairs = {(f"{one['count']:,}", f"{one['of']:,}") for one in facts if one["of"] is not None}
        yield from (
            f"{pair} is no fact | {text}" for pair in re.findall(r"([\d,]+) of ([\d,]+)", said) if pair not in pairs
        )
        for words, kind in (("less than", "dearer"), ("more than", "cheaper")):
            if re.search(rf"{words} [\d,]+ of", said) and not any(one["name"].startswith(kind) for one in facts):
                yield f"{words} is no fact | {text}"
        for party in re.findall(r"of this (maker|importer|seller|consolidator|address)\b", said):
            if not any(party in one["name"] for one in facts) and f"no examination of this {party}" not in said:
                yield f"{party} is no fact | {text}"

    @property
    def legal(self) -> set[str]:
        """Days on which instruments began: the sentence of an order may name more than one."""
        rows = self.db.sql(f"SELECT DISTINCT valid_from FROM read_csv('{REFERENCE}/instruments.csv')").fetchall()
        return {str(day) for (day,) in rows}


def _close(one: float | None, other: float | None) -> bool:
    return (one is None and other is None) or (one is not None and other is not None and isclose(one, other))


def _told(fact: dict[str, Any]) -> set[str]:
    """How a fact's numbers may stand in a sentence."""
    told = {f"{fact[name]:,}" for name in ("count", "of") if fact[name] is not None}
    if fact["usual"] is not None:
        told |= {f"{fact['usual']:,.2f}", f"{fact['usual'] * 100:.0f}"}
    if fact["value"] and re.fullmatch(r"-?\d+\.\d\d", fact["value"]):
        told.add(f"{float(fact['value']):,.2f}")
    return told


def _clean(text: str) -> str:
    plain = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
