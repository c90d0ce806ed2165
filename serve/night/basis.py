"""What a night's result depends on beside the day: table versions, model, rules. Same basis, same scores."""

import hashlib
from datetime import date
from typing import Any

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve import suppressions


def basis(settings: Settings, store: Store, model: str, day: date) -> dict[str, Any]:
    """Versions of the tables read (absent ones left out), the model's, and a digest of the rules of this day."""
    versions = store.versions()
    tables = {name: versions[name] for name in (ENTRIES.name, OUTCOMES.name, LISTED.name) if name in versions}
    holding = [one for one in suppressions.read(store.home) if one.on <= day < one.until]
    rules = [settings.score.model_dump_json(), settings.night.model_dump_json(), str(settings.history_start)]
    digest = hashlib.sha256("\n".join([*rules, *(one.model_dump_json() for one in holding)]).encode())
    return {"tables": tables, "model": model, "rules": digest.hexdigest()[:16]}
