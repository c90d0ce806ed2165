"""What is really so, one row a line. Only evaluation of a simulated world may read it; no model ever does."""

from typing import Final

import numpy as np
import pyarrow as pa

from originrisk.data.world.catalogue import countries
from originrisk.data.world.contracts import MECHANISMS
from originrisk.data.world.exposure import is_evasion
from originrisk.data.world.reactions import LOOK_ALIKES
from originrisk.data.world.trade import Trade

TRUTH: Final = pa.schema(
    [
        ("entry_number", pa.string()),
        ("line_number", pa.int32()),
        ("exact_result", pa.string()),
        ("y_any", pa.bool_()),
        ("xinjiang_fraction", pa.float64()),
        ("probability", pa.float64()),
        ("mechanism", pa.dictionary(pa.int8(), pa.string())),
        ("evasion", pa.bool_()),
        ("look_alike", pa.dictionary(pa.int8(), pa.string())),
        ("made_in", pa.dictionary(pa.int8(), pa.string())),
        ("maker_id", pa.int32()),
        ("supplier_id", pa.int32()),
        ("predecessor_id", pa.int32()),
        ("seller_id", pa.int32()),
        ("importer_id", pa.int32()),
    ]
)
"""`exact_result`: what an exact examination finds, in the words of the contract's outcomes. `probability`: of
y_any before the lot was drawn, every other fact known. Ids are those of the roster: `maker_id` made
the goods, `supplier_id` is declared, `predecessor_id` was declared before (null where there was none)."""


def truth(trade: Trade, entry_number: pa.Array) -> pa.Table:
    """Truth of every line, in the order of the lines."""
    lines = trade.lines
    mechanism = lines["mechanism"].to_numpy()
    before = trade.of_line("before").astype(np.int32)
    exposed = lines["exposed"].to_numpy()
    columns = [
        entry_number,
        pa.array(lines["line"].to_numpy(), pa.int32()),
        pa.array(np.where(exposed, "xinjiang", "not_xinjiang")),
        pa.array(exposed),
        pa.array(lines["fraction"].to_numpy()),
        pa.array(lines["chance"].to_numpy()),
        _named(mechanism, MECHANISMS),
        pa.array(is_evasion(mechanism)),
        _named(trade.of_line("look_alike"), LOOK_ALIKES),
        _named(trade.of_line("made"), countries()),
        *(pa.array(trade.of_line(name).astype(np.int32)) for name in ("maker", "party")),
        pa.array(before, mask=before < 0),
        *(pa.array(trade.of_line(name).astype(np.int32)) for name in ("seller", "importer")),
    ]
    return pa.table(columns, schema=TRUTH)


def _named(codes: "np.typing.NDArray[np.generic]", names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(names, pa.string()))
