"""Past lines most like one that were examined, and how they ended, as known before its day."""

from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.serve.queue.lines.ground import Ground

SHOWN: Final = 8
LIKE: Final = {
    "supplier": 4.0,
    "importer": 2.0,
    "same goods": 2.0,
    "like goods": 1.0,
    "seller": 2.0,
    "origin": 1.0,
}
"""What lines may have in common, and how much each makes them alike."""
_EXAMINED: Final = """
SELECT entry_number, line_number, entry_date, manufacturer_id, manufacturer_name, importer_number, seller_name,
       country_of_origin, htsus, description, outcome_date, result, method, selection
FROM {examined}
WHERE outcome_date < $day AND entry_date < $day AND substr(htsus, 1, 4) = substr($htsus, 1, 4)
   OR outcome_date < $day AND entry_date < $day AND (manufacturer_id = $mid OR importer_number = $importer)
"""


def similar(ground: Ground, line: dict[str, Any]) -> list[dict[str, Any]]:
    """The SHOWN lines most like a row of `entries`, the likest and then the latest first; `alike` says in what."""
    day: date = line["entry_date"]
    values = {
        "day": day,
        "htsus": line["htsus"],
        "mid": line["manufacturer_id"],
        "importer": line["importer_number"],
    }
    found = ground.sql(_EXAMINED, values)
    shared = {name: _equal(found, line, name) for name in LIKE}
    shared["like goods"] &= ~shared["same goods"]
    likeness = sum(LIKE[name] * same for name, same in shared.items())
    age = np.asarray(found["entry_date"].cast(pa.int32()), np.float64)
    order = np.lexsort((-age, -np.asarray(likeness, np.float64) * np.ones(len(found))))[:SHOWN]
    rows: list[dict[str, Any]] = found.take(pa.array(order)).to_pylist()
    for place, row in zip(order, rows, strict=True):
        row["alike"] = [name for name, same in shared.items() if same[place]]
    return rows


_COLUMNS: Final = {
    "supplier": "manufacturer_id",
    "importer": "importer_number",
    "same goods": "htsus",
    "seller": "seller_name",
    "origin": "country_of_origin",
}


def _equal(found: pa.Table, line: dict[str, Any], name: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    if name == "like goods":
        own, column = line["htsus"][:6], pc.utf8_slice_codeunits(found["htsus"], 0, 6)
    else:
        own, column = line[_COLUMNS[name]], found[_COLUMNS[name]]
    if name == "supplier" and own is None:
        own, column = line["manufacturer_name"], found["manufacturer_name"]
    same = pc.fill_null(pc.equal(column, pa.scalar(own, pa.string())), False)
    return np.array(same.to_numpy(), np.bool_)
