import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from originrisk.data.errors import ModelRefusedError
from originrisk.features.catalogue import NAMES
from originrisk.models.bundle import FeaturesMissingError, described, load, save
from originrisk.models.calibration import Calibrator
from originrisk.models.origin_model import OriginModel
from tests.models.factory import matrix, model, model_of

CALIBRATOR = Calibrator(-1.0, 0.8, 1.1, (0.0, 0.2), (0.0, 0.1), (0.3, 0.8))


def saved(folder: Path) -> Path:
    save(folder / "bundle", model(calibrator=CALIBRATOR), {"cutoff": "2021-06-30", "seed": 3}, matrix(25))
    return folder / "bundle"


def reseal(bundle: Path) -> None:
    """Write the manifest anew, as someone would who changes a file on purpose."""
    files = [path for path in bundle.iterdir() if path.name != "manifest.json"]
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (bundle / "manifest.json").write_text(json.dumps(digests))


def test_a_loaded_model_scores_bit_for_bit_as_the_saved_one(tmp_path: Path) -> None:
    lines = matrix(200, seed=5)
    loaded = load(saved(tmp_path)).model
    assert np.array_equal(loaded.probability(lines), model(calibrator=CALIBRATOR).probability(lines))


def test_settings_and_bands_come_back(tmp_path: Path) -> None:
    bundle = load(saved(tmp_path))
    assert bundle.settings == {"cutoff": "2021-06-30", "seed": 3}
    assert bundle.model.calibrator == CALIBRATOR


def test_the_same_model_has_the_same_version(tmp_path: Path) -> None:
    assert load(saved(tmp_path / "a")).version == load(saved(tmp_path / "b")).version


@pytest.mark.parametrize("name", ["model-0.txt", "calibrator.json", "golden.parquet", "settings.json"])
def test_a_changed_byte_is_refused(tmp_path: Path, name: str) -> None:
    bundle = saved(tmp_path)
    (bundle / name).write_bytes((bundle / name).read_bytes() + b" ")
    with pytest.raises(ModelRefusedError, match=name):
        load(bundle)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    bundle = saved(tmp_path)
    (bundle / "model-1.txt").unlink()
    with pytest.raises(ModelRefusedError, match=r"model-1\.txt"):
        load(bundle)


def test_an_added_file_is_refused(tmp_path: Path) -> None:
    bundle = saved(tmp_path)
    (bundle / "model-2.txt").write_text("more")
    with pytest.raises(ModelRefusedError, match=r"model-2\.txt"):
        load(bundle)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefusedError, match="originrisk train"):
        load(tmp_path)


@pytest.mark.parametrize("fact", [{"name": "shoe_size"}, {"version": 7}, {"unit": "furlongs"}])
def test_features_that_are_not_given_with_the_same_meaning_are_refused_by_name(
    tmp_path: Path, fact: dict[str, Any]
) -> None:
    bundle = saved(tmp_path)
    features = json.loads((bundle / "features.json").read_text())
    features[0] |= fact
    (bundle / "features.json").write_text(json.dumps(features))
    reseal(bundle)
    with pytest.raises(FeaturesMissingError, match=features[0]["name"]):
        load(bundle)


def test_a_model_of_an_older_catalogue_scores_beside_new_features(tmp_path: Path) -> None:
    """Features come first, in between and last, as a catalogue grows: what the model reads keeps its meaning."""
    old, lines = model(calibrator=CALIBRATOR), matrix(200, seed=5)
    reads = (*NAMES[:3], *NAMES[10:])
    boosters = model_of(reads, np.delete(lines, range(3, 10), axis=1))
    narrow = OriginModel(boosters, old.base_log_odds, CALIBRATOR, NAMES)
    save(tmp_path / "narrow", narrow, {}, lines[:25])
    loaded = load(tmp_path / "narrow")
    assert loaded.model.reads == reads
    disturbed = lines.copy()
    disturbed[:, 3:10] = np.nan
    assert np.array_equal(loaded.model.probability(lines), narrow.probability(disturbed))
    contributions = loaded.model.contributions(lines)
    assert contributions.shape == (200, len(NAMES) + 1)
    assert not contributions[:, 3:10].any()
    assert np.allclose(contributions.sum(axis=1), loaded.model.log_odds(lines))
    counts = loaded.profile.count(NAMES, lines, loaded.model.probability(lines))
    assert set(counts) == {*reads, "probability"}
    rows = json.loads((tmp_path / "narrow" / "features.json").read_text())
    assert [row["name"] for row in rows] == list(reads)
    assert all(row["version"] >= 1 for row in rows)


def test_a_golden_sample_that_comes_out_otherwise_is_refused(tmp_path: Path) -> None:
    bundle = saved(tmp_path)
    calibrator = json.loads((bundle / "calibrator.json").read_text())
    (bundle / "calibrator.json").write_text(json.dumps({**calibrator, "intercept": -1.001}))
    reseal(bundle)
    with pytest.raises(ModelRefusedError, match="golden"):
        load(bundle)


def test_nothing_is_written_over_an_existing_bundle(tmp_path: Path) -> None:
    bundle = saved(tmp_path)
    with pytest.raises(FileExistsError):
        save(bundle, model(), {}, matrix(5))


def test_a_bundle_that_cannot_be_loaded_can_still_be_described(tmp_path: Path) -> None:
    bundle = saved(tmp_path)
    (bundle / "features.json").write_text("[]")
    assert described(bundle)["cutoff"] == "2021-06-30"
