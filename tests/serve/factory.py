"""A small home with entry lines, outcomes and a real champion, for the tests of `serve`."""

from datetime import date, timedelta
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa

from originrisk.data.contract import ENTRIES, OUTCOMES
from originrisk.data.identifiers.entry_number import check_digit
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import NAMES
from originrisk.models.bundle import save
from originrisk.models.calibration import Calibrator
from originrisk.models.origin_model import OriginModel
from originrisk.models.registry import bundle_path, promote

START = date(2021, 1, 1)
DAYS = 40
END = START + timedelta(DAYS - 1)
EMPTY_DAY = date(2021, 1, 20)


def entry(number: int, day: date, **changes: object) -> dict[str, object]:
    """One entry line; its parties and goods follow from `number`."""
    sequence = f"{number:07d}"
    row: dict[str, object] = dict.fromkeys(ENTRIES.names)
    return {
        **row,
        "entry_number": f"ZZ9{sequence}{check_digit('ZZ9', sequence)}",
        "line_number": 1,
        "entry_date": day,
        "received_on": day,
        "importer_number": f"00-{number % 7 + 1:07d}00",
        "manufacturer_name": f"Maker {number % 11}",
        "country_of_origin": ("CN", "VN", "BD")[number % 3],
        "htsus": ("6109100012", "6203424011", "2002908050")[number % 3],
        "quantity": 10.0 + number % 5,
        "unit_of_measure": "DOZ",
        "gross_weight_kg": 30.0,
        "entered_value_usd": 500.0 + 37 * (number % 13),
        **changes,
    }


def entries(lines: int = 400) -> pa.Table:
    """Lines spread over DAYS days, some received before or after they entered; one day has none."""
    days = [START + timedelta(number % DAYS) for number in range(lines)]
    delay = [timedelta((0, 0, 0, -4, 6)[number % 5]) for number in range(lines)]
    rows = [
        entry(number, day, received_on=day + late)
        for number, (day, late) in enumerate(zip(days, delay, strict=True))
        if day != EMPTY_DAY
    ]
    return pa.Table.from_pylist(rows, schema=ENTRIES.schema)


def outcomes(lines: pa.Table) -> pa.Table:
    """Every fifth line examined on its day; known ten days later; lines of origin CN found positive."""
    rows = [
        {
            "entry_number": line["entry_number"],
            "line_number": 1,
            "selected_date": line["entry_date"],
            "outcome_date": line["entry_date"] + timedelta(10),
            "selection": "random",
            "method": "isotopic",
            "result": "xinjiang" if line["country_of_origin"] == "CN" else "not_xinjiang",
        }
        for line in lines.to_pylist()[::5]
    ]
    return pa.Table.from_pylist(rows, schema=OUTCOMES.schema)


def champion(home: Path, seed: int = 0, calibrator: Calibrator | None = None) -> str:
    """Fit a small model, save it and put it in charge; returns its version.

    It learns a planted rule over random features: lines of parties and goods with findings before them score high.
    """
    random = np.random.default_rng(seed)
    matrix = random.uniform(size=(3000, len(NAMES)))
    rates = matrix[:, [name.endswith("found_rate") for name in NAMES]].mean(axis=1)
    data = lightgbm.Dataset(matrix, (rates > np.median(rates)).astype(float), feature_name=list(NAMES))
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1, "seed": seed}, data, 100)
    model = OriginModel((booster,), 0.0, calibrator or Calibrator(), NAMES)
    staged = home / "models" / f"staged-{seed}"
    version = save(staged, model, {"cutoff": "2021-01-31"}, matrix[:10])
    staged.rename(bundle_path(home, version))
    promote(home, version, why="test", who="test", tables={})
    return version


def home(folder: Path) -> Settings:
    """A home with the lines, their outcomes and a champion."""
    lines = entries()
    store = Store(folder)
    store.upsert("entries", lines.to_batches())
    store.upsert("outcomes", outcomes(lines).to_batches())
    champion(folder)
    return Settings(home=folder, history_start=START)
