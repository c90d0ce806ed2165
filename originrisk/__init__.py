"""originrisk: how likely US import entry lines hold inputs from Xinjiang, with reasons.

The five packages live at the repository's root and are linked here under one name: nothing of a user's own collides.
`Home` is the door for Python: `originrisk.Home("var").score(lines)`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from originrisk.home import Home

__all__ = ["Home"]


def __getattr__(name: str) -> Any:
    """`Home`, imported when it is asked for: the command line stays fast."""
    if name == "Home":
        from originrisk.home import Home

        return Home
    raise AttributeError(f"module 'originrisk' has no attribute {name!r}")
