"""The arbiter: loss and share over all lines from chosen results, and chapters of which nothing can be known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from originrisk.data.arrays import Floats
from originrisk.data.settings import TrainSettings
from originrisk.train.arbiter import chapters_without_result, over_all_lines
from originrisk.train.dataset import Examples, Unexamined
from tests.train.factory import none_of, planted


def _trade(seed: int) -> tuple[Examples, Unexamined, tuple[Floats, Floats], Floats]:
    """Half of a trade of which likely lines were examined more often; log-odds of both kinds, twice too high in odds,
    and the truth of all."""
    world = planted(8000, seed=seed, noise={"isotopic": (0.02, 0.32)}, random_share=0.0)
    rng = np.random.default_rng(seed)
    chance = 0.05 + 0.6 * world.probability
    lot = rng.random(8000) < 0.03
    examined = lot | (rng.random(8000) < chance)
    given = replace(world.examples, propensity=chance, draw_chance=np.where(lot, 0.03, np.nan))
    rest = Unexamined(given.frame.take(~examined), chance[~examined], given.chapter[~examined])
    said = logit(world.probability) + np.log(2)
    truth = np.concatenate([world.truth[examined], world.truth[~examined]])
    return given.take(examined), rest, (said[examined], said[~examined]), truth


def test_the_interval_holds_loss_and_share_of_all_lines_where_chosen_ones_do_not_show_them() -> None:
    held = []
    for seed in range(8):
        examples, rest, said, truth = _trade(seed)
        told = over_all_lines(examples, rest, said, TrainSettings(), seed=0)
        every = np.concatenate(said)
        loss = float((np.logaddexp(0, every) - every * truth).mean())
        held += [told[f"{name}_interval"][0] <= true <= told[f"{name}_interval"][1]
                 for name, true in (("log_loss", loss), ("truth_share", truth.mean()))]  # fmt: skip
        assert told["expected"] == pytest.approx(expit(every).mean())
        assert examples.observed.mean() > 1.3 * truth.mean()
        assert told["truth_share"] == pytest.approx(truth.mean(), rel=0.4)
    assert sum(held) >= 14


def test_lines_of_a_sample_count_for_those_they_stand_for() -> None:
    examples, rest, said, _ = _trade(0)
    once, often = (
        over_all_lines(examples, replace(rest, stands_for=times), said, TrainSettings(), seed=0)
        for times in (1.0, 50.0)
    )
    assert often["expected"] == pytest.approx(expit(said[1]).mean(), rel=0.02)
    assert often["truth_share"] < once["truth_share"]


def test_a_chapter_without_a_result_leaves_more_open() -> None:
    examples, rest, said, _ = _trade(0)
    widths = []
    for chapter in (rest.chapter, np.full(len(rest), "94")):
        told = over_all_lines(examples, replace(rest, chapter=chapter), said, TrainSettings(), seed=0)
        widths.append(np.diff(told["truth_share_interval"])[0])
    assert widths[1] > 1.3 * widths[0]


def test_chapters_without_a_result_are_named_with_their_lines_and_expected_positives() -> None:
    examples, rest, _, _ = _trade(0)
    chapter = np.where(np.arange(len(rest)) % 4 == 0, "94", rest.chapter)
    unknown = replace(rest, chapter=chapter, stands_for=2.0)
    probability = np.concatenate([np.where(chapter == "94", 0.3, 0.1), np.full(len(examples), 0.1)])
    (row,) = chapters_without_result(examples, unknown, probability)
    lines = 2 * (chapter == "94").sum() / (2 * len(rest) + len(examples))
    assert row["chapter"] == "94"
    assert row["share"] == pytest.approx(lines)
    assert row["share_expected"] == pytest.approx(3 * lines / (3 * lines + 1 - lines))
    assert chapters_without_result(examples, none_of(examples), np.ones(len(examples))) == []
