"""How the goods are described: tomato, the number of words, and what outcomes taught of such words."""

import numpy as np

from originrisk.data.reference import orders
from originrisk.features.commodity.scope import families
from originrisk.features.descriptions import mentions_tomato, word_count
from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import Bools, Floats, Lines

TOMATO: Bools = np.array([family == "tomato" for family in (*orders.FAMILIES, "none")])
"""By code of a family; the last is that of no family."""


@feature("commodity", "yes/no", "The goods are a tomato product by tariff number or description.", dated=True)
def tomato(lines: Lines, known: Known) -> Bools:
    """Tomato product by tariff number or description."""
    named: Bools = TOMATO[families(lines)] | lines.texts["description"].says(mentions_tomato)
    return named


@feature("commodity", "words", "The description has {value:.0f} words.", missing="no description")
def description_words(lines: Lines, known: Known) -> Floats:
    """Words in the description; few are vague."""
    return lines.texts["description"].read(word_count, np.nan)


@feature(
    "commodity",
    "ln",
    "Goods described in such words were found {times:.2f} times as often as others.",
    missing="no description",
    monotone=1,
)
def description_word_score(lines: Lines, known: Known) -> Floats:
    """ln of the found share of the description's words over the general one, mean over words, by outcomes known."""
    return known.told("words.score")
