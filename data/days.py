"""Days: the one from which all are numbered, and the length of one."""

from datetime import date, timedelta
from typing import Final

EPOCH: Final = date(1970, 1, 1)
ONE_DAY: Final = timedelta(days=1)
