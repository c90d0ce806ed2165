import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from tests.train.factory import planted
from train.error_rates import expected
from train.fit import results_of
from train.hindsight import DOUBT, KEYS, Seen, evidence, soft_labels
from train.noise import NoisyResults
from train.origin_classifier import OriginClassifier


def keyed(*suppliers: int) -> pd.DataFrame:
    """Keys of which only the supplier's is known."""
    return pd.DataFrame({name: np.zeros(len(suppliers), np.uint64) for name in KEYS}).assign(
        supplier=np.array(suppliers, np.uint64)
    )


def test_evidence_is_the_shrunk_share_found_under_the_key() -> None:
    found = evidence(keyed(7, 7, 8), np.array([1.0, 0.0, 0.0]), keyed(7, 8, 9), own=False)
    usual = 1 / 3
    expected_shares = [(1 + DOUBT * usual) / (2 + DOUBT), DOUBT * usual / (1 + DOUBT), usual]
    assert np.allclose(found["supplier found share"], expected_shares)
    assert found["supplier results"].tolist() == [2, 1, 0]


def test_the_own_result_is_left_out() -> None:
    keys, observed = keyed(7, 7, 8), np.array([1.0, 0.0, 0.0])
    found = evidence(keys, observed, keys, own=True)
    assert found["supplier results"].tolist() == [1, 1, 0]
    assert found["supplier found share"].is_monotonic_increasing is False
    assert np.allclose(found["supplier found share"][0], DOUBT / 3 / (1 + DOUBT))


def test_lines_without_a_key_have_no_evidence_under_it() -> None:
    found = evidence(keyed(0, 0), np.array([1.0, 0.0]), keyed(0), own=False)
    assert found["supplier results"].tolist() == [0]


def test_results_reach_the_lines_around_them() -> None:
    rng = np.random.default_rng(0)
    supplier = rng.integers(1, 150, 3000)
    truth = (rng.random(151) < 0.2)[supplier].astype(float)
    idle = pd.DataFrame(rng.normal(size=(3000, 3)), columns=["a", "b", "c"])
    day = np.full(3000, np.datetime64("2021-01-01"))
    lines, examined = Seen(idle, keyed(*supplier), day), np.arange(3000) < 1500
    prototype = OriginClassifier(trees=60, feature_share=1.0)
    labels = soft_labels(
        lines.take(examined), NoisyResults.of(truth[examined]), lines.take(~examined), prototype
    )
    assert roc_auc_score(truth[~examined], labels) > 0.95


def test_soft_labels_are_probabilities_of_the_truth() -> None:
    world, other = planted(6000, noise={"detention": (0.4, 0.1)}), planted(seed=1)
    rates = expected()
    rates.false_positive[:], rates.false_negative[:] = 0.4, 0.1
    results = results_of(world.examples, np.ones(6000), rates)
    prototype = OriginClassifier(trees=100, feature_share=1.0)
    labels = soft_labels(world.examples.seen, results, other.examples.seen, prototype)
    assert abs(labels.mean() - other.truth.mean()) < 0.06
