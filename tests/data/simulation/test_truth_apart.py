"""Nothing that learns or scores may read the truth of a simulated world, nor import the simulation."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("features", "models", "train", "serve")
FORBIDDEN_NAMES = {"y_any", "xinjiang_fraction", "maker_id", "truth.parquet", "originrisk.data.simulation.world"}


def _imports(tree: ast.AST) -> set[str]:
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    sources = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    joined = {f"{node.module}.{name.name}" for node in sources for name in node.names}
    return plain | joined | {str(node.module) for node in sources}


def _texts(tree: ast.AST) -> set[str]:
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str)}


def breaches(source: str) -> set[str]:
    """What a module does that would let it see the truth."""
    tree = ast.parse(source)
    imported = {name for name in _imports(tree) if name.startswith("originrisk.data.simulation")}
    return imported | (_texts(tree) & FORBIDDEN_NAMES)


@pytest.mark.parametrize("package", PACKAGES)
def test_package_never_reads_the_truth(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    assert {str(path): found for path in modules if (found := breaches(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "from originrisk.data.simulation.world import TRUTH",
        "from originrisk.data import simulation",
        "import originrisk.data.simulation.world as w",
        "def f(table):\n    return table['y_any']",
        "def f(home):\n    return home / 'world' / 'truth.parquet'",
    ],
)
def test_a_planted_breach_is_found(planted: str) -> None:
    assert breaches(planted)
