"""What the reading pages share: the reading of the home that is ready, and whether a newer one is in the making."""

from typing import Annotated

from fastapi import Depends, Request

from originrisk.serve.queue.lines.prepared import Prepared
from originrisk.serve.queue.lines.reading import Reading, State


def reading(request: Request) -> Reading:
    """The newest reading that is ready; `behind` tells the page where the home has changed since.

    Raises BeingPreparedError where the first is in the making.
    """
    home: Prepared[State, Reading] = request.app.state.reading
    found, newest = home.get()
    request.state.behind = not newest
    return found


AtReading = Annotated[Reading, Depends(reading)]
"""A parameter of a route that reads the store."""
