"""One Spark session on two threads for all tests here, and the small home that they score."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from originrisk.data.settings import SparkSettings
from originrisk.data.store.tables import Store
from tests.serve import factory

ROOT = Path(__file__).parents[3]
OPTIONS = {
    "spark.driver.memory": "1g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}


@pytest.fixture(scope="session")
def engine() -> Iterator[object]:
    pytest.importorskip("pyspark", reason="needs the extra `spark`: make spark")
    os.environ["PYTHONPATH"] = str(ROOT)
    from originrisk.serve.cluster.spark import spark

    with spark(SparkSettings(options=OPTIONS), "local[2]") as session:
        yield session


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    factory.home(folder)
    assert Store(folder).pseudonym_key  # homes copied from it keep the same pseudonyms
    return folder
