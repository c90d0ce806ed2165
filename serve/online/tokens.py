"""Bearer tokens of an OpenID Connect issuer, taken beside API keys where the settings name one."""

import time
from typing import Any, Final

import jwt

from originrisk.data.settings import ServiceSettings
from originrisk.serve.online.keys import SCOPES

ALGORITHMS: Final = ("RS256", "ES256", "PS256")
LIFESPAN: Final = 300
"""Seconds for which the issuer's keys are remembered."""

PATIENCE: Final = 30
"""Seconds between two looks at the issuer's keys for tokens that name an unknown one."""


class Tokens:
    """Judges tokens by signature, issuer, audience and time. May ask the issuer for its keys: call it aside."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._client = jwt.PyJWKClient(settings.oidc_keys_url, lifespan=LIFESPAN, timeout=5)
        self._looked = -float(PATIENCE)

    def judge(self, token: str) -> tuple[str, tuple[str, ...]] | None:
        """Subject and scopes of a sound token, or None."""
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                issuer=self._settings.oidc_issuer,
                audience=self._settings.oidc_audience,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError):
            return None
        granted = str(claims.get("scope", "")).split()
        return str(claims["sub"]), tuple(scope for scope in SCOPES if f"originrisk:{scope}" in granted)

    def _key(self, kid: object) -> Any:
        """The issuer's key of that id; the issuer is not asked again at once for ids that it does not know."""
        known = {key.key_id: key for key in self._client.get_signing_keys()}
        if kid not in known and time.monotonic() - self._looked > PATIENCE:
            self._looked = time.monotonic()
            known = {key.key_id: key for key in self._client.get_signing_keys(refresh=True)}
        return known.get(kid) if isinstance(kid, str) else None
