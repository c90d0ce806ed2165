"""The notebooks of `examples/`, run in their order on a tiny trade."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
ORDER = ("first_model", "own_feature", "month_of_nights")

pytestmark = pytest.mark.filterwarnings("ignore")  # of marimo and MLflow; the commands run on their own


def run(name: str) -> dict[str, Any]:
    place = EXAMPLES / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"example_{name}", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, made = module.app.run()
    return dict(made)


def test_all_examples_are_run() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(ORDER)


def test_the_notebooks_run_one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGINRISK_EXAMPLE", str(tmp_path))
    monkeypatch.setenv("ORIGINRISK_EXAMPLE_LINES", "2500")
    monkeypatch.setenv("ORIGINRISK_EXAMPLE_NIGHTS", "2")
    monkeypatch.setenv("ORIGINRISK_TRAIN__SEEDS", "1")
    made = {name: run(name) for name in ORDER}
    scored = made["first_model"]["scored"]
    assert made["first_model"]["trained"].role == "champion"
    assert len(scored)
    assert ((scored["lower"] <= scored["probability"]) & (scored["probability"] <= scored["upper"])).all()
    assert made["own_feature"]["low"] <= made["own_feature"]["high"]
    assert made["own_feature"]["verdict"]
    assert "charges_share" in made["own_feature"]["with_it"]
    assert len(made["month_of_nights"]["ended"]) == 2
    assert made["month_of_nights"]["trained"]["role"] == "challenger"
