"""What an evaluation found: everything that the report shows."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from originrisk.train.evaluate import Row
from originrisk.train.evaluation.pooled import Pooled
from originrisk.train.evaluation.tables import Table
from originrisk.train.leaks import Leak
from originrisk.train.rolling import Window


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that the report shows. Tables are lists of plain rows."""

    described: dict[str, Any]
    left_out: dict[str, int]
    leaks: list[Leak]
    pooled: Pooled
    headline: str
    rows: dict[str, list[Row]]
    windows: list[Window]
    tables: dict[str, Table]

    def parts(self) -> dict[str, Pooled]:
        """The headline's lines first, then all that were judged."""
        random = {"random arm": self.pooled.random_arm()} if "random arm" in self.rows else {}
        return {**random, "all examined": self.pooled}

    def plain(self) -> dict[str, Any]:
        """All of it as plain JSON; a figure that the lines cannot tell is null."""
        methods = {
            part: [{"method": r.method, **r.metrics, "interval": r.interval} for r in rows]
            for part, rows in self.rows.items()
        }
        told = {
            "evaluated": self.described,
            "left_out": self.left_out,
            "leaks": [{f.name: getattr(leak, f.name) for f in fields(leak)} for leak in self.leaks],
            "headline": self.headline,
            "methods": methods,
            **self.tables,
        }
        return dict(_told(told))


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _told(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
