"""Reproduction: a recorded run done again from the table versions it read, and compared bit for bit."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from originrisk import data, features, models, train
from originrisk.data.errors import GateRefusedError, ModelRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.train.pipeline import learn, settings_of

PACKAGES: Final = (data, features, models, train)
LIBRARIES: Final = ("duckdb", "lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run as it was recorded: its bundle's settings and version, its metrics, and the code that made it."""

    run_id: str
    version: str
    settings: dict[str, Any]
    metrics: dict[str, Any]
    made_by: dict[str, str]


def reproduce(settings: Settings, recorded: Recorded) -> str:
    """Do a run again; returns the version of the model, the same as then.

    Raises ModelRefusedError, before anything is done, where code or libraries are others than then, and
    GateRefusedError where the same code gives other metrics or another model. Keeps nothing.
    """
    if problems := _other_code(recorded):
        raise ModelRefusedError(problems)
    said = recorded.settings
    made = settings_of(settings, said)
    learned = learn(made, date.fromisoformat(said["cutoff"]), int(said["seed"]), said["tables"])
    with TemporaryDirectory() as folder:
        again = learned.write(Path(folder) / "bundle")
    then, now = _flat(recorded.metrics), _flat(learned.metrics())
    problems = [
        Problem(f"metric {name}", repr(then.get(name)), repr(now.get(name)))
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    ]
    if again != recorded.version:
        problems.append(Problem("model", recorded.version, again))
    if problems:
        raise GateRefusedError(problems)
    return again


@cache
def made_by() -> dict[str, str]:
    """SHA-256 of the code and tables of each package that decides a model, and the version of each library."""
    return {package.__name__.rsplit(".", 1)[-1]: _digest(Path(package.__path__[0])) for package in PACKAGES} | {
        name: version(name) for name in LIBRARIES
    }


def _digest(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in {".py", ".csv", ".toml"}):
        digest.update(f"{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def _other_code(recorded: Recorded) -> list[Problem]:
    now = made_by()
    step = "Check out the code and install the lock file of that run."
    return [
        Problem(f"run {recorded.run_id}, {name}", then[:12], now.get(name, "none")[:12], step)
        for name, then in recorded.made_by.items()
        if now.get(name) != then
    ]


def _flat(values: Any, path: str = "") -> dict[str, Any]:
    if isinstance(values, dict):
        pairs = values.items()
    elif isinstance(values, list):
        pairs = {str(number): item for number, item in enumerate(values)}.items()
    else:
        return {path: values}
    flat: dict[str, Any] = {}
    for name, value in pairs:
        flat |= _flat(value, f"{path}/{name}")
    return flat
