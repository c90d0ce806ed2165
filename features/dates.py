"""Days of lines as dates, by which dated reference tables are asked."""

from originrisk.data.reference.table import Days
from originrisk.features.lines import Lines, shared


@shared
def entry_dates(lines: Lines) -> Days:
    """Entry date of each line (n,)."""
    return lines.days["entry_date"].astype("datetime64[D]")
