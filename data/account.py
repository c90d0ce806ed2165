"""Who runs a command, for what is written down about it."""

import getpass
import os


def who() -> str:
    """Account that runs the command; its number where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
