"""The table of who may do what, and at which addresses, for the documentation.

python -m originrisk.serve.queue.access_page    # its rows belong into docs/queue.md
"""

from collections.abc import Iterator

from fastapi.routing import APIRoute

from originrisk.serve.queue.access import ACTIONS, ROLES
from originrisk.serve.queue.admission import May
from originrisk.serve.queue.app import ROUTERS


def routes() -> Iterator[tuple[str, str, str | None]]:
    """Method, address and action of every route; None where nobody needs to be logged in."""
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            calls = [one.call for one in route.dependant.dependencies]
            actions = [call.action for call in calls if isinstance(call, May)]
            for method in sorted(route.methods or ()):
                yield method, route.path, actions[0] if actions else None


def table() -> str:
    """One row for each action: who may, and the routes that ask for it."""
    heads = ("action", *(role.replace("_", " ") for role in ROLES), "routes")
    lines = [heads, ("---",) * len(heads)]
    lines.append(("everybody", *("yes",) * len(ROLES), _named(None)))
    for action, roles in ACTIONS.items():
        lines.append((f"`{action}`", *("yes" if role in roles else "" for role in ROLES), _named(action)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _named(action: str | None) -> str:
    found = sorted({f"`{method} {path}`" for method, path, needed in routes() if needed == action})
    return ", ".join(found)


if __name__ == "__main__":
    print(table())
