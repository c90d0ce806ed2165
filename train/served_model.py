"""The model as MLflow serves it: features in, probabilities out. MLflow runs this file as code; nothing is unpickled.

A row is one line's features by name, as `features.catalogue` computes them, NaN or null where missing. To score
lines of an entry, history included, is the work of `originrisk score`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

from originrisk.models.bundle import Bundle, load


class ServedModel(PythonModel):  # type: ignore[misc]
    """Reads the bundle that was registered, hashes and golden sample checked, and answers with it."""

    bundle: Bundle

    def load_context(self, context: Any) -> None:
        """Load the bundle. Raises ModelRefusedError where it is not as it was written."""
        self.bundle = load(Path(context.artifacts["bundle"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ARG002 — MLflow's names
        """Probability and its band of each row, and the version that said so."""
        model = self.bundle.model
        probability = model.probability(np.asarray(model_input[list(model.features)], dtype=np.float64))
        lower, upper = model.calibrator.band(probability)
        columns = {"probability": probability, "lower": lower, "upper": upper}
        return pd.DataFrame({**columns, "model_version": self.bundle.version})


set_model(ServedModel())
