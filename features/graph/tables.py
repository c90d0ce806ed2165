"""Tables under 64-bit keys, merged so that neither the order of rows nor how often they were merged matters."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from originrisk.features.keys import Keys
from originrisk.features.lines import Rows

Table = dict[str, npt.NDArray[Any]]
"""Columns of one length: `key`, in order and distinct once merged, and columns that merge as KINDS says."""

KINDS: Final[dict[str, tuple[Any, np.ufunc]]] = {
    "key": (np.uint64, np.maximum),
    "flow": (np.uint64, np.maximum),
    "supplier": (np.uint64, np.maximum),
    "first": (np.int32, np.minimum),
    "last": (np.int32, np.maximum),
    "count": (np.int32, np.add),
    "examined": (np.int32, np.add),
    "found": (np.int32, np.add),
}


MANY: Final = 1000
"""Keys that are worth putting in order before they are looked up."""


def table(key: Keys, **columns: Any) -> Table:
    """Rows of these keys, without those of key 0; a column may be one number for all."""
    kept = key != 0
    spread = {name: np.broadcast_to(values, key.shape)[kept] for name, values in columns.items()}
    return {name: np.asarray(values, KINDS[name][0]) for name, values in {"key": key[kept], **spread}.items()}


def merged(parts: Sequence[Table]) -> Table:
    """One row for each key of any part."""
    together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(together["key"], kind="stable")
    keys = together["key"][order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
    if not len(starts):
        return together
    return {name: KINDS[name][1].reduceat(values[order], starts) for name, values in together.items()}


def row_of(keys: Keys, wanted: Keys) -> Rows:
    """Row of each wanted key among keys in order (n,); -1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1, np.intp)
    place = _places(keys, wanted)
    return np.where(keys.take(place, mode="clip") == wanted, place, -1)


def _places(keys: Keys, wanted: Keys) -> Rows:
    """Where each wanted key would stand (n,); many are looked up in order, as neighbours are together in the cache."""
    if len(wanted) < MANY:
        return keys.searchsorted(wanted)
    order = wanted.argsort()
    place = np.empty(len(wanted), np.intp)
    place[order] = keys.searchsorted(wanted[order])
    return place
