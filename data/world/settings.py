"""The knobs of a simulated world, in one typed object. Everything else is in `parameters.toml`."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class WorldSettings(BaseModel):
    """What may differ between two worlds. The same settings always give the same bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: int = Field(100_000, ge=500, description="entry lines")
    seed: int = Field(0, ge=0, description="start of every random stream")
    start: date = Field(date(2019, 1, 1), description="first day of entry")
    end: date = Field(date(2023, 12, 31), description="last day of entry")

    prevalence: float = Field(
        0.65, gt=0, le=2, description="factor on the flows not kept apart from Xinjiang"
    )
    scope_share: float = Field(
        0.33, gt=0, lt=0.5, description="share of lines that are cotton, mixed or tomato"
    )
    knowing_share: float = Field(0.6, ge=0, le=1, description="share of exposed flows whose parties know")
    supplier_persistence: float = Field(
        0.92, gt=0, lt=1, description="1: a supplier is always or never exposed; 0: each lot is drawn afresh"
    )
    link_strength: float = Field(
        0.6,
        ge=0,
        le=1,
        description="chance that a knowing flow uses the few sellers and forwarders that serve such",
    )
    lane_strength: float = Field(
        0.5, ge=0, le=1, description="chance that a knowing flow of a third country is laden in China"
    )
    price_strength: float = Field(
        1.0, ge=0, le=5, description="factor on the price effects of Xinjiang inputs"
    )
    churn: float = Field(0.08, ge=0, le=1, description="share of honest flows that change supplier or origin")
    re_emergence: float = Field(
        0.6, ge=0, le=1, description="share of a listed party's flows that return as a shell"
    )
    spelling_noise: float = Field(
        0.15, ge=0, le=1, description="share of lines that leave the usual spelling"
    )
    missing_factor: float = Field(1.0, ge=0, le=2, description="factor on the rates of empty cells")
    slip_factor: float = Field(1.0, ge=0, le=10, description="factor on the rates of keying errors")

    examined_share: float = Field(0.03, gt=0, le=0.3, description="share of lines examined")
    random_share: float = Field(0.10, ge=0.05, le=1, description="share of examinations in the random arm")
    random_scope_weight: float = Field(
        2.0, ge=1, le=10, description="how much likelier the random arm takes a line of textile or tomato"
    )
    rule_sharpness: float = Field(
        1.0, ge=0, description="weight of the written targeting rule against chance"
    )
    tip_share: float = Field(
        0.2, ge=0, le=1, description="share of evading flows of which officers get a tip"
    )
    isotopic_share: float = Field(
        0.25, ge=0, le=1, description="share of textile examinations with an isotope test"
    )
    label_noise: float = Field(1.0, ge=0, le=2, description="factor on the error rates of every method")
    delay: float = Field(1.0, ge=0, le=3, description="factor on the days until a result is known")

    @model_validator(mode="after")
    def _period_in_order(self) -> Self:
        if not date(2018, 1, 1) <= self.start < self.end <= date(2026, 12, 31):
            raise ValueError("start and end lie in order between 2018-01-01 and 2026-12-31")
        return self
