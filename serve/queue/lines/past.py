"""What was known of the trade around a line before its day: lines of its supplier, its importer and its goods."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from serve.queue.lines.ground import Ground

YEARS: Final = 3
"""Years before the line that are read."""
MOST: Final = 50_000
"""Lines around one line that are read, the latest first; the pages say when there were more."""
_AROUND: Final = """
WITH around AS (
    SELECT entry_number, line_number, entry_date, manufacturer_id, manufacturer_name, importer_number, seller_name,
           country_of_origin, country_of_export, port_of_entry, htsus, description, quantity, unit_of_measure,
           gross_weight_kg, entered_value_usd,
           CASE WHEN $mid IS NULL THEN manufacturer_id IS NULL AND manufacturer_name = $maker
                ELSE manufacturer_id = $mid END AS of_supplier,
           importer_number = $importer AS of_importer,
           htsus = $htsus AND entry_date >= $year AS of_goods
    FROM {entries}
    WHERE entry_date < $day AND entry_date >= $first AND coalesce(received_on, entry_date) < $day
)
SELECT around.*, examined.result, examined.outcome_date, examined.method, examined.selection
FROM around LEFT JOIN examined
    ON examined.entry_number = around.entry_number AND examined.line_number = around.line_number
    AND examined.outcome_date < $day
WHERE of_supplier OR of_importer OR of_goods
ORDER BY around.entry_date DESC, around.entry_number, around.line_number
LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Past:
    """Lines known before the day of a line, the latest first, with what was found at them by then.

    `supplier`, `importer` and `goods` (same HTSUS, of one year, without those of supplier and importer) are tables;
    `cut` says that the oldest were left out.
    """

    supplier: pa.Table
    importer: pa.Table
    goods: pa.Table
    cut: bool

    @classmethod
    def of(cls, ground: Ground, line: dict[str, Any]) -> "Past":
        """The past of a row of `entries`."""
        found = ground.sql(_AROUND.replace("{most}", str(MOST)), _values(line))
        own = pc.or_(_said(found["of_supplier"]), _said(found["of_importer"]))
        return cls(
            found.filter(_said(found["of_supplier"])),
            found.filter(_said(found["of_importer"])),
            found.filter(pc.and_(_said(found["of_goods"]), pc.invert(own))),
            len(found) == MOST,
        )


def _values(line: dict[str, Any]) -> dict[str, Any]:
    day: date = line["entry_date"]
    return {
        "mid": line["manufacturer_id"],
        "maker": line["manufacturer_name"],
        "importer": line["importer_number"],
        "htsus": line["htsus"],
        "day": day,
        "year": day - timedelta(365),
        "first": day - timedelta(365 * YEARS),
    }


def _said(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column, False)
