"""The model as MLflow serves it, code and bundle among its artifacts. MLflow runs this file; nothing is unpickled.

A row is either one line's features by name, as `features.catalogue` computes them, NaN or null where missing; or one
line in the columns of the data contract. Lines need the home whose closed days they are seen from: parameter `home`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

from originrisk.data.contract import LINE_KEY
from originrisk.data.errors import BadInputError, ModelRefusedError, Problem
from originrisk.data.settings import load_settings
from originrisk.models.bundle import Bundle, load
from originrisk.train.feature_cache import features_of


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
            home = str((params or {}).get("home", ""))
            if not Path(home, "lake").is_dir():
                step = 'Give it as a parameter: {"home": "/folder/of/originrisk"}.'
                raise ModelRefusedError(
                    Problem("lines without a history", "the home they belong to", home or "none", step)
                )
            matrix = features_of(frame, load_settings(Path(home)))
        else:
            found = f"{len(missing)} features missing: {', '.join(missing[:5])}"
            raise BadInputError(Problem("rows", f"all {len(model.reads)} features, or the contract's columns", found))
        probability = model.probability(matrix)
        htsus = frame["htsus"].tolist() if "htsus" in frame else None
        lower, upper = model.calibrator.band(probability, htsus)
        columns = {"probability": probability, "lower": lower, "upper": upper}
        return pd.DataFrame({**columns, "model_version": self.bundle.version})


set_model(ServedModel())
