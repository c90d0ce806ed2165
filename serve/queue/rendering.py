"""Pages out of templates: everything escaped, unknown names refused, the visitor and the form's token at hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from originrisk.data.errors import Problem
from originrisk.serve.queue.access import navigation
from originrisk.serve.queue.db.finding import DECIDED
from originrisk.serve.queue.evidence.words import country, cut, folded, moment, percent, plain, port, visible
from originrisk.serve.queue.routes.admission import CSRF

HERE: Final = Path(__file__).parent
ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=lambda value: visible(value, lines=True) if type(value) is str else value,
    trim_blocks=True,
    lstrip_blocks=True,
)


@pass_context
def csrf_field(context: Context) -> Markup:
    """The hidden field that every form carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, context["csrf"])


ENVIRONMENT.globals["csrf_field"] = csrf_field
ENVIRONMENT.globals.update(port=port, country=country, decided=DECIDED)
ENVIRONMENT.filters.update(cut=cut, folded=folded, visible=visible, percent=percent, moment=moment, plain=plain)


def page(
    request: Request, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **facts: Any
) -> HTMLResponse:
    """A page. Templates extend `base.html`; they see `visitor`, `navigation`, `path` and what is given here."""
    visitor = getattr(request.state, "visitor", None)
    known = {
        "visitor": visitor,
        "csrf": visitor.csrf if visitor else "",
        "navigation": navigation(visitor) if visitor else [],
        "path": request.url.path,
        "behind": getattr(request.state, "behind", False),
        "simulated": getattr(request.app.state, "simulated", False),
    }
    text = ENVIRONMENT.get_template(template).render({**known, **facts})
    return HTMLResponse(text, status, headers=headers)


_SAID: Final = {
    400: ("Not understood", "The request holds what no page takes."),
    403: ("Not allowed", "Your role does not allow this, or the form came from elsewhere. It was recorded."),
    404: ("Not found", "There is nothing at this address."),
    405: ("Not found", "There is nothing to do at this address in this way."),
    408: ("Too slow", "The form did not arrive in time."),
    413: ("Too long", "The form is too long."),
    415: ("Not understood", "The form is not one of these pages."),
    422: ("Not understood", "Something in the address or the form does not fit."),
    429: ("Too many", "Too much at once. Please try again in a minute."),
    500: ("A defect", "Something went wrong here. Nothing was half done; please report it."),
}


def problem_page(request: Request, status: int, problems: Sequence[Problem] = ()) -> HTMLResponse:
    """What is not as it should be. It holds no form, so no token either."""
    title, words = _SAID.get(status, _SAID[422])
    nobody: dict[str, Any] = {"visitor": None, "csrf": "", "navigation": []}
    headers = {"Retry-After": "60"} if status == 429 else None
    facts = {"title": title, "words": words, "problems": problems, **nobody}
    return page(request, "problem.html", status, headers=headers, **facts)
