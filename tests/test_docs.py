"""The documentation against the code and against the files it points to."""

import re
import subprocess
from pathlib import Path

import pytest

from docs.make import DOCS, PARTS, made
from docs.make import PAGES as MADE
from originrisk.data.errors import EXIT_CODES, OriginRiskError
from originrisk.data.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])


def test_exit_codes_page_is_the_table_in_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", (ROOT / "docs/exit-codes.md").read_text("utf-8"), re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == EXIT_CODES


def test_every_error_has_a_documented_exit_code() -> None:
    assert {error.exit_code for error in OriginRiskError.__subclasses__()} <= set(EXIT_CODES)


@pytest.mark.parametrize("page", [*MADE, *PARTS])
def test_what_is_generated_is_current(page: str) -> None:
    assert (DOCS / page).read_text("utf-8") == made(page), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_resolve(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: str(page.name))
def test_every_page_is_reached_from_the_readme(page: Path) -> None:
    assert f"(docs/{page.name})" in (ROOT / "README.md").read_text("utf-8")


def test_every_benchmark_is_explained() -> None:
    explained = re.findall(r"^\| `(.+?)` \|", (ROOT / "benchmarks/README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(path.name for path in (ROOT / "benchmarks").glob("*.py"))


def test_every_benchmark_is_run_by_make_bench() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    modules = [f"-m benchmarks.{path.stem}" for path in (ROOT / "benchmarks").glob("*.py")]
    assert not [module for module in modules if module not in makefile]


def test_every_setting_says_what_it_is() -> None:
    groups = [Settings, *(field.annotation for field in Settings.model_fields.values())]
    fields = [
        (group.__name__, name, field)
        for group in groups
        if hasattr(group, "model_fields")
        for name, field in group.model_fields.items()
        if not hasattr(field.annotation, "model_fields") and name != "home"
    ]
    assert fields
    assert not [(group, name) for group, name, field in fields if not field.description]


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    command = ["make", "--no-print-directory", "help"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert targets
    assert {line.split()[0] for line in listed.splitlines()} == set(targets[1].split())


def test_readme_and_contributing_stay_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) <= 60


def test_every_test_that_the_page_of_asvs_names_is_there() -> None:
    page = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"test_[a-z_]+(?=`|\))", page.replace(".py", "")))
    files = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert not {name for name in named - files if f"def {name}(" not in written}
    assert not {name for name in re.findall(r"([\w/]+/test_\w+\.py)", page) if not (ROOT / "tests" / name).is_file()}
    assert len(named) > 40
