"""What a change of code or of a table means for saved histories and for features that were kept."""

import re
import shutil
from pathlib import Path

import pytest

from originrisk import data, features
from originrisk.models.identity import CATALOGUE, HISTORY, digest, identity

FOLDERS = {"data": Path(data.__path__[0]), "features": Path(features.__path__[0])}
PAGE = FOLDERS["features"].resolve().parent / "docs" / "pages" / "features.py"
KEPT, REFUSED = "kept", "refused"
MEASURES, PARTIES = "features/history/measures.py", "features/catalogue/parties.py"
FEATURE = "_days('importer_last', meaning='', column=since('importer.last'))"

CHANGES = [
    ("a comment", MEASURES, "CHEAP: Final = -1.5", "CHEAP: Final = -1.5  # far", KEPT, KEPT),
    ("a docstring", "features/history/state.py", '"""Rows of all counts."""', '"""All rows."""', KEPT, KEPT),
    ("an import that nothing of it uses", "features/lines.py", "import numpy", "import math\nimport numpy", KEPT, KEPT),
    ("a page of the command line", "data/commands.py", "FILE.csv or FILE.parquet", "a file", KEPT, KEPT),
    ("a plot or a page beside the packages", "features/plots.py", "", "SIZE = 3\n", KEPT, KEPT),
    ("the words of a feature", PARTIES, "Days since the first line of the importer.", "Age.", KEPT, REFUSED),
    ("a feature of counts that are there", PARTIES, "] = (\n", f"] = (\n    {FEATURE},\n", KEPT, REFUSED),
    ("a formula of a feature", "features/catalogue/price.py", "- np.log(material", "+ np.log(material", KEPT, REFUSED),
    ("a table that only features read", "data/reference/exposure.csv", "\n", "\n", KEPT, REFUSED),
    ("a table that nothing of it reads", "data/reference/documents.csv", "\n", "\n", KEPT, KEPT),
    ("a measure", "features/history/measures.py", "CHEAP: Final = -1.5", "CHEAP: Final = -1.6", REFUSED, REFUSED),
    ("what a measure calls", "features/declared.py", '("CN", "HK", "MO")', '("CN", "HK")', REFUSED, REFUSED),
    ("a tally", "features/history/tallies.py", '_group("filer", ())', '_group("filer", (YEAR,))', REFUSED, REFUSED),
    ("the spelling of a key", "features/names.py", ".upper()", ".lower()", REFUSED, REFUSED),
    ("another library's function of the same name", "features/declared.py", "functools", "joblib", REFUSED, REFUSED),
    ("a learner", "features/graph/graph.py", "return ", "return 0 * ", REFUSED, REFUSED),
    ("a table that a measure reads", "data/reference/schedule_k_ports.csv", "\n", "\n", REFUSED, REFUSED),
    ("a type of a cell of such a table", "data/reference/rows.py", "class ForeignPort", "class X", REFUSED, REFUSED),
]  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of both packages."""
    folder = tmp_path_factory.mktemp("packages")
    for name, of in FOLDERS.items():
        shutil.copytree(of, folder / name, ignore=shutil.ignore_patterns("__pycache__", "simulation"))
    return folder


def told(roots: tuple[str, ...], of: Path) -> str:
    """The digest of a copy."""
    return digest(roots, of / "data", of / "features")


@pytest.mark.parametrize("change", CHANGES, ids=[change[0] for change in CHANGES])
def test_only_what_counts_or_computes_otherwise_throws_work_away(copy: Path, change: tuple[str, ...]) -> None:
    what, file, old, new, history, cache = change
    path = copy / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text, what
    path.write_text(text.replace(old, new, 1) if old != new else f"{text}# another row\n", encoding="utf-8")
    digests = told(HISTORY, copy), told(CATALOGUE, copy)
    path.write_text(text, encoding="utf-8")
    assert digests[0] == identity(HISTORY) if history == KEPT else digests[0] != identity(HISTORY)
    assert digests[1] == identity(CATALOGUE) if cache == KEPT else digests[1] != identity(CATALOGUE)


def test_the_page_says_the_same() -> None:
    rows = re.findall(r"^\| (.+) \| (kept|refused) \| (kept|refused) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert rows == [(what, history, cache) for what, _, _, _, history, cache in CHANGES]
