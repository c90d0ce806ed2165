"""Who may do what: one table, which routes, pages and documentation all read; and where demo accounts open anything."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from originrisk.data.settings import Settings

Role = Literal["officer", "supervisor", "data_scientist", "administrator", "auditor"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

ACTIONS: Final[dict[str, tuple[Role, ...]]] = {
    "enter": ROLES,
    "end_session": ROLES,
    "keep_own_account": ROLES,
    "read_queue": ("officer", "supervisor", "data_scientist"),
    "read_line": ("officer", "supervisor", "data_scientist"),
    "write_finding": ("officer", "supervisor"),
    "comment": ("officer", "supervisor"),
    "read_second": ("officer", "supervisor"),
    "assign": ("officer", "supervisor"),
    "keep_view": ("officer", "supervisor", "data_scientist"),
    "export": ("officer", "supervisor"),
    "unmask": ("supervisor",),
    "read_supervision": ("supervisor", "data_scientist"),
    "read_audit": ("auditor",),
    "manage_accounts": ("administrator",),
}

NAVIGATION: Final = (
    ("read_queue", "/queue", "Queue"),
    ("read_second", "/readings", "Second readings"),
    ("read_supervision", "/supervision", "Supervision"),
    ("read_audit", "/audit", "Audit"),
    ("manage_accounts", "/accounts", "Accounts"),
)
"""Pages that the navigation names: what one must be allowed, address, words."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: an account, and the token that its forms carry."""

    account: int
    name: str
    role: Role
    csrf: str

    def may(self, action: str) -> bool:
        """Whether the table lets the visitor do this."""
        return self.role in ACTIONS[action]


def navigation(visitor: Visitor) -> list[tuple[str, str]]:
    """Address and words of the pages that the visitor may open."""
    return [(address, words) for action, address, words in NAVIGATION if visitor.may(action)]


LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})


def simulated(settings: Settings) -> bool:
    """Whether the home holds a world that was simulated into it."""
    return (settings.home / "world" / "entries").is_dir()


def local_only(settings: Settings) -> bool:
    """Whether browsers reach the queue from this machine alone, where no TLS is needed."""
    own = settings.queue
    return own.host in LOOPBACK and set(own.hosts) <= LOOPBACK and not own.proxies


def demo_allowed(settings: Settings) -> bool:
    """Whether they do in this home: simulated lines, its own database, only this machine."""
    return local_only(settings) and simulated(settings) and not settings.queue.database.get_secret_value()
