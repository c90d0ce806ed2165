"""The trade that all policies of a backtest live in, and what was known of it before the first month."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from originrisk.data.settings import Settings
from originrisk.features.lines import Lines
from originrisk.train.backtest.findings import Findings
from originrisk.train.backtest.plan import Plan
from originrisk.train.examples import Examples, gather
from originrisk.train.material import Material


@dataclass(frozen=True)
class Trade:
    """Everything that the policies share; `before` are the examples of before the first month."""

    settings: Settings
    plan: Plan
    material: Material
    lines: Lines
    findings: Findings
    before: Examples

    @classmethod
    def prepare(cls, settings: Settings, plan: Plan, material: Material, findings: Findings) -> Self:
        """Gather what was known before the first month. Raises GateRefusedError where that is too little."""
        day = np.datetime64(plan.month(0)[0] - 1, "D").item()
        past = material.entries.filter(pa.array(entry_days(material.entries) <= np.datetime64(day)))
        earlier = gather(past, material.outcomes, material.listings, day, plan.seed)
        return cls(settings, plan, material, Lines.of(material.entries), findings, earlier.examples)


def entry_days(entries: pa.Table) -> npt.NDArray[np.datetime64]:
    """Day of entry of each line (lines,)."""
    return np.asarray(entries["entry_date"].to_numpy()).astype("datetime64[D]")
