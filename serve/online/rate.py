"""The rate of each caller over all workers: one number for each in a small shared file.

The generic cell rate algorithm: the number is the time at which all that the caller asked for will be paid.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import time
from pathlib import Path
from typing import Final

SLOTS: Final = 4096
_CELL: Final = struct.Struct("d")


class Rate:
    """`per_second` units steadily, `burst` at once. Times are of the monotonic clock, which workers share."""

    def __init__(self, path: Path, per_second: float, burst: float) -> None:
        self._interval, self._burst = 1 / per_second, burst / per_second
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, SLOTS * _CELL.size)
        self._paid = mmap.mmap(self._file, SLOTS * _CELL.size)

    def wait(self, caller: str, units: float) -> float:
        """Seconds after which the caller may ask for so many units; 0 where it may now, and they are counted.

        Callers that fall into one slot of SLOTS share a rate.
        """
        cell = int.from_bytes(hashlib.sha256(caller.encode()).digest()[:4], "big") % SLOTS * _CELL.size
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            now = time.monotonic()
            latest = now + self._burst  # a clock that began anew may have left a later time
            paid = min(max(now, _CELL.unpack_from(self._paid, cell)[0]), latest) + units * self._interval
            if paid > latest:
                return float(paid - latest)
            _CELL.pack_into(self._paid, cell, paid)
            return 0.0
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back."""
        self._paid.close()
        os.close(self._file)
