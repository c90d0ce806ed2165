"""The shape of the repository: names that are ours, contracts that can fail, nothing that hides an idea."""

import ast
import importlib
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("data", "features", "models", "train", "serve")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
CATCH_ALL = {"utils", "util", "common", "helpers", "misc", "core", "base", "shared"}


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_imported_under_one_name(package: str) -> None:
    folder = Path(importlib.import_module(f"originrisk.{package}").__file__).parent
    assert folder.resolve() == ROOT / package


def test_the_distribution_claims_one_name_alone() -> None:
    claimed = {name for name, by in packages_distributions().items() if "originrisk" in by}
    assert {name for name in claimed if not name.startswith("_editable_impl_")} <= {"originrisk"}


@pytest.mark.parametrize("package", PACKAGES)
def test_package_init_holds_only_its_docstring(package: str) -> None:
    (statement,) = ast.parse((ROOT / package / "__init__.py").read_text("utf-8")).body
    assert isinstance(statement, ast.Expr)


def test_no_top_level_name_shadows_the_standard_library() -> None:
    assert not {path.stem for path in ROOT.iterdir()} & sys.stdlib_module_names


def test_no_module_is_a_catch_all() -> None:
    assert not [path for path in SOURCES if path.stem in CATCH_ALL]


def test_tests_have_no_init() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_test_folders_mirror_packages() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")} - {Path()}
    assert not [f for f in folders if not (ROOT / f).is_dir() and not (ROOT / f).with_suffix(".py").is_file()]


def test_every_module_says_what_it_is() -> None:
    assert not [path for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]


def test_nothing_unpickles() -> None:
    unsafe = {"pickle", "cloudpickle", "dill", "shelve", "marshal"}
    assert not [path for path in SOURCES if unsafe & _imported(path)]


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("data/planted.py", "import originrisk.features", "data ← features ← models"),
        ("train/planted.py", "import originrisk.serve", "data ← features ← models"),
        ("features/planted.py", "import os", "no input, output, clock or randomness"),
        ("features/planted.py", "import duckdb", "never reach the store"),
        ("serve/planted.py", "import mlflow", "mlflow only in"),
        ("models/planted.py", "import pyspark", "pyspark only in serve.cluster.spark"),
        ("models/planted.py", "import jinja2", "only in serve"),
        ("train/planted.py", "import originrisk.data.simulation", "how the simulated world is made"),
    ],
)
def test_a_breach_of_an_import_contract_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    copy = _copy(tmp_path)
    (copy / module).write_text(line + "\n")
    checked = _lint_imports(copy)
    broken = [row for row in checked.stdout.splitlines() if "BROKEN" in row]
    assert checked.returncode != 0
    assert any(contract in row for row in broken), checked.stdout


def _imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in plain | named}


def _copy(target: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    shutil.copytree(ROOT / "originrisk", target / "originrisk", symlinks=True)
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
