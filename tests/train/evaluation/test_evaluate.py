"""One evaluation of the small world by the command, three leaks planted: what it says, what its report shows."""

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import typer
from typer.testing import CliRunner

from originrisk.data.contract import LINE_KEY
from originrisk.data.simulation.world import World
from originrisk.features.catalogue.feature import CONCEPTS
from originrisk.features.history.keys import find
from originrisk.features.lines import Lines
from originrisk.train import dataset
from originrisk.train.commands import COMMANDS
from originrisk.train.evaluation.evaluate import Evaluation
from originrisk.train.evaluation.leaks import RANDOM
from originrisk.train.report.document import write
from originrisk.train.report.page import page
from tests.train.evaluation.test_leaks import peeking
from tests.train.home import CUTOFF, home, small_world

GOODS = 90
"""So many goods, each declared alike whenever it comes."""

app = typer.Typer()
app.command()(COMMANDS["evaluate"])


@app.callback()
def _home(ctx: typer.Context, folder: Path) -> None:
    ctx.obj = folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    of: Path = tmp_path_factory.mktemp("home")
    home(of, repeated(small_world()))
    (of / "settings.toml").write_text('history_start = "2020-01-01"\n[train]\nseeds = 2\n')
    return of


@pytest.fixture(scope="module")
def evaluation(folder: Path) -> Evaluation:
    """What `originrisk evaluate` finds where three leaks are planted; its report stays in the home."""
    written = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "see", by_heart(telling(peeking(dataset.see))))
        patch.setattr("originrisk.train.report.page.page", lambda found: (written.append(found), page(found))[1])
        words = (str(folder), "evaluate", "--cutoff", str(CUTOFF), "--out", str(folder / "report.html"))
        told = CliRunner().invoke(app, words, catch_exceptions=False)
        (folder / "told.txt").write_text(told.stdout)
    return written[0]


def repeated(world: World) -> World:
    """The same trade in goods that come again and again, with the same result whenever they are examined."""
    goods = np.arange(len(world.entries)) % GOODS
    entries = world.entries
    for name, value in {
        "gross_weight_kg": pa.array(goods.astype(float)),
        **{n: pa.array(["CN"] * len(goods)) for n in ("country_of_origin", "country_of_export")},
        "htsus": pa.array(["6109100012"] * len(goods)),
    }.items():
        entries = entries.set_column(entries.column_names.index(name), name, value)
    return replace(world, entries=entries, outcomes=alike(world.outcomes, entries, goods))


def alike(outcomes: pa.Table, entries: pa.Table, goods: np.ndarray) -> pa.Table:
    """Results by the number of the goods: a third of them are always found."""
    of_line = goods[find(Lines.of(entries), *(outcomes[name] for name in LINE_KEY))]
    result = np.where(bad(of_line), "xinjiang", "not_xinjiang")
    told = pa.array(result, pa.string(), mask=pc.is_null(outcomes["result"]).to_numpy(zero_copy_only=False))
    return outcomes.set_column(outcomes.column_names.index("result"), "result", told)


def bad(goods: np.ndarray) -> np.ndarray:
    return np.random.default_rng(5).permutation(GOODS)[goods] < GOODS // 3


def by_heart(see: Callable[..., Any]) -> Callable[..., Any]:
    """Features in which `description_words` is a number that every goods has for itself."""

    def planted_see(lines: Any, known: Any, listings: Any, wanted: Any, until: Any) -> Any:
        seen = see(lines, known, listings, wanted, until)
        goods = lines.numbers["gross_weight_kg"][wanted].astype(int)
        seen.features["description_words"] = np.random.default_rng(1).permutation(GOODS)[goods].astype(float)
        return seen

    return planted_see


def telling(see: Callable[..., Any]) -> Callable[..., Any]:
    """Features in which `quantity` is the line's own result."""

    def planted_see(lines: Any, known: Any, listings: Any, wanted: Any, until: Any) -> Any:
        seen = see(lines, known, listings, wanted, until)
        result = np.zeros(lines.size)
        result[known.rows] = known.found
        seen.features["quantity"] = result[wanted]
        return seen

    return planted_see


PLANTED = {"quantity": "the result itself", "description_words": "a key learned by heart", "unit_value": "the future"}


def test_the_three_leaks_are_found(evaluation: Evaluation) -> None:
    assert PLANTED.items() <= {(leak.feature, leak.kind) for leak in evaluation.leaks}


def test_the_command_says_which_features_leak(evaluation: Evaluation, folder: Path) -> None:
    told = (folder / "told.txt").read_text()
    assert len(evaluation.leaks) == told.count("LEAK SUSPECTED")
    for feature, kind in PLANTED.items():
        assert f"LEAK SUSPECTED: {feature} seems to know {kind}" in told


def test_the_random_arm_weighs_by_the_chance_of_its_draw(evaluation: Evaluation) -> None:
    arm = evaluation.pooled.random_arm()
    assert arm.results.weight * arm.lines.draw_chance == pytest.approx(arm.results.weight[0] * arm.lines.draw_chance[0])
    assert len(arm.lines) == evaluation.pooled.lines.random.sum() > 0


def test_every_judged_line_is_judged_once_by_a_model_of_the_past(evaluation: Evaluation) -> None:
    judged = np.sum([window.judged_lines for window in evaluation.windows], axis=0)
    assert judged.max() == 1
    assert judged.sum() == len(evaluation.pooled.lines)
    day = evaluation.pooled.lines.frame.day
    assert (np.diff(day.astype(int)) >= 0).all()
    for window in evaluation.windows:
        assert not (window.fitted_lines & window.judged_lines).any()


def test_all_splits_curves_and_seeds_are_told(evaluation: Evaluation) -> None:
    told = evaluation.plain()
    assert len(told["splits"]) == 5
    assert told["splits"][0]["split"] == RANDOM
    assert len(told["learning_curve"]) == 4
    assert len(told["seeds"]) == 2
    assert {row["concept"] for row in told["concepts"]} == set(CONCEPTS)
    assert sum(row["gain"] for row in told["importances"]) == pytest.approx(1)
    assert told["importances"][0]["feature"] in PLANTED  # what tells the result
    assert told["importances"][0]["lost"] > 0.1
    counts = [point["examples"] for point in told["learning_curve"]]
    assert counts == sorted(counts)
    assert {row["by"] for row in told["false_flags"]} == {
        "importer's lines so far",
        "declared origin",
        "district of entry",
    }


def test_the_answer_is_plain_json(evaluation: Evaluation) -> None:
    assert json.loads(json.dumps(evaluation.plain(), allow_nan=False))["headline"] in {"random arm", "all examined"}


def test_the_first_page_of_the_report_says_which_features_leak(evaluation: Evaluation, folder: Path) -> None:
    first = (folder / "report.html").read_text("utf-8").split("<h2>")[0]
    assert "Leak suspected" in first
    for feature, kind in PLANTED.items():
        assert f"<td>{feature.replace('_', ' ')}</td>" in first or f"<td>{feature}</td>" in first
        assert kind in first
    clean = page(replace(evaluation, leaks=[])).split("<h2>")[0]
    assert "No leak found" in clean
    assert "Leak suspected" not in clean


def test_the_page_needs_nothing_from_elsewhere_and_escapes_what_it_shows(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    described = {**evaluation.described, "model": "<b>x</b>"}
    write(page(replace(evaluation, described=described)), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<b>x</b>" not in text
    seen = Tags()
    seen.feed(text)
    assert not {"script", "link", "img", "iframe"} & seen.tags
    assert {"svg", "table"} <= seen.tags
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 — the parser's signature
        self.tags.add(tag)
