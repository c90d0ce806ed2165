"""Writes what is generated in the documentation, from the code that it tells of: `make docs`; a test compares."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.pages import contract, features, law, materials, world

DOCS: Final = Path(__file__).parent
MARK: Final = "<!-- made by `make docs`; a test compares -->\n"

PAGES: Final[dict[str, Callable[[], str]]] = {
    "contract.md": contract.document,
    "features.md": features.document,
    "world.md": world.document,
}
"""Whole pages, without their first line, the mark."""

PARTS: Final[dict[str, dict[str, Callable[[], str]]]] = {
    "law.md": {"lines": law.document},
    "materials.md": {"table": materials.document},
}
"""Parts of pages, by page and name: what stands between `<!-- NAME: made by `make docs` -->` and `<!-- /NAME -->`."""


def made(page: str) -> str:
    """The page as it should be: a whole one from the code alone, one with parts from its text as it stands."""
    if page in PAGES:
        return MARK + PAGES[page]()
    text = (DOCS / page).read_text(encoding="utf-8")
    for name, document in PARTS[page].items():
        start, end = f"<!-- {name}: made by `make docs` -->\n", f"<!-- /{name} -->"
        before, rest = text.split(start)
        text = before + start + document().rstrip("\n") + "\n" + end + rest.split(end)[1]
    return text


if __name__ == "__main__":
    for page in (*PAGES, *PARTS):
        (DOCS / page).write_text(made(page), encoding="utf-8")
