"""`docs/features.md`, made from the catalogue: `python -m originrisk.features.page > docs/features.md`."""

from originrisk.features.catalogue import CATALOGUE
from originrisk.features.feature import Family, Feature
from originrisk.features.history.tallies import EVER, OUTCOME_MEASURES, TALLIES, Tally

FAMILIES: dict[Family, str] = {
    "lane": "Lane",
    "price": "Price against fair market value",
    "supplier": "History of the supplier and the other parties",
    "commodity": "Commodity",
    "links": "Links",
}
TREND = {-1: ["falling"], 0: [], 1: ["rising"]}


def document() -> str:
    """The catalogue and the tallies it stands on, as a Markdown page."""
    families = [_family(family, title) for family, title in FAMILIES.items()]
    return "\n".join(
        [_PREFACE.format(features=len(CATALOGUE)), *families, _TALLIES, *map(_tally, TALLIES), ""]
    )


def _family(family: Family, title: str) -> str:
    of_family = [feature for feature in CATALOGUE if feature.family == family]
    head = [f"## {title}\n", "| feature | meaning | unit | missing | |", "|---|---|---|---|---|"]
    return "\n".join([*head, *map(_feature, of_family), ""])


def _feature(feature: Feature) -> str:
    notes = [
        *["category"] * (feature.kind == "category"),
        *["dated"] * feature.dated,
        *TREND[feature.monotone],
    ]
    meaning = feature.meaning.replace("|", "\\|")
    return f"| `{feature.name}` | {meaning} | {feature.unit} | {feature.missing} | {', '.join(notes)} |"


def _tally(tally: Tally) -> str:
    sums = [f"{measure} {_windows(windows)}" for measure, windows in tally.sums.items()]
    lines = [f"lines {_windows(tally.lines)}"] * bool(tally.lines)
    outcomes = [f"{' and '.join(OUTCOME_MEASURES)} {_windows(tally.outcomes)}"] * bool(tally.outcomes)
    partners = [f"a partner of {' and '.join(tally.partners)}"] * bool(tally.partners)
    return f"| `{tally.key}` | {'; '.join([*lines, *sums, *outcomes, *partners])} |"


def _windows(windows: tuple[int, ...]) -> str:
    return "(" + ", ".join("ever" if window == EVER else str(window) for window in windows) + ")"


_PREFACE = """<!-- made by `python -m originrisk.features.page`; a test compares -->
# Features

{features} columns, in the order of the model within each family. All are known before the day of the line: they read
the line itself, reference tables as they were public by then, and what history held when the day began. A missing
value is NaN, never a filler. `rising` and `falling` say which way the score may move with the feature; `category`
features are codes; `dated` ones read a legal date or a dated fact, so they alone change when a world is shifted in
time.
"""

_TALLIES = """## What history counts

A window of w days before day D holds the days D−w to D−1. A key that counts lines ever also keeps the day of its first
and its last line; one that counts outcomes keeps the day of the last find.

| key | counts, by windows in days |
|---|---|"""


if __name__ == "__main__":
    print(document(), end="")
