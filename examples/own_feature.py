"""Add a feature and see whether it pays: with and without it, on unseen suppliers, with the interval of the difference.

    marimo edit examples/own_feature.py

ORIGINRISK_EXAMPLE is the folder of `examples/first_model.py`, which fills the home that is read here.
"""

import marimo

app = marimo.App(app_title="Does a feature pay?")


@app.cell
def _():
    import os
    from datetime import timedelta
    from pathlib import Path

    import marimo as mo
    import numpy as np

    import originrisk
    from originrisk.train.evaluation.metrics import Ranking
    from originrisk.train.origin_classifier import OriginClassifier
    from originrisk.train.resampling import disjoint_folds, interval, resamples

    home = originrisk.Home(Path(os.environ.get("ORIGINRISK_EXAMPLE", "var/example")) / "home")
    cutoff = max(home.lines()["entry_date"]) - timedelta(days=60)
    examples = home.examples(cutoff)
    return OriginClassifier, Ranking, disjoint_folds, examples, home, interval, mo, np, resamples


@app.cell
def _(examples, home, np):
    # The idea to try: freight and insurance as a share of the value, dear for goods that come a long way round.
    lines = home.lines().set_index(["entry_number", "line_number"])
    share = (lines["charges_usd"] / lines["entered_value_usd"]).replace([np.inf, -np.inf], np.nan)
    with_it = examples.X.assign(charges_share=share.reindex(examples.X.index).to_numpy())
    return (with_it,)


@app.cell
def _(OriginClassifier, disjoint_folds, examples, np):
    def unseen(columns):
        """Log-odds of every example by trees that saw no line of its supplier."""
        numbers = columns.astype(float)
        places = [i for i, kind in enumerate(columns.dtypes) if kind.name == "category"]
        said = np.empty(len(numbers))
        for fitted, judged in disjoint_folds(examples.groups, 5, 0):
            trees = OriginClassifier(categorical=places, seeds=(0, 1))
            trees.fit(numbers[fitted], examples.y[fitted])
            said[judged] = trees.decision_function(numbers[judged])
        return said

    return (unseen,)


@app.cell
def _(Ranking, examples, interval, mo, resamples, unseen, with_it):
    before, after = (Ranking.of(unseen(columns), examples.y) for columns in (examples.X, with_it))

    def gain(weight):
        return after.average_precision(weight) - before.average_precision(weight)

    low, high = interval([gain(draw * examples.weights) for draw in resamples(examples.groups, 0)])
    paid = gain(examples.weights)
    verdict = "It pays." if low > 0 else "It costs." if high < 0 else "The examples cannot tell."
    mo.md(f"Average precision of results moves by {paid:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}. {verdict}")
    return high, low, paid, verdict


if __name__ == "__main__":
    app.run()
