"""The model bundle: a folder of text, JSON and one golden sample, each file under a SHA-256. Nothing is unpickled."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from lightgbm import Booster

from originrisk.data.arrays import Floats
from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.data.store.integrity import digest_of
from originrisk.data.store.journal import sync
from originrisk.features.catalogue import CATALOGUE, NAMES
from originrisk.models.calibration import Calibrator
from originrisk.models.origin_model import OriginModel
from originrisk.models.profile import Days, Profile

TOLERANCE = 1e-9  # another processor may round the last bits of a sum otherwise


class FeaturesMissingError(ModelRefusedError):
    """The model is sound, but reads features that this version does not give, or gives with another meaning."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A model and what is written about it: cut-off, seed, table versions, training settings."""

    model: OriginModel
    settings: dict[str, Any]
    version: str
    profile: Profile


def save(
    folder: Path,
    model: OriginModel,
    settings: dict[str, Any],
    golden: Floats,
    sample: tuple[Floats, Days] | None = None,
) -> str:
    """Write a bundle into a new folder; returns its version, derived from the content (same model, same version).

    Of the catalogue, it names the features that the model reads. `golden`: matrix of sample lines whose probabilities
    every later `load` must reproduce. `sample`: matrix and days of lines that a night's are compared with, as they
    came at the end of the training; the golden ones, as of one day, by default.
    """
    folder.mkdir(parents=True)
    for number, booster in enumerate(model.boosters):
        (folder / f"model-{number}.txt").write_text(booster.model_to_string(), encoding="utf-8")
    _write(folder / "calibrator.json", model.calibrator.to_json())
    _write(folder / "settings.json", {**settings, "base_log_odds": model.base_log_odds})
    _write(folder / "features.json", [row for row in catalogue() if row["name"] in model.reads])
    lines, days = (golden, np.zeros(len(golden))) if sample is None else sample
    profile = Profile.of(model.reads, lines[:, model.columns], model.probability(lines), days)
    _write(folder / "profile.json", profile.to_json())
    columns = {name: golden[:, index] for name, index in zip(model.reads, model.columns, strict=True)}
    pq.write_table(pa.table({**columns, "probability": model.probability(golden)}), folder / "golden.parquet")
    _write(folder / "manifest.json", {path.name: digest_of(path) for path in sorted(folder.iterdir())})
    for written in (*folder.iterdir(), folder):
        sync(written)
    return _version(folder)


def load(folder: Path) -> Bundle:
    """Read a bundle; other features of the catalogue than those it reads may come, go and change.

    Raises ModelRefusedError when a file is missing or changed or the golden sample does not come out as it was
    written; FeaturesMissingError when it reads what the catalogue does not give with the same meaning.
    """
    check_files(folder)
    _check_features(folder)
    settings = _read(folder / "settings.json")
    paths = sorted(folder.glob("model-*.txt"), key=lambda path: int(path.stem.removeprefix("model-")))
    model = OriginModel(
        boosters=tuple(Booster(model_str=path.read_text(encoding="utf-8")) for path in paths),
        base_log_odds=settings.pop("base_log_odds"),
        calibrator=Calibrator.from_json(_read(folder / "calibrator.json")),
        features=NAMES,
    )
    _check_golden(folder, model)
    profile = Profile.from_json(_read(folder / "profile.json"))
    return Bundle(model, settings, _version(folder), profile)


def described(folder: Path) -> dict[str, Any]:
    """What is written about the model of a bundle, also of one that this version of the features cannot load."""
    settings: dict[str, Any] = _read(folder / "settings.json")
    return settings


def check_files(folder: Path) -> None:
    if not (folder / "manifest.json").is_file():
        raise _refused("manifest.json", "a model bundle", "no manifest", "Train a model: originrisk train.")
    manifest = _read(folder / "manifest.json")
    found = {path.name for path in folder.iterdir()} - {"manifest.json"}
    if found != set(manifest):
        raise _refused("manifest.json", "exactly the listed files", f"others: {sorted(found ^ set(manifest))}")
    changed = [name for name, digest in manifest.items() if digest_of(folder / name) != digest]
    if changed:
        raise _refused(", ".join(changed), "the content that was saved", "changed bytes")


def _check_features(folder: Path) -> None:
    own = {row["name"]: row for row in catalogue()}
    missing = [
        row["name"] + (f" (version {row.get('version', 1)})" if row["name"] in own else "")
        for row in _read(folder / "features.json")
        if any(own.get(row["name"], {}).get(fact) != row.get(fact, 1) for fact in ("version", "kind", "unit"))
    ]
    if missing:
        step = "Train a model with this version, or score with the version that made it."
        where, expected = ("model bundle, features.json", "features that the catalogue gives with the same meaning")
        raise FeaturesMissingError(Problem(where, expected, f"others: {', '.join(missing)}", step))


def _check_golden(folder: Path, model: OriginModel) -> None:
    table = pq.read_table(folder / "golden.parquet")
    matrix = np.full((len(table), len(model.features)), np.nan)
    matrix[:, model.columns] = np.column_stack([table[name].to_numpy() for name in model.reads])
    gap = float(np.max(np.abs(model.probability(matrix) - table["probability"].to_numpy()), initial=0))
    if not gap <= TOLERANCE:
        raise _refused("golden.parquet", "the stored probabilities", f"a difference of {gap:.3g}")


def catalogue() -> list[dict[str, Any]]:
    """What identifies each feature of the catalogue: another version, kind or unit is another meaning."""
    return [
        {"name": f.name, "version": f.version, "kind": f.kind, "unit": f.unit, "monotone": f.monotone}
        for f in CATALOGUE
    ]


def catalogue_identity() -> str:
    """A short digest of the catalogue: features, their versions and order."""
    return hashlib.sha256(json.dumps(catalogue(), sort_keys=True).encode()).hexdigest()[:12]


def _version(folder: Path) -> str:
    return digest_of(folder / "manifest.json")[:12]


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _refused(where: str, expected: str, found: str, next_step: str = "") -> ModelRefusedError:
    return ModelRefusedError(Problem(f"model bundle, {where}", expected, found, next_step))
