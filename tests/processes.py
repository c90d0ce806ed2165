"""What a process started by a test does first."""

import signal


def heed_interrupts() -> None:
    """Take SIGINT as a terminal's child does: a suite run in the background hands down that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
