"""The door for Python: every example of its docstrings, in their order, on a home with a small trade."""

import doctest
from datetime import date

import pytest

import originrisk
from originrisk.data.errors import BadInputError, ModelRefusedError
from originrisk.serve.scoring.batch import score_period
from tests.train.home import home as small_trade

ORDER = ("", ".lines", ".features", ".examples", ".judge", ".train", ".compare", ".score", ".explain")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> originrisk.Home:
    folder = small_trade(tmp_path_factory.mktemp("home")).home
    (folder / "settings.toml").write_text("history_start = 2020-01-01\n[train]\nseeds = 1\n")
    return originrisk.Home(folder)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_examples_of_the_docstrings_hold(home: originrisk.Home) -> None:
    found = {t.name: t for t in doctest.DocTestFinder().find(originrisk.Home, "Home") if t.examples}
    assert {f"Home{name}" for name in ORDER} == set(found)
    given = {"home": home, "folder": home.settings.home, "date": date, "Home": originrisk.Home}
    for name in ORDER:
        if name == ".score":
            score_period(home.settings, date(2021, 3, 31), date(2021, 3, 31))
        test = found[f"Home{name}"]
        test.globs = dict(given)
        assert doctest.DocTestRunner().run(test).failed == 0, name


def test_lines_that_are_none_are_refused_by_column(home: originrisk.Home) -> None:
    if not (home.settings.home / "models").is_dir():
        pytest.skip("needs the model of the test before")
    lines = home.lines(date(2021, 4, 1), date(2021, 4, 2))
    with pytest.raises(BadInputError, match="column gross_weight_kg") as refused:
        home.score(lines.assign(gross_weight_kg="SECRET"))
    assert "SECRET" not in str(refused.value)
    with pytest.raises(ModelRefusedError, match="originrisk score"):
        home.score(home.lines(date(2020, 1, 1), date(2020, 1, 5)))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'House'"):
        originrisk.House  # noqa: B018
