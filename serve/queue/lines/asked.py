"""What somebody asks of the queue: an address's query, which a saved view keeps and an export repeats."""

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _empty_is_none(value: Any) -> Any:
    return value or None


class Asked(BaseModel):
    """Filters, grouping and page. Empty means all; of the day, the one that the live queue shows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Annotated[date | None, BeforeValidator(_empty_is_none)] = None
    scope: Literal["queue", "all"] = Field("queue", description="lines inside capacity, or all of the day")
    port: str = ""
    heading: str = Field("", description="first four digits of HTSUS")
    origin: str = ""
    programme: str = ""
    supplier: Literal["", "new", "known"] = ""
    chosen: Literal["", "order", "lot"] = ""
    state: str = Field("", description="`open`, `decided`, or a decision")
    officer: Literal["", "me", "nobody"] = ""
    group: Literal["", "supplier", "importer", "ring", "port"] = ""
    page: int = Field(1, ge=1)

    def query(self, **changes: Any) -> str:
        """The query of the address that asks this, with changes; what is left at its default is left out."""
        told = self.model_copy(update=changes)
        return urlencode(told.model_dump(mode="json", exclude_defaults=True, exclude_none=True))
