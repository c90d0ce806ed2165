"""What goes into an image: what runs and nothing else, by digest and by hash."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def pins(lock: str) -> set[tuple[str, str]]:
    """Name and version of each package of a lock file; more than one version where Pythons need different ones."""
    text = (ROOT / lock).read_text("utf-8")
    return {(re.sub(r"[-_.]+", "-", name), version) for name, version in PIN.findall(text)}


def names(requirements: list[str]) -> set[str]:
    """Packages that requirements name."""
    return {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", one)[0]).lower() for one in requirements}


def test_the_image_holds_no_development_tool_and_what_runs_is_what_was_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    production, tested = pins("requirements-production.lock"), pins("requirements.lock")
    packages = {name for name, _ in production}
    assert names(project["project"]["dependencies"]) <= packages
    assert not names(project["dependency-groups"]["dev"]) & packages
    assert production <= tested


def test_every_package_of_the_image_has_its_hashes() -> None:
    text = (ROOT / "requirements-production.lock").read_text("utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", text)
    assert len(packages) == len(pins("requirements-production.lock"))
    assert all("--hash=sha256:" in one for one in packages)


def test_nothing_but_what_runs_reaches_an_image() -> None:
    """A home, the repository's past, caches and tests stay outside: all does that is not named."""
    first, *rest = (ROOT / ".containerignore").read_text("utf-8").split()
    assert first == "*"
    taken = {one.removeprefix("!") for one in rest if one.startswith("!")}
    assert not taken & {"var", ".git", ".venv", "tests", "benchmarks", ".ci"}
    assert {"originrisk", "data", "features", "models", "train", "serve"} <= taken


def test_the_base_of_the_image_is_given_by_digest() -> None:
    text = (ROOT / "docs" / "deploy" / "Containerfile").read_text("utf-8")
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${PYTHON}"}
    assert "ARG PYTHON\n" in text
    assert "USER originrisk" in text
