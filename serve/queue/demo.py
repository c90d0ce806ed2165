"""Where the accounts of the demo open anything: over simulated lines, on this machine, and nowhere else."""

from typing import Final

from originrisk.data.settings import Settings

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})


def simulated(settings: Settings) -> bool:
    """Whether the home holds a world that was simulated into it."""
    return (settings.home / "world" / "entries").is_dir()


def allowed(settings: Settings) -> bool:
    """Whether they do in this home: simulated lines, its own database, only this machine."""
    own = settings.queue
    here = own.host in LOOPBACK and set(own.hosts) <= LOOPBACK
    return here and simulated(settings) and not own.database.get_secret_value()
