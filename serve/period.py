"""A day or a period on the command line."""

from datetime import date, datetime

from originrisk.data.errors import Problem, UsageError


def period(
    command: str, day: datetime | None, start: datetime | None, end: datetime | None
) -> tuple[date, date]:
    """First and last day. Raises UsageError unless it is one day, or both ends of a period in order."""
    first, last = (start, end) if day is None else (day, day)
    if first is None or last is None or (day is not None and (start or end)):
        raise UsageError(Problem(command, "either --date or both --from and --to", "another choice of them"))
    if first > last:
        raise UsageError(Problem(command, "--from on or before --to", f"{first:%F} after {last:%F}"))
    return first.date(), last.date()
