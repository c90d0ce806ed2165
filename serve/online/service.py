"""All that a worker holds while it serves, and the end of it in order."""

from dataclasses import dataclass

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve.online import body
from originrisk.serve.online.answer import Limits, tried
from originrisk.serve.online.audit import Audit
from originrisk.serve.online.guard import Guard
from originrisk.serve.online.place import folder
from originrisk.serve.online.rate import Rate
from originrisk.serve.online.shapes import EXAMPLE
from originrisk.serve.online.waiting import WaitingLine
from originrisk.serve.online.watch import Watch


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a worker. Everything that it writes lies under `home/service`."""

    settings: Settings
    limits: Limits
    watch: Watch
    scoring: WaitingLine
    looking_up: WaitingLine
    store: Store
    rate: Rate
    guard: Guard
    audit: Audit

    @classmethod
    def of(cls, settings: Settings) -> "Service":
        """The parts as the settings want them; nothing is loaded yet."""
        own = settings.service
        folder(settings.home).mkdir(parents=True, exist_ok=True, mode=0o700)
        rate = Rate(folder(settings.home) / "rates", own.lines_per_second, own.burst_lines)
        example = body.row(EXAMPLE)
        return cls(
            settings=settings,
            limits=Limits(own.days_ahead, settings.score.reasons),
            watch=Watch(settings, lambda charge: tried(charge, [example])),
            scoring=WaitingLine("score", own.waiting_lines, own.wait_seconds),
            looking_up=WaitingLine("look-up", LOOK_UPS, own.wait_seconds),
            store=Store(settings.home, settings.memory_limit_gb),
            rate=rate,
            guard=Guard(settings, rate),
            audit=Audit(folder(settings.home) / "audit"),
        )

    def close(self) -> None:
        """Finish what was taken, then give everything back."""
        self.watch.stop()
        self.scoring.close()
        self.looking_up.close()
        self.audit.close()
        self.rate.close()


LOOK_UPS = 16
"""Look-ups in the store that wait at the most."""
