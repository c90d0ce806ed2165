"""A home that is made once, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from originrisk.data.settings import Settings
from tests.serve.online import served


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return served.home(tmp_path_factory.mktemp("template")).home


@pytest.fixture
def settings(template: Path, tmp_path: Path) -> Settings:
    return served.settings(shutil.copytree(template, tmp_path / "home"))
