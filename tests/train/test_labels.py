import numpy as np
import pyarrow as pa
import pytest
from scipy.special import logit

from originrisk.data.settings import ErrorPrior
from originrisk.train.calibrate import estimate, rate_rows, shown_rate
from originrisk.train.labels import (
    ErrorRates,
    Expected,
    cells,
    chance_by_propensity,
    draw_chances,
    propensity,
    support,
    weights,
)
from originrisk.train.origin_classifier import NoisyResults
from tests.train.factory import METHODS, planted

NOISE = {"isotopic": (0.02, 0.12), "document_review": (0.15, 0.2), "detention": (0.4, 0.08)}


def of(rates: ErrorRates, method: str) -> tuple[float, float]:
    cell = METHODS.index(method) * 3
    return float(rates.false_positive[cell]), float(rates.false_negative[cell])


def estimated(noise: dict[str, tuple[float, float]], lines: int = 12_000, base: float = -3.0) -> ErrorRates:
    world = planted(lines, noise=noise, base=base)
    return estimate(logit(world.probability), world.examples).rates


def ends(lines: int = 6000) -> np.ndarray:
    world = planted(lines, noise=NOISE, base=-3.0)
    return estimate(logit(world.probability), world.examples).intervals(seed=0)


@pytest.mark.parametrize("method", ["document_review", "detention"])
def test_planted_rates_are_recovered(method: str) -> None:
    false_positive, false_negative = of(estimated(NOISE), method)
    assert abs(false_positive - NOISE[method][0]) < 0.03
    assert abs(false_negative - NOISE[method][1]) < 0.08


@pytest.mark.parametrize("method", ["document_review", "detention"])
def test_clean_labels_are_found_to_be_clean(method: str) -> None:
    clean = dict.fromkeys(NOISE, (0.0, 0.0))
    false_positive, false_negative = of(
        estimated(clean, base=0.0), method
    )  # missed ones show where nearly all are positive
    assert false_positive < 0.06
    assert false_negative < 0.07


def test_a_method_without_lines_keeps_its_prior() -> None:
    rates = estimated({"isotopic": (0.02, 0.12)}, lines=2000)
    assert of(rates, "detention") == pytest.approx(of(Expected.of().error_rates, "detention"))


def test_a_prior_that_results_contradict_gives_way() -> None:
    sound = planted(1241, noise={"other": (0.0, 0.0)}, base=-4.8, random_share=1.1)  # nothing says how it was found
    score = 0.8 * logit(sound.probability) - 0.5
    found = estimate(score, sound.examples)
    assert of(Expected.of().error_rates, "other")[1] == 0.5
    assert of(found.rates, "other")[1] < 0.25
    assert found.chance(score).mean() < 1.25 * sound.truth.mean()  # 1.42 times with the prior of before


def test_results_that_are_declared_to_be_right_count_as_they_are() -> None:
    sure = ErrorPrior(false_positive=0, false_negative=0, doubt=(0, 0), source="audited twice")
    world = planted(2000, noise={"other": (0.0, 0.0), "isotopic": (0.0, 0.0)})
    priors = Expected.of({"other": sure})
    found = estimate(logit(world.probability), world.examples, priors)
    assert of(found.rates, "other") == pytest.approx((0, 0), abs=1e-8)
    rows = {str(row["method"]): row for row in rate_rows(found.rates, found.intervals(0), priors)}
    assert rows["other"]["false_negative_from"] == "declared"
    assert rows["isotopic"]["false_negative_from"] == "prior"


def test_a_rate_that_results_tell_is_marked_estimated() -> None:
    world = planted(6000, noise=NOISE, base=-3.0)
    found = estimate(logit(world.probability), world.examples)
    rows = {str(row["method"]): row for row in rate_rows(found.rates, found.intervals(0))}
    assert rows["detention"]["false_positive_from"] == "estimated"
    assert shown_rate(rows["detention"])[3].endswith("estimated")


def test_every_prior_names_its_source_and_settings_replace_it() -> None:
    own = ErrorPrior(false_positive=(0.1, 0.2, 0.3), false_negative=0.4, doubt=(1, 1), source="own audit")
    rates = Expected.of({"dna": own}).rates
    assert rates[:, 3:6].tolist() == [[0.1, 0.2, 0.3], [0.4] * 3]
    assert rates[:, :3].tolist() == Expected.of().rates[:, :3].tolist()


def test_regimes_begin_on_their_day() -> None:
    days = np.array(["2022-06-20", "2022-06-21", "2024-12-31", "2025-01-01"], "datetime64[D]")
    assert (cells(pa.chunked_array([["isotopic"] * 4]), days) % 3).tolist() == [0, 1, 1, 2]


def test_a_method_that_is_not_stated_is_other() -> None:
    days = np.array(["2020-01-01"] * 2, "datetime64[D]")
    assert (cells(pa.chunked_array([["other", None]]), days) // 3).tolist() == [4, 4]


def test_rows_name_the_method_and_count_its_lines() -> None:
    found = estimated(NOISE, lines=3000).rows()
    assert {row["method"] for row in found} == set(NOISE)
    assert sum(int(row["lines"]) for row in found) == 3000


def test_rates_come_back_from_their_rows() -> None:
    rates = Expected.of().error_rates
    rates.false_positive[4], rates.lines[4] = 0.4, 7
    again = ErrorRates.of_rows(rates.rows())
    assert again.false_positive.tolist() == rates.false_positive.tolist()
    assert again.lines[4] == 7


def test_intervals_lie_at_the_planted_rates_of_methods_with_many_lines() -> None:
    found = ends()
    for name in ("document_review", "detention"):
        low, high, *_ = found[METHODS.index(name) * 3]
        assert low - 0.03 <= NOISE[name][0] <= high + 0.03
        assert high - low < 0.1


def test_intervals_narrow_with_lines() -> None:
    cell = METHODS.index("detention") * 3
    widths = [np.diff(ends(lines)[cell])[[0, 2]] for lines in (1000, 6000)]
    assert (widths[0] > widths[1]).all()


def test_a_method_used_on_tips_does_not_seem_to_miss_less() -> None:
    same = {"isotopic": (0.02, 0.3), "dna": (0.02, 0.3)}
    world = planted(12_000, noise=same, base=-3.0, picked=2.0)
    usual = np.random.default_rng(0).random(12_000) < 0.9
    world.examples.cell[:] = np.where(world.examples.random == usual, 0, 3)  # most of the arm isotopic, of tips DNA
    found = estimate(logit(world.probability) - 2.0 * ~world.examples.random, world.examples).rates
    assert abs(of(found, "isotopic")[1] - of(found, "dna")[1]) < 0.06


def test_what_every_examination_misses_stays_as_open_as_it_was() -> None:
    world = planted(3000, noise={"isotopic": (0.02, 0.6)}, base=-3.0)
    *_, low, high = estimate(logit(world.probability), world.examples).intervals(seed=0)[0]
    assert low < 0.25
    assert high > 0.4


def test_the_level_stays_in_doubt_however_many_lines_there_are() -> None:
    world = planted(12_000, noise={"document_review": (0.02, 0.5)}, base=-3.0)
    doubt = estimate(logit(world.probability), world.examples).level_doubt(np.ones(12_000), seed=0)
    assert 0.1 < doubt < 0.5  # a third of the rate's doubt at least: nobody else looked at such lines


def test_a_row_for_people_gives_each_rate_with_its_interval() -> None:
    rates = Expected.of().error_rates
    rates.lines[0] = 1200
    method, _, lines, wrong, _ = shown_rate(rate_rows(rates, np.full((len(rates.lines), 4), 0.004))[0])
    assert (method, lines) == ("isotopic", "1,200")
    assert wrong.startswith("0.020 [0.00, 0.0")


def test_the_chance_of_examination_is_recovered_over_all_lines() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(40_000, 5))
    chance = np.where(features[:, 0] > 1, 0.3, 0.01)
    examined = rng.random(40_000) < chance
    kept = examined | (rng.random(40_000) < 0.25)
    found = propensity(features[kept], examined[kept], 0.25, seed=0)
    for high in (True, False):
        alike = np.abs(features[kept, 0] - (1.5 if high else 0.5)) < 0.4  # away from the step
        assert found[alike].mean() == pytest.approx(0.3 if high else 0.01, rel=0.35)


def test_where_all_lines_are_examined_the_chance_is_one() -> None:
    assert propensity(np.zeros((5, 2)), np.ones(5, bool), 1.0, seed=0).tolist() == [1.0] * 5


def test_weights_are_inverse_capped_and_of_mean_one() -> None:
    found = weights(np.array([0.5, 0.1, 0.0001]), floor=0.05)
    assert found.mean() == pytest.approx(1)
    assert (found / found[0]).tolist() == pytest.approx([1, 5, 10])


def test_draws_without_a_recorded_chance_weigh_as_the_others() -> None:
    def lot(*chances: float | None) -> list[float]:
        selection = pa.array(["random"] * len(chances))
        return draw_chances(
            pa.table({"selection": selection, "selection_probability": pa.array(chances, pa.float64())})
        ).tolist()

    assert lot(0.1, None, 0.3) == pytest.approx([0.1, 0.15, 0.3])
    assert len(set(lot(None, None))) == 1


def test_support_ends_where_hardly_any_selected_line_was_expected_to_be() -> None:
    selected = np.linspace(0.01, 1.0, 1000)
    told = support(np.array([1e-6, 0.06, 0.5, 1.0]), selected)
    assert told == pytest.approx([0.0, 0.5, 0.89, 0.94], abs=0.01)
    assert support(np.array([0.5]), np.empty(0)) == pytest.approx(1 / 3)


@pytest.mark.parametrize("slope", [0.0, 0.8])
def test_what_officers_leave_alone_is_as_likely_as_their_choices_say(slope: float) -> None:
    rng = np.random.default_rng(0)
    chance = np.exp(rng.uniform(-5, -0.5, 20_000))
    truth = 1 / (1 + np.exp(1.5 - slope * np.log(chance)))
    results = NoisyResults.of(rng.random(20_000) < 0.1 + 0.6 * truth, None, 0.1, 0.3)
    asked = np.array([1e-4, 0.05])
    expected_chance = 1 / (1 + np.exp(1.5 - slope * np.log(asked)))
    found = logit(chance_by_propensity(chance, results, asked))
    assert found == pytest.approx(logit(expected_chance), abs=1.0)
