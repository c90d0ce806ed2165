"""Qualitatively different worlds: what holds in one of them only is no property of the product."""

from typing import Any, Final

from pydantic import ValidationError

from originrisk.data.errors import Problem, UsageError
from originrisk.data.world.settings import WorldSettings

VARIANTS: Final[dict[str, WorldSettings]] = {
    "default": WorldSettings(),
    "stable_suppliers": WorldSettings(
        supplier_persistence=0.96,
        link_strength=0.1,
        lane_strength=0.1,
        price_strength=0.3,
        churn=0.03,
        re_emergence=0.2,
    ),
    "price": WorldSettings(
        supplier_persistence=0.2, link_strength=0.1, lane_strength=0.1, price_strength=4.0, knowing_share=0.8
    ),
    "links": WorldSettings(
        supplier_persistence=0.35,
        link_strength=0.95,
        lane_strength=0.1,
        price_strength=0.5,
        knowing_share=0.85,
        churn=0.2,
    ),
    "lanes": WorldSettings(
        supplier_persistence=0.35,
        link_strength=0.1,
        lane_strength=0.95,
        price_strength=0.5,
        knowing_share=0.8,
    ),
    "messy": WorldSettings(
        spelling_noise=0.5, missing_factor=1.8, slip_factor=4.0, label_noise=1.6, delay=1.8
    ),
    "clean_labels": WorldSettings(
        label_noise=0.0,
        delay=0.5,
        random_share=0.3,
        random_scope_weight=1.0,
        rule_sharpness=0.3,
        tip_share=0.0,
    ),
    "rare": WorldSettings(prevalence=0.3, scope_share=0.2, examined_share=0.01),
    "frequent": WorldSettings(prevalence=1.2, examined_share=0.04, isotopic_share=0.4),
}
"""By name. `default` is the world of the datasheet; the others turn its knobs far to one side."""


def settings_of(variant: str, **given: Any) -> WorldSettings:
    """A variant with some of its settings replaced. Raises UsageError naming what does not fit."""
    if variant not in VARIANTS:
        raise UsageError(Problem("--variant", " or ".join(VARIANTS), repr(variant)))
    try:
        return WorldSettings(**{**VARIANTS[variant].model_dump(), **given})
    except ValidationError as error:
        raise UsageError([Problem(".".join(map(str, item["loc"])) or "period", item["msg"], repr(item["input"])[:80])
                          for item in error.errors()]) from error  # fmt: skip
