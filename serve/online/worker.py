"""The application as a worker makes it, with no more loaded than it answers with."""

import sys

from fastapi import FastAPI


def create() -> FastAPI:
    """The application of one worker, over the home that ORIGINRISK_HOME names."""
    # LightGBM works without scikit-learn, and only loads it for classes that nobody asks for here: half of all
    # imports by time, and 37 MB in every worker
    sys.modules.setdefault("sklearn", None)  # type: ignore[arg-type]
    from originrisk.serve.online import app

    return app.create()
