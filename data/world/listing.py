"""The contract's `listed` of a world: makers and mills under an order, invented like all its parties."""

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from originrisk.data.contract import LISTED
from originrisk.data.days import EPOCH
from originrisk.data.world.clock import day_number, stream
from originrisk.data.world.parameters import order, parameters
from originrisk.data.world.parties import MILL
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.spelling import SPELLINGS, Spelling

NEVER: Final = np.iinfo(np.int32).max


def listed(settings: WorldSettings, parties: pd.DataFrame, spelling: Spelling) -> pa.Table:
    """One row a listing, by date. Mills upstream are on it too; they never stand on a declaration."""
    rows = [
        _row(spelling, int(party), int(day))
        for party, day in _dated(settings, parties)
        if day <= day_number(settings.end)
    ]
    return pa.Table.from_pylist(
        sorted(rows, key=lambda row: (row["effective_date"], row["name"])), LISTED.schema
    )


def _dated(settings: WorldSettings, parties: pd.DataFrame) -> list[tuple[int, int]]:
    makers = parties.index[parties["listed_from"] < NEVER]
    mills = parties.index[parties["kind"] == MILL]
    days = [day_number(day) for day in parameters()["orders"]["listings"]]
    drawn = stream(settings.seed, "mills listed").choice(days, len(mills))
    return [*zip(makers, parties["listed_from"][makers], strict=True), *zip(mills, drawn, strict=True)]


def _row(spelling: Spelling, party: int, day: int) -> dict[str, object]:
    at = party * SPELLINGS
    aliases = dict.fromkeys([spelling.name[at + 3].as_py(), spelling.name[at + 4].as_py()])
    return {
        "name": spelling.name[at].as_py(),
        "aliases": "|".join(aliases),
        "address": f"{spelling.address[at].as_py()}, {spelling.city[at].as_py()}",
        "programme": "WRO" if day < order("uflpa") else "UFLPA",
        "effective_date": EPOCH + timedelta(day),
        "removed_date": None,
        "scope": "goods with inputs from Xinjiang",
    }
