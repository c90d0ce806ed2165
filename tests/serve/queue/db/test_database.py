"""The queue's database: where it cannot be written, the system's own reason ends the command."""

from pathlib import Path

import pytest

from originrisk.serve.queue.db.database import _sqlite


def test_a_database_that_may_not_be_written_is_told_as_the_system_does() -> None:
    unwritable = Path("/proc/version")  # not even by an administrator
    if not unwritable.exists():
        pytest.skip("needs /proc")
    with pytest.raises(OSError, match="Errno"):
        _sqlite(unwritable)
