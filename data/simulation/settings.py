"""The knobs of a simulated world in one typed object, and worlds that turn them far to one side."""

from datetime import date
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from originrisk.data.errors import Problem, UsageError


class WorldSettings(BaseModel):
    """What may differ between two worlds. The same settings always give the same bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: int = Field(100_000, ge=500, description="entry lines")
    seed: int = Field(0, ge=0, description="start of every random stream")
    start: date = Field(date(2019, 1, 1), description="first day of entry")
    end: date = Field(date(2023, 12, 31), description="last day of entry")

    prevalence: float = Field(0.55, gt=0, le=2, description="factor on flows not kept apart from Xinjiang")
    scope_share: float = Field(0.33, gt=0, lt=0.5, description="share of lines that are cotton, mixed or tomato")
    knowing_share: float = Field(0.6, ge=0, le=1, description="share of exposed flows whose parties know")
    supplier_persistence: float = Field(
        0.92, gt=0, lt=1, description="1: a supplier is always or never exposed; 0: by lot"
    )
    link_strength: float = Field(
        0.6, ge=0, le=1, description="chance that knowing flows share few sellers and forwarders"
    )
    lane_strength: float = Field(
        0.5, ge=0, le=1, description="chance that a third country's knowing flow is laden in China"
    )
    price_strength: float = Field(1.0, ge=0, le=5, description="factor on the price effects of Xinjiang inputs")
    turnover: float = Field(0.0, ge=0, le=1, description="share of flows whose firms decide anew each half-year")
    churn: float = Field(0.25, ge=0, le=1, description="share of honest flows that change supplier or origin")
    re_emergence: float = Field(0.6, ge=0, le=1, description="share of a listed party's flows that return as a shell")
    spelling_noise: float = Field(0.15, ge=0, le=1, description="share of lines that leave the usual spelling")
    missing_factor: float = Field(1.0, ge=0, le=2, description="factor on the rates of empty cells")
    slip_factor: float = Field(1.0, ge=0, le=10, description="factor on the rates of keying errors")

    examined_share: float = Field(0.03, gt=0, le=0.3, description="share of lines examined")
    random_share: float = Field(0.10, ge=0.05, le=1, description="share of examinations in the random arm")
    random_arm: int | None = Field(None, ge=10, description="lines in the random arm, in place of `random_share`")
    examined_chapters: float = Field(
        1.0, gt=0, le=1, description="share of chapters, textiles first, that are ever examined"
    )
    random_scope_weight: float = Field(2.0, ge=1, le=10, description="factor of named sectors in the random arm")
    rule_sharpness: float = Field(1.0, ge=0, description="weight of the written rule against chance")
    tip_share: float = Field(0.2, ge=0, le=1, description="share of evading flows with a tip")
    isotopic_share: float = Field(0.25, ge=0, le=1, description="share of textile examinations with a test")
    label_noise: float = Field(1.0, ge=0, le=2, description="factor on the error rates of every method")
    delay: float = Field(1.0, ge=0, le=3, description="factor on the days until a result is known")

    @model_validator(mode="after")
    def _period_in_order(self) -> Self:
        if not date(2018, 1, 1) <= self.start < self.end <= date(2026, 12, 31):
            raise ValueError("start and end lie in order between 2018-01-01 and 2026-12-31")
        return self


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
        supplier_persistence=0.35, link_strength=0.1, lane_strength=0.95, price_strength=0.5, knowing_share=0.8
    ),
    "messy": WorldSettings(spelling_noise=0.5, missing_factor=1.8, slip_factor=4.0, label_noise=1.6, delay=1.8),
    "clean_labels": WorldSettings(
        label_noise=0.0, delay=0.5, random_share=0.3, random_scope_weight=1.0, rule_sharpness=0.3, tip_share=0.0
    ),
    "honest_newcomers": WorldSettings(churn=0.6, re_emergence=0.1, knowing_share=0.25, link_strength=0.2),
    "fading_findings": WorldSettings(turnover=1.0, supplier_persistence=0.35),
    "unexamined_chapters": WorldSettings(examined_chapters=0.33),
    "arm_of_50": WorldSettings(random_arm=50),
    "arm_of_200": WorldSettings(random_arm=200),
    "arm_of_1000": WorldSettings(random_arm=1000),
    "no_price_signal": WorldSettings(price_strength=0.0, lane_strength=0.8),
    "no_links": WorldSettings(link_strength=0.0, re_emergence=0.0, price_strength=2.0),
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
