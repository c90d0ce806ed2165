"""Pages out of templates: everything escaped, unknown names refused, the visitor and the form's token at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from originrisk.serve.queue.access import navigation
from originrisk.serve.queue.evidence.words import country, cut, folded, percent, port, visible
from originrisk.serve.queue.routes.admission import CSRF

HERE: Final = Path(__file__).parent
ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@pass_context
def csrf_field(context: Context) -> Markup:
    """The hidden field that every form carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, context["csrf"])


ENVIRONMENT.globals["csrf_field"] = csrf_field
ENVIRONMENT.globals.update(port=port, country=country)
ENVIRONMENT.filters.update(cut=cut, folded=folded, visible=visible, percent=percent)


def page(
    request: Request,
    template: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
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
