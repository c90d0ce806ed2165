"""What was known of the trade around a line before its day: lines of its supplier, its importer and its goods."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from originrisk.serve.queue.lines.ground import ENDED, READ, Ground

YEARS: Final = 3
"""Years before the line that are read."""
MOST: Final = 50_000
"""Lines of one kind around one line that are read, the latest first; the pages say when there were more."""
_ENDED: Final = ", ".join(f"CASE WHEN outcome_date < $day THEN {name} END AS {name}" for name in ENDED)
_KNOWN: Final = f"""
SELECT {", ".join(READ)}, {_ENDED} FROM {{{{{{table}}}}}}
WHERE {{which}} AND entry_date >= $first AND entry_date < $day AND coalesce(received_on, entry_date) < $day
ORDER BY entry_date DESC, entry_number, line_number LIMIT {MOST}
"""
_MAKER: Final = {
    True: "manufacturer_id = $maker",
    False: "manufacturer_id IS NULL AND manufacturer_name = $maker",
}
"""How a supplier is found, by whether the line has a MID."""
_IMPORTER: Final = "importer_number = $importer"


@dataclass(frozen=True, slots=True)
class Past:
    """Lines known before the day of a line, the latest first, with what was found at them by then.

    `supplier`, `importer` and `goods` (same HTSUS, of one year, without those of supplier and importer) are tables;
    `cut` says that the oldest of one were left out.
    """

    supplier: pa.Table
    importer: pa.Table
    goods: pa.Table
    cut: bool

    @classmethod
    def of(cls, ground: Ground, line: dict[str, Any]) -> "Past":
        """The past of a row of `entries`."""
        maker = _MAKER[line["manufacturer_id"] is not None]
        others = f"htsus = $htsus AND ({maker}) IS NOT TRUE AND ({_IMPORTER}) IS NOT TRUE"
        supplier = _known(ground, line, ("by_supplier", maker), YEARS)
        importer = _known(ground, line, ("by_importer", _IMPORTER), YEARS)
        goods = _known(ground, line, ("by_goods", others), 1)
        return cls(supplier, importer, goods, MOST in map(len, (supplier, importer, goods)))


def _known(ground: Ground, line: dict[str, Any], found: tuple[str, str], years: int) -> pa.Table:
    """Lines of so many years before the line's day, found in a table by a condition."""
    table, which = found
    day: date = line["entry_date"]
    known = {
        "maker": line["manufacturer_id"] or line["manufacturer_name"],
        "importer": line["importer_number"],
        "htsus": line["htsus"],
    }
    asked = {name: value for name, value in known.items() if f"${name}" in which}
    query = _KNOWN.format(table=table, which=which)
    return ground.sql(query, {**asked, "day": day, "first": day - timedelta(365 * years)})
