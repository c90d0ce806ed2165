"""One evaluation of the small world, with two leaks planted: what it says, and what its report shows."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.settings import TrainSettings
from tests.train.home import CUTOFF, home
from tests.train.test_leaks import peeking
from train import examples as examined
from train.disjoint import RANDOM
from train.evaluation.evaluation import Evaluation
from train.evaluation.run import evaluate
from train.learned import classifier
from train.page import page, write


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluation]:
    settings = home(tmp_path_factory.mktemp("home")).model_copy(update={"train": TrainSettings(seeds=2)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examined, "see", telling(peeking(examined.see)))
        yield evaluate(settings, classifier(settings, 0), {"model": "<b>x</b>"}, CUTOFF, 0)


def telling(see: Callable[..., Any]) -> Callable[..., Any]:
    """Features in which `quantity` is the line's own result."""

    def planted_see(lines: Any, known: Any, listings: Any, wanted: Any, until: Any) -> Any:
        seen = see(lines, known, listings, wanted, until)
        result = np.zeros(lines.size)
        result[known.rows] = known.found
        seen.features["quantity"] = result[wanted]
        return seen

    return planted_see


def test_both_leaks_are_found(evaluation: Evaluation) -> None:
    assert {("quantity", "the result itself"), ("value", "the future")} <= {
        (leak.feature, leak.kind) for leak in evaluation.leaks
    }


def test_every_judged_line_is_judged_once_by_a_model_of_the_past(evaluation: Evaluation) -> None:
    judged = np.sum([window.judged_lines for window in evaluation.windows], axis=0)
    assert judged.max() == 1
    assert judged.sum() == len(evaluation.pooled.lines)
    day = evaluation.pooled.lines.seen.day
    assert (np.diff(day.astype(int)) >= 0).all()
    for window in evaluation.windows:
        assert not (window.fitted_lines & window.judged_lines).any()


def test_all_splits_curves_and_seeds_are_told(evaluation: Evaluation) -> None:
    told = evaluation.plain()
    assert len(told["splits"]) == 5
    assert told["splits"][0]["split"] == RANDOM
    assert len(told["learning_curve"]) == 4
    assert len(told["seeds"]) == 2
    counts = [point["examples"] for point in told["learning_curve"]]
    assert counts == sorted(counts)
    assert {row["by"] for row in told["false_flags"]} == {
        "importer's lines so far",
        "declared origin",
        "district of entry",
    }


def test_the_answer_is_plain_json(evaluation: Evaluation) -> None:
    assert json.loads(json.dumps(evaluation.plain(), allow_nan=False))["headline"] in {
        "random arm",
        "all examined",
    }


def test_the_first_page_says_which_features_leak(evaluation: Evaluation) -> None:
    first = page(evaluation).split("<h2>")[0]
    assert "Leak suspected" in first
    for words in ("quantity", "the result itself", "value", "the future"):
        assert words in first
    clean = page(replace(evaluation, leaks=[])).split("<h2>")[0]
    assert "No leak found" in clean
    assert "Leak suspected" not in clean


def test_the_page_needs_nothing_from_elsewhere_and_escapes_what_it_shows(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    write(evaluation, tmp_path / "report.html")
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
