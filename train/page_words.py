"""What the report of an evaluation says around its figures."""

from typing import Final

LIMITS: Final = (
    "A score is a lead, never proof. Lines that were never examined are unknown, not negative. "
    "Results are wrong now and then; probabilities are compared with what an examination would find. "
    "How much examinations miss is in part assumed, and the level of the probabilities with it. "
    "Brackets are 95 % intervals over resampled suppliers, wider where few are positive. "
    "Average precision: share of looks that find something, averaged on the way down the ranking."
)
LEAKS_SOUGHT: Final = (
    "Looked for: one feature that tells the result; features that learn goods by heart; features of "
    "old lines that change when later facts are cut away."
)
WHY: Final = {
    "random arm": (
        "Lines drawn by lot whatever their score, weighted by the inverse of the chance of the draw: the only "
        "unbiased yardstick. It is small; read the intervals. Where it is worth far fewer lines than it has, few "
        "lines carry the weight: look at the chances written down for them."
    ),
    "all examined": (
        "Every examined line, weighted by the inverse of its chance to be examined. Mostly suspicious lines."
    ),
    "time": (
        "Each window is judged by a model of what was known before it, behind a gap. The bars are the "
        "whole of the judged period."
    ),
    "splits": (
        "Every line is judged by bare trees that saw no line of its group, all periods together. A "
        "ranking that falls from the split at random to the others lives on parties or goods it has met. "
        "Largest share: of lines in the largest group."
    ),
    "slices": "The same lines, by kind. Figures on few positives say little.",
    "large": (
        "Share of positive results as expected from the probabilities, and as found, by declared origin "
        "and by goods."
    ),
    "capacity": (
        "Lines that a month's capacity would have reached among all lines, ranked in one queue or by "
        "district. Precision is of examined lines; recall is weighted. Single days hold too few examined "
        "lines to be judged."
    ),
    "flags": (
        "Of the lines that examination found clean: the share that one queue's capacity reached, by who "
        "declared them. Groups whose intervals lie apart are troubled unequally."
    ),
    "effects": (
        "Contribution to the score (log-odds) by the feature's value, for lines of the last window; dots "
        "above the line raise it."
    ),
    "curve": "The last window, judged by bare trees that learned from a part of the suppliers.",
    "stability": (
        "The seeds of the last model one by one; and the oldest window's model on every later window "
        "beside the window's own: where the oldest falls behind, the relation drifts."
    ),
}
