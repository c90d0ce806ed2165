"""What the reading pages share: the one reading of the application."""

from typing import Annotated

from fastapi import Depends, Request

from serve.queue.lines.reading import Reading


def reading(request: Request) -> Reading:
    """The reading of the application that a request came to."""
    found: Reading = request.app.state.reading
    return found


AtReading = Annotated[Reading, Depends(reading)]
"""A parameter of a route that reads the store."""
