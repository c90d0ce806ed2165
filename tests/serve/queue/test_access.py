"""Every route against the table of who may do what, and the table against its documentation."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from originrisk.serve.queue.access import ACTIONS, NAVIGATION, ROLES
from originrisk.serve.queue.app import ROUTERS
from originrisk.serve.queue.routes.admission import May, may
from tests.serve.queue.office import Office

ROOT = Path(__file__).parents[3]
OPEN = {("GET", "/login"), ("POST", "/login"), ("GET", "/login/provider"), ("GET", "/login/provider/back")}


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


def test_the_documentation_holds_the_table() -> None:
    assert table() in (ROOT / "docs/queue.md").read_text("utf-8")


def test_only_the_form_of_the_log_in_is_open_to_everybody() -> None:
    assert {(method, path) for method, path, action in routes() if action is None} == OPEN


def test_each_route_asks_for_one_action() -> None:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            asked = [one for one in route.dependant.dependencies if isinstance(one.call, May)]
            assert len(asked) == (0 if route.path.startswith("/login") else 1), route.path


def test_the_application_has_no_other_routes(at: Office) -> None:
    mounted = {getattr(route, "path", None) for route in at.app.routes} - {None}
    assert mounted == {"/static"}


def test_an_action_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        may("everything")


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_is_refused_at_every_route(at: Office, role: str) -> None:
    browser = at.at_work("ann", role)
    for method, path, action in routes():
        if action and role not in ACTIONS[action]:
            answer = browser.request(method, re.sub(r"{\w+}", "1", path))
            assert answer.status_code == 403, (method, path)
            assert ("ann", "refused: role", re.sub(r"{\w+}", "1", path)) in at.audited()


def test_who_is_not_logged_in_is_sent_to_the_form_by_every_route(at: Office) -> None:
    for method, path, action in routes():
        if action:
            answer = at.visitor().request(method, re.sub(r"{\w+}", "1", path))
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_page_to_begin_with(role: str) -> None:
    assert [address for action, address, _ in NAVIGATION if role in ACTIONS[action]]
