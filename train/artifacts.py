"""Where MLflow's artifacts are: under the home as it stands now, wherever it was moved, copied or mounted.

MLflow's records name them from the folder of its database (`file:artifacts/…`), so that nothing in a home names its
place. MLflow itself takes such names from the working directory: with `cd var/mlflow` it needs no more. Where this
package is installed, MLflow finds `repository` by an entry point, and any working directory will do.
"""

import os
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

ROOT: Final = "file:artifacts"
_SCHEME: Final = "sqlite:///"


def repository(artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None) -> Any:
    """MLflow's repository of local files for an artifact."""
    import mlflow
    from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

    database = (tracking_uri or mlflow.get_tracking_uri()).partition("?")[0]
    if (artifact_uri + "/").startswith(ROOT + "/") and database.startswith(_SCHEME):
        folder = Path(database.removeprefix(_SCHEME)).resolve().parent
        artifact_uri = str(folder / artifact_uri.removeprefix("file:"))
    found = LocalArtifactRepository(artifact_uri, tracking_uri, registry_uri)
    if Path(found.artifact_dir).exists() and not os.access(found.artifact_dir, os.W_OK):
        # MLflow writes beside a model that it loads, so of a home that may only be read it loads a copy
        download = found.download_artifacts
        found.download_artifacts = lambda artifact_path, dst_path=None: download(artifact_path, dst_path or mkdtemp())
    return found
