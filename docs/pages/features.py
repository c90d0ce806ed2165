"""`docs/features.md`, made from the catalogue, its example rows and the tallies."""

from pathlib import Path
from typing import Final

from originrisk.features.catalogue import CATALOGUE
from originrisk.features.catalogue.feature import CONCEPTS, Concept, Feature
from originrisk.features.history.tallies import EVER, TALLIES, AggregateSpec

EXAMPLES: Final = Path(__file__).parents[2] / "features" / "catalogue" / "examples"
TITLES: Final[dict[Concept, str]] = {
    "findings": "Findings: what examinations found at whom",
    "parties": "Parties: who they are",
    "links": "Links: whom they hang together with",
    "material": "Material: what the goods hold",
    "price": "Price against fair market value",
    "route": "Route",
    "goods": "Goods",
    "paperwork": "Paperwork: what is missing or contradicts itself",
}
TREND: Final = {-1: ["falling"], 0: [], 1: ["rising"]}


def document() -> str:
    """The catalogue and the tallies it stands on, as a Markdown page."""
    concepts = [_concept(concept) for concept in CONCEPTS]
    return "\n".join([_PREFACE.format(features=len(CATALOGUE)), *concepts, _TALLIES, *map(_tally, TALLIES), _CHANGES])


def _concept(concept: Concept) -> str:
    head = [f"## {TITLES[concept]}\n", "| feature | meaning | unit | missing | |", "|---|---|---|---|---|"]
    rows = [_feature(one) for one in CATALOGUE if one.concept == concept]
    examples = (EXAMPLES / f"{concept}.toml").read_text("utf-8").rstrip("\n")
    return "\n".join([*head, *rows, "\nExample rows:\n", "```toml", examples, "```", ""])


def _feature(feature: Feature) -> str:
    notes = [
        *["category"] * (feature.kind == "category"),
        *["dated"] * feature.dated,
        *TREND[feature.monotone],
        *[f"version {feature.version}"] * (feature.version > 1),
    ]
    meaning = feature.meaning.replace("|", "\\|")
    return f"| `{feature.name}` | {meaning} | {feature.unit} | {feature.missing} | {', '.join(notes)} |"


def _tally(tally: AggregateSpec) -> str:
    sums = [f"{measure} {_windows(windows)}" for measure, windows in tally.sums.items()]
    lines = [f"lines {_windows(tally.lines)}"] * bool(tally.lines)
    outcomes = [f"{', '.join(tally.outcomes)}"] * bool(tally.outcomes)
    return f"| `{tally.key}` | {'; '.join([*lines, *sums, *outcomes])} |"


def _windows(windows: tuple[int, ...]) -> str:
    return "(" + ", ".join("ever" if window == EVER else str(window) for window in windows) + ")"


_PREFACE = """# Features

{features} columns in eight concepts, in the order of the model. All are known before the day of the line: they read
the line itself, reference tables as they were public by then, and what history held when the day began. A missing value
is NaN, never a filler. A *find rate* is the share of known, conclusive examinations that found Xinjiang inputs, shrunk
to a wider group's rate (which counts for five examinations), the general one unless another is named; inconclusive
examinations and denials are no findings and are counted apart. `rising` and `falling` say which way the score may move
with the feature; `category` features are codes; `dated` ones read a legal date or a dated fact, so they alone change
when a world is shifted in time.

Each feature has *example rows*, which a test holds it to (`tests/features/catalogue`), and a version: a changed formula
is a new version, and a model reads the features of the versions that it was fitted with. A row gives lines, the last
one asked, and the value: `-40x2 by=B found@5` are two lines of maker B, forty days before, found five days later. `by`,
`to`, `via` and `forward` name maker, importer, seller and forwarder by a letter (A if none is given), `-` is an empty
cell. `make mutants` plants errors in all of them and counts the ones that the rows tell.
"""

_TALLIES = """## What history counts

A window of w days before day D holds the days D−w to D−1. A key that counts lines ever also keeps the day of its first
and its last line; one that counts examinations counts them ever, and keeps the day of the last find.

| key | counts, by windows in days |
|---|---|"""

_CHANGES = """
## What outlives a change

A saved history is bound to a digest of the definitions that count it, as code and not as text, and of the reference
tables that these read; kept features of examples to one of all that computes them (`originrisk.models.identity`).
What is refused is replayed from the tables. A test changes each kind:

| changed | saved histories | kept features |
|---|---|---|
| a comment | kept | kept |
| a docstring | kept | kept |
| an import that nothing of it uses | kept | kept |
| a page of the command line | kept | kept |
| a plot or a page beside the packages | kept | kept |
| the words of a feature | kept | refused |
| a feature of counts that are there | kept | refused |
| a formula of a feature | kept | refused |
| a table that only features read | kept | refused |
| a table that nothing of it reads | kept | kept |
| a measure | refused | refused |
| what a measure calls | refused | refused |
| a tally | refused | refused |
| the spelling of a key | refused | refused |
| another library's function of the same name | refused | refused |
| a learner | refused | refused |
| a table that a measure reads | refused | refused |
| a type of a cell of such a table | refused | refused |
"""
