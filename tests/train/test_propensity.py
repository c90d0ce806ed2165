import numpy as np
import pyarrow as pa
import pytest

from originrisk.train.propensity import lots, propensity, weights


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
        return lots(
            pa.table({"selection": selection, "selection_probability": pa.array(chances, pa.float64())})
        ).tolist()

    assert lot(0.1, None, 0.3) == pytest.approx([0.1, 0.15, 0.3])
    assert len(set(lot(None, None))) == 1
