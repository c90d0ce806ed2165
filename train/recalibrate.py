"""Recalibration: the champion's trees as they are, their level moved to what was found since its cut-off."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from originrisk.data.console import progress
from originrisk.data.settings import Settings
from originrisk.models import registry
from originrisk.models.bundle import load
from originrisk.train.learned import save
from originrisk.train.material import Material
from originrisk.train.noise import NoisyResults
from originrisk.train.odds import log_odds_of
from originrisk.train.promotion import enter, require_evidence, results_under
from originrisk.train.propensity import weights
from originrisk.train.run import keep

Floats = npt.NDArray[np.float64]

SPREAD: Final = 0.5
"""Prior standard deviation of the move, in log-odds: what is common moves by a factor of two at most, and few results
move it little."""
FARTHEST: Final = 3.0


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """A kept model that is another one's trees: `source` is the training, `log_odds` the whole move since it."""

    version: str
    folder: Path
    role: registry.Role
    source: str
    log_odds: float
    lines: int
    positives: int

    def plain(self) -> dict[str, Any]:
        """For `--json` and the record."""
        return asdict(self) | {"folder": str(self.folder)}


def recalibrate(settings: Settings, cutoff: date | None, seed: int = 0) -> Recalibrated:
    """Move the champion's level to the results known at the end of `cutoff` of lines entered since its own, and keep it
    as a challenger; it is judged like any other, on lines entered after `cutoff`.

    Raises GateRefusedError where too little was found since; ModelRefusedError where there is no sound champion.
    """
    champion = load(registry.champion_path(settings.home))
    before = champion.settings.get("recalibrated", {"from": champion.version, "log_odds": 0.0})
    since = date.fromisoformat(champion.settings["cutoff"])
    with progress("Looking up what was found since", 1) as advance:
        material = Material.read(settings, cutoff)
        last = cutoff or material.last_day()
        gathered = material.gather(last, seed)
        advance(1)
    later = gathered.examples.take(gathered.examples.seen.day > np.datetime64(since, "D"))
    require_evidence(later, settings, since, "Wait for results, or train anew.")
    found = results_under(later, weights(later.propensity, settings.train.propensity_floor), champion)
    move = level(log_odds_of(champion.model, later.features.to_numpy()), found)
    source, moved = before["from"], before["log_odds"] + move
    size = {"lines": len(later), "positives": int(later.observed.sum())}
    told = {"from": source, "log_odds": moved, **size}
    said = {**champion.settings, "cutoff": str(last), "tables": material.tables, "recalibrated": told}
    model = replace(champion.model, calibrator=champion.model.calibrator.shifted(move))
    version, folder = keep(settings.home, lambda staged: save(staged, model, said, gathered))
    role = enter(settings, version, material.tables)
    return Recalibrated(version, folder, role, source, moved, **size)


def level(log_odds: Floats, results: NoisyResults) -> float:
    """The most probable move of all these log-odds, from results that are sometimes wrong."""
    even = results.evened()

    def objective(move: float) -> float:
        return float(even.loss(log_odds + move).sum() + 0.5 * (move / SPREAD) ** 2)

    return float(minimize_scalar(objective, bounds=(-FARTHEST, FARTHEST), method="bounded").x)
