"""What merchants write: goods, fibre, packs; some of it vague, shortened, or with numbers out of place."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from originrisk.data.arrays import Ints
from originrisk.data.simulation.tables import COTTON, MIXED, goods

STYLES: Final = 8
FORMATS: Final = 7
_COTTON: Final = (
    "100% COTTON",
    "100% COTTON",
    "100% US COTTON",
    "COTTON",
    "95% COTTON 5% SPANDEX",
    "95% COTTON 5% ELASTANE",
    "80% COTTON 20% POLYESTER",
    "60% COTTON 40% POLYESTER",
)
_BLEND: Final = (
    "50% POLYESTER 50% COTTON",
    "60% POLYESTER 40% COTTON",
    "65% POLY 35% COTTON",
    "POLY/COTTON",
    "70% VISCOSE 30% COTTON",
    "MMF BLEND",
    "60% RAYON 40% COTTON",
    "55% RAMIE 45% COTTON",
)
_OTHER: Final = (
    "100% POLYESTER",
    "POLYESTER",
    "92% NYLON 8% SPANDEX",
    "MAN-MADE FIBER",
    "65% POLYESTER 35% VISCOSE",
    "100% RAYON",
    "100% ACRYLIC",
    "55% RAMIE 45% VISCOSE",
)
_TABLES: Final = (_COTTON, _BLEND, _OTHER, ("",) * STYLES)
NO_FIBRE: Final = 3


def contents(contracts: pd.DataFrame, contract: Ints, declared: Ints) -> Ints:
    """Which fibre the text names: what the declared goods are, whatever the truth."""
    family = goods()["family"].to_numpy()[declared]
    mixed_truth = contracts["holds"].to_numpy()[contract] & (contracts["family"].to_numpy()[contract] == MIXED)
    return np.select([family == COTTON, (family == MIXED) & mixed_truth, family == MIXED], [0, 1, 2], NO_FIBRE)


def describe(declared: Ints, content: Ints, style: Ints, form: Ints) -> pa.Array:
    """Text of each line; every distinct text is written once."""
    code = ((declared * len(_TABLES) + content) * STYLES + style) * FORMATS + form
    distinct, place = np.unique(code, return_inverse=True)
    return pa.array([_text(int(number)) for number in distinct], pa.string()).take(pa.array(place))


def _text(code: int) -> str:
    rest, form = divmod(code, FORMATS)
    rest, style = divmod(rest, STYLES)
    row, content = divmod(rest, len(_TABLES))
    names = str(goods()["words"].iat[row]).split("|")
    name, fibre = names[style % len(names)], _TABLES[content][style]
    pack = (2, 3, 4, 5, 6, 7, 10, 12)[style]
    forms = (
        f"{name} {fibre}",
        f"{fibre} {name}",
        name,
        f"{name}, {fibre}, {pack}PK",
        f"{12 * pack} CTNS {name} {fibre} HTS {goods()['htsus'].iat[row]}",
        f"{name.replace('E', '', 1)} {fibre.replace('COTTON', 'CTN').replace('POLYESTER', 'POLY')}",
        f"{name} {fibre} STYLE {1000 + 37 * style + row}".lower(),
    )
    return " ".join(forms[form].replace(" ,", ",").strip(" ,").split())
