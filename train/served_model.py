"""The model as MLflow serves it, code and bundle among its artifacts. MLflow runs this file; nothing is unpickled.

A row is either one line's features by name, as `features.catalogue` computes them, NaN or null where missing; or one
line in the columns of the data contract. Lines need the home whose closed days they are seen from: parameter `home`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

from originrisk.data.arrays import Floats
from originrisk.data.contract import ENTRIES, LINE_KEY
from originrisk.data.errors import BadInputError, ModelRefusedError, Problem
from originrisk.data.settings import load_settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import compute
from originrisk.features.history.view import see
from originrisk.features.lines import Lines
from originrisk.models.bundle import Bundle, load
from originrisk.models.checkpoints import Checkpoints


class ServedModel(PythonModel):  # type: ignore[misc]
    """Reads the bundle that was registered, hashes and golden sample checked, and answers with it."""

    bundle: Bundle

    def load_context(self, context: Any) -> None:
        """Load the bundle. Raises ModelRefusedError where it is not as it was written."""
        self.bundle = load(Path(context.artifacts["bundle"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ARG002 — MLflow's names
        """Probability of the truth and its band of each row, and the version that said so.

        Raises BadInputError for rows that are neither features nor lines, ModelRefusedError without a usable history.
        """
        frame, model = model_input, self.bundle.model
        missing = [name for name in model.reads if name not in frame]
        if not missing:
            matrix = np.full((len(frame), len(model.features)), np.nan)
            matrix[:, model.columns] = frame[list(model.reads)].astype(np.float64)
        elif set(LINE_KEY) <= set(frame):
            matrix = features_of(frame, str((params or {}).get("home", "")))
        else:
            found = f"{len(missing)} features missing: {', '.join(missing[:5])}"
            raise BadInputError(
                Problem("rows", f"all {len(model.reads)} features, or the contract's columns", found)
            )
        probability = model.probability(matrix)
        lower, upper = model.calibrator.band(probability)
        columns = {"probability": probability, "lower": lower, "upper": upper}
        return pd.DataFrame({**columns, "model_version": self.bundle.version})


def features_of(frame: pd.DataFrame, home: str) -> Floats:
    """Features (lines, catalogue) of lines of the contract, seen from the latest closed day of a home before them."""
    if not (Path(home) / "history").is_dir():
        step = 'Give it as a parameter: {"home": "/folder/of/originrisk"}.'
        raise ModelRefusedError(
            Problem("lines without a history", "a home that has scored", home or "none", step)
        )
    cells = frame.reindex(columns=ENTRIES.names).astype(object)
    cells = cells.where(cells.notna(), None)
    try:
        table = pa.table({f.name: pa.array(cells[f.name]).cast(f.type) for f in ENTRIES.schema})
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise BadInputError(Problem("lines", "values as docs/contract.md says", str(error)[:120])) from error
    days = table["entry_date"].to_pylist()
    if None in days:
        raise BadInputError(Problem("lines", "a day of entry in each", "none in some"))
    settings = load_settings(Path(home))
    checkpoints = Checkpoints(Store(settings.home), settings.history_start)
    history = checkpoints.latest(min(days))
    if history.day is None:
        step = "Score a day before it: originrisk score --date D."
        raise ModelRefusedError(Problem("history", f"a closed day before {min(days)}", "none", step))
    lines = Lines.of(table)
    return compute(lines, see(history, lines, checkpoints.listings()))


set_model(ServedModel())
